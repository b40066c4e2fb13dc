"""Open Inference Protocol v2: tensors, and what the service says about itself and its models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from jupyter_crispdm.base.errors import Unavailable

from ..notes import note
from ..settings import RequestLimits
from ..tensors import RawTensor
from ..types import (
    Encoded,
    IndexEntry,
    InferReply,
    InferRequest,
    ModelMetadata,
    ModelParameters,
    ModelReady,
    OutputTensor,
    Ready,
    Tensor,
    encoded,
)
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from .tensors import array, decode, outputs

_T = TypeVar("_T")
_SHORT = 32 * 2**10
_STATES = {"ready": "READY", "failed": "UNAVAILABLE"}


class OpenInference:
    """What the protocol's calls do."""

    def __init__(self, repository: ModelRepository, limits: RequestLimits) -> None:
        self._repository, self._limits = repository, limits

    def all_ready(self) -> Ready:
        """That every deployed model can answer. Raises Unavailable when one cannot."""
        waiting = [pool.spec.model for pool in self._repository.usable if not pool.ready]
        if waiting:
            raise Unavailable(f"Not every model is ready: {', '.join(sorted(set(waiting)))}.", retry_after=2)
        return Ready(ready=True)

    def described(self, model: str, version: int | None = None) -> ModelMetadata:
        """A model's version, or the newest that is ready. Raises NotFound, Unavailable."""
        pool = self._repository.of_model(model, version)
        spec, signature = pool.spec, pool.description.get("signature") or {}
        return ModelMetadata(
            name=spec.model,
            versions=[str(other.spec.version) for other in self._repository.pools if other.spec.model == spec.model],
            platform=f"crispdm_{spec.algorithm}",
            inputs=signature.get("inputs", []),
            outputs=signature.get("outputs", []),
            parameters=ModelParameters(pool.classes, spec.algorithm, spec.dataset),
        )

    def ready(self, model: str, version: int | None = None) -> ModelReady:
        """That a model's version, or its newest, can answer. Raises NotFound, Unavailable."""
        pool = self._repository.of_model(model, version)
        return ModelReady(pool.spec.model, str(pool.spec.version), ready=True)

    def index(self) -> list[IndexEntry]:
        """The deployed models."""
        return [_entry(pool) for pool in self._repository.pools]

    async def infer(self, body: bytes, model: str, version: int | None, caller: str) -> Encoded[InferReply]:
        """Run a model's version, or the newest that is ready, on tensors in JSON.

        Raises BadRequest, NotFound, TooLarge, Unavailable, Unprocessable.
        """
        asked = await _aside(len(body), lambda: decode(body, self._limits))
        pool = self._repository.of_model(model, version)
        note(model=pool.spec.model, version=pool.spec.version, rows=_rows(asked))
        arrays = await _aside(len(body), lambda: [array(*item) for item in enumerate(asked.inputs)])
        given = await pool.infer([_raw(*pair) for pair in zip(asked.inputs, arrays, strict=True)], caller)
        described = [{"name": one.name, "datatype": one.datatype, "shape": list(one.shape)} for one in given]
        told = b"".join(one.data for one in given)
        return await _aside(len(told), lambda: self._answered(pool, asked, described, told))

    def _answered(
        self, pool: WorkerPool, asked: InferRequest, described: list[dict[str, Any]], body: bytes
    ) -> Encoded[InferReply]:
        given = outputs(described, body, [item.name for item in asked.outputs], self._limits.elements)
        note(score=_score(given, _rows(asked)))
        return encoded(InferReply(pool.spec.model, str(pool.spec.version), given, asked.id))


def _rows(asked: InferRequest) -> int:
    """How many rows a request is about: as many as its first tensor has."""
    shape = asked.inputs[0].shape if asked.inputs else []
    return int(shape[0]) if shape else 1


def _score(given: Sequence[OutputTensor], rows: int) -> float | None:
    """The mean of what was answered, where the first answer is one number for each row."""
    data = given[0]["data"] if given else []
    if len(data) != rows or not data or not all(isinstance(value, int | float) for value in data):
        return None
    return float(sum(data) / rows)


async def _aside(size: int, work: Callable[[], _T]) -> _T:
    """Do what is long in a thread: a short one is done sooner than a thread is found for it."""
    return await asyncio.to_thread(work) if size > _SHORT else work()


def _raw(tensor: Tensor, data: np.ndarray[Any, Any]) -> RawTensor:
    return RawTensor(tensor.name, tensor.datatype, tuple(tensor.shape), data.data.cast("B") if data.size else b"")


def _entry(pool: WorkerPool) -> IndexEntry:
    state = _STATES.get(pool.status.state.value, "LOADING")
    return IndexEntry(pool.spec.model, str(pool.spec.version), state, pool.status.reason)
