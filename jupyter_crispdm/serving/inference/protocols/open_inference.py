"""Open Inference Protocol v2: tensors, and what the service says about itself and its models."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.types import DeploymentSpec

from ..notes import note
from ..settings import RequestLimits
from ..tensors import RawTensor
from ..types import IndexEntry, ModelMetadata, ModelParameters, ModelReady, Ready, RepositoryModel
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from .encoding import Answer, encode, size_in_json
from .tensors import Question, decode
from .terms import Terms

_T = TypeVar("_T")
SHORT = 256 * 2**10
"""Bytes of JSON, or of numbers that become JSON, that are not worth a thread of their own."""

_STATES = {"ready": "READY", "idle": "READY", "failed": "UNAVAILABLE", "stopped": "UNAVAILABLE"}


class OpenInference:
    """What the protocol's calls do."""

    def __init__(self, repository: ModelRepository, limits: RequestLimits) -> None:
        self._repository, self._limits = repository, limits

    def all_ready(self) -> Ready:
        """That every deployed model can answer. Raises Unavailable when one cannot."""
        waiting = self._repository.waiting
        if waiting:
            raise Unavailable(f"Not every model is ready: {', '.join(sorted(set(waiting)))}.", retry_after=2)
        return Ready(ready=True)

    def described(self, model: str, version: int | None = None) -> ModelMetadata:
        """A model's version, or the newest that is ready. Raises NotFound, Unavailable."""
        pool = self._repository.ready_of_model(model, version)
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
        pool = self._repository.ready_of_model(model, version)
        return ModelReady(pool.spec.model, str(pool.spec.version), ready=True)

    def index(self) -> list[IndexEntry]:
        """The deployed models."""
        return [_entry(pool) for pool in self._repository.pools]

    async def load(self, model: str) -> RepositoryModel:
        """Load a model that was taken out of memory. Raises NotFound, Unavailable when there is no room for it."""
        await self._repository.load(model)
        return RepositoryModel(model)

    async def unload(self, model: str) -> RepositoryModel:
        """Take a model out of memory until it is loaded. Raises NotFound."""
        await self._repository.unload(model)
        return RepositoryModel(model)

    async def infer(self, body: bytes, model: str, version: int | None, caller: str, terms: Terms) -> Answer:
        """Run a model's version, or the one that is chosen for it, on tensors.

        Raises BadRequest, NotFound, TooLarge, Unavailable, Unprocessable, DeadlineExceeded.
        """
        size = terms.header_length or len(body)
        question = await aside(size, lambda: decode(body, self._limits, terms.header_length))
        spec, outputs = await self.asked(question, model, version, caller, terms)
        answer = await aside(
            size_in_json(question, outputs),
            lambda: encode(question, spec.model, str(spec.version), outputs, self._limits),
        )
        note(score=answer.score)
        return answer

    async def asked(
        self, question: Question, model: str, version: int | None, caller: str, terms: Terms
    ) -> tuple[DeploymentSpec, list[RawTensor]]:
        """Whoever is chosen for a model answers; who it was, and all outputs.

        Raises NotFound, TooLarge, Unavailable, Unprocessable, DeadlineExceeded.
        """
        pool = self._repository.of_model(model, version)
        note(**facts(pool.spec, question, terms))
        return pool.spec, await ask(pool, question, caller, terms)


def ask(pool: WorkerPool, question: Question, caller: str, terms: Terms) -> asyncio.Future[list[RawTensor]]:
    """Begin to ask a model. Raises Unavailable; the future may hold more errors."""
    timeout = terms.timeout if question.timeout is None else min(question.timeout, terms.timeout or math.inf)
    deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout
    return pool.infer(question.inputs, caller, deadline=deadline, trace=terms.trace)


def facts(spec: DeploymentSpec, question: Question, terms: Terms) -> dict[str, Any]:
    """What is noted of a request for the log."""
    noted: dict[str, Any] = {"model": spec.model, "version": spec.version, "rows": question.rows}
    if terms.trace:
        noted["trace"] = terms.trace
    return noted


async def aside(size: int, work: Callable[[], _T]) -> _T:
    """Do what is long in a thread: a short one is done sooner than a thread is found for it."""
    return await asyncio.to_thread(work) if size > SHORT else work()


def _entry(pool: WorkerPool) -> IndexEntry:
    state = _STATES.get(pool.status.state.value, "LOADING")
    return IndexEntry(pool.spec.model, str(pool.spec.version), state, pool.status.reason)
