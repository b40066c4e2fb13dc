"""Open Inference Protocol v2: tensors in JSON, and what the service says about itself and its models."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import jupyter_crispdm
from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unavailable, Unprocessable

from ..callers import caller_of
from ..settings import RequestLimits
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository
from ..workers.worker import NotBegun
from .four_calls import answer

_KINDS = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
_T = TypeVar("_T")
_SHORT = 32 * 2**10
_MAX_TENSORS, _MAX_AXES, _EMPTY_BYTES = 100, 16, 4096
_FITS = {"b": "b", "i": "iu", "u": "iu", "f": "iuf"}
"""Kinds of numbers as JSON has them, by the kind of tensor that they fit."""

_NOUNS = {"b": "true or false", "i": "whole numbers in its range", "u": "whole numbers in its range", "f": "numbers"}


class Tensor(msgspec.Struct, forbid_unknown_fields=True):
    """An input or output; `data` may be flat or nested, and is not looked into before its turn comes."""

    name: str
    shape: list[int]
    datatype: str
    data: msgspec.Raw
    parameters: dict[str, Any] = {}


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The name of an output that is wanted."""

    name: str
    parameters: dict[str, Any] = {}


class InferRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A request to infer."""

    inputs: list[Tensor]
    id: str = ""
    outputs: list[Asked] = []
    parameters: dict[str, Any] = {}


class InferReply(msgspec.Struct, omit_defaults=True):
    """The answer to an InferRequest."""

    model_name: str
    model_version: str
    outputs: list[dict[str, Any]]
    id: str = ""


_DECODER = msgspec.json.Decoder(InferRequest)


class OpenInference:
    """The verbs of the protocol."""

    def __init__(self, repository: ModelRepository, limits: RequestLimits) -> None:
        self._repository, self._limits = repository, limits

    async def live(self, request: Request) -> Response:
        """Say whether the service runs."""
        return answer({"live": True})

    async def ready(self, request: Request) -> Response:
        """Say whether every deployed model can answer."""
        waiting = [pool.spec.model for pool in self._repository.usable if not pool.ready]
        if waiting:
            raise Unavailable(f"Not every model is ready: {', '.join(sorted(set(waiting)))}.", retry_after=2)
        return answer({"ready": True})

    async def service(self, request: Request) -> Response:
        """Describe the service."""
        version = jupyter_crispdm.__version__
        return answer({"name": "jupyter_crispdm", "version": version, "extensions": []})

    async def model(self, request: Request) -> Response:
        """Describe a model."""
        pool = self._pool(request)
        versions = [str(other.spec.version) for other in self._repository.pools if other.spec.model == pool.spec.model]
        signature = pool.description.get("signature") or {}
        return answer(
            {
                "name": pool.spec.model,
                "versions": versions,
                "platform": f"crispdm_{pool.spec.algorithm}",
                "inputs": signature.get("inputs", []),
                "outputs": signature.get("outputs", []),
                "parameters": {
                    "classes": pool.classes,
                    "algorithm": pool.spec.algorithm,
                    "dataset": pool.spec.dataset,
                },
            }
        )

    async def model_ready(self, request: Request) -> Response:
        """Say whether a model can answer."""
        pool = self._pool(request)
        return answer({"name": pool.spec.model, "version": str(pool.spec.version), "ready": True})

    async def index(self, request: Request) -> Response:
        """List the deployed models."""
        return answer([_entry(pool) for pool in self._repository.pools])

    async def infer(self, request: Request) -> Response:
        """Run a model on tensors."""
        body, caller, limits = await request.body(), caller_of(request), self._limits
        asked = await _aside(len(body), lambda: _decode(body, limits))
        pool = self._pool(request)
        if len(body) <= _SHORT:
            with suppress(NotBegun):
                return await self._run(pool, asked, caller.name, len(body), brief=True)
        return await self._run(pool, asked, caller.name, len(body), brief=False)

    async def _run(self, pool: WorkerPool, asked: InferRequest, caller: str, size: int, *, brief: bool) -> Response:
        described = [
            {"name": tensor.name, "datatype": tensor.datatype, "shape": tensor.shape} for tensor in asked.inputs
        ]
        async with pool.turn(caller, brief):
            arrays = await _aside(size, lambda: [_array(*item) for item in enumerate(asked.inputs)])
            sent = [array.data.cast("B") for array in arrays if array.size]
            reply, told = await pool.ask({"do": "infer", "inputs": described}, sent, brief)
            return await _aside(len(told), lambda: self._answered(pool, asked, reply["outputs"], told))

    def _answered(
        self, pool: WorkerPool, asked: InferRequest, described: list[dict[str, Any]], body: bytes
    ) -> Response:
        outputs = _outputs(described, body, [item.name for item in asked.outputs], self._limits.elements)
        return answer(InferReply(pool.spec.model, str(pool.spec.version), outputs, asked.id))

    def _pool(self, request: Request) -> WorkerPool:
        return self._repository.of_model(request.path_params["model"], request.path_params.get("version"))


async def _aside(size: int, work: Callable[[], _T]) -> _T:
    """Do what is long in a thread: a short one is done sooner than a thread is found for it."""
    return await asyncio.to_thread(work) if size > _SHORT else work()


def _decode(body: bytes, limits: RequestLimits) -> InferRequest:
    """What is asked, checked as far as it can be without looking at the numbers. Raises BadRequest, TooLarge."""
    try:
        asked = _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no inference request: {str(error)[:300]}") from None
    if not 0 < len(asked.inputs) <= _MAX_TENSORS:
        raise BadRequest(f"'inputs' must hold 1 to {_MAX_TENSORS} tensors.", field="inputs")
    names = [tensor.name for tensor in asked.inputs]
    if len(set(names)) < len(names):
        raise BadRequest("Two of 'inputs' have one name.", field="inputs")
    total = sum(_count(index, tensor, limits.elements) for index, tensor in enumerate(asked.inputs))
    _check_total(total, limits.elements, "The request has")
    return asked


def _count(index: int, tensor: Tensor, most: int) -> int:
    """How many numbers a tensor has. Raises BadRequest, TooLarge."""
    where = f"inputs[{index}]"
    if tensor.datatype not in _KINDS:
        known = ", ".join(_KINDS)
        raise BadRequest(f"'{where}.datatype' must be one of {known}.", field=f"{where}.datatype")
    if len(tensor.shape) > _MAX_AXES or any(not 0 <= length <= most for length in tensor.shape):
        raise BadRequest(
            f"'{where}.shape' must be at most {_MAX_AXES} lengths from 0 to {most:,}.", field=f"{where}.shape"
        )
    count = math.prod(tensor.shape)
    _check_total(count, most, f"'{where}.shape' promises")
    data = bytes(tensor.data)
    commas = data.count(b",") + 1  # as many as numbers, however they are nested: a misfit is found before any is made
    if data[:1] != b"[" or (commas != count if count else len(data) > _EMPTY_BYTES):
        raise _misfit(index, tensor)
    return count


def _check_total(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooLarge(f"{what} {count:,} numbers; at most {most:,} are allowed at once.", limit=most, field="inputs")


def _array(index: int, tensor: Tensor) -> np.ndarray[Any, Any]:
    """The tensor's data in its type and shape; a number that does not fit the type is refused. Raises BadRequest."""
    kind = np.dtype(_KINDS[tensor.datatype])
    try:
        given = np.array(msgspec.json.decode(tensor.data)).reshape(-1)
        if given.size and given.dtype.kind not in _FITS[kind.kind]:
            raise _misfit(index, tensor)
        with np.errstate(over="ignore"):
            array = given.astype(kind, order="C").reshape(tensor.shape)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise _misfit(index, tensor) from None
    exact = np.isfinite(array).all() if kind.kind == "f" else (array.reshape(-1) == given).all()
    if given.size and not exact:
        raise _misfit(index, tensor)
    return array


def _misfit(index: int, tensor: Tensor) -> BadRequest:
    return BadRequest(
        f"'inputs[{index}].data' must be a list, flat or nested, that fits shape {tensor.shape} of {tensor.datatype}: "
        f"{math.prod(tensor.shape):,} {_NOUNS[np.dtype(_KINDS[tensor.datatype]).kind]}.",
        field=f"inputs[{index}].data",
    )


def _outputs(described: list[dict[str, Any]], body: bytes, wanted: list[str], most: int) -> list[dict[str, Any]]:
    known = [item["name"] for item in described]
    unknown = [name[:100] for name in wanted if name not in known]
    if unknown:
        raise Unprocessable(f"The model has no output '{unknown[0]}', but {', '.join(known)}.", field="outputs")
    outputs, start, left = [], 0, most
    for item in described:
        array = np.frombuffer(body, _KINDS[item["datatype"]], math.prod(item["shape"]), start)
        start += array.nbytes
        if wanted and item["name"] not in wanted:
            continue
        left -= array.size
        if left < 0:
            told = f"The answer has more than {most:,} numbers; send less, or name fewer 'outputs'."
            raise TooLarge(told, limit=most)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Unprocessable(f"The model's output '{item['name']}' holds NaN or infinite values.", field="outputs")
        outputs.append({**item, "data": array.tolist()})
    return outputs


def _entry(pool: WorkerPool) -> dict[str, Any]:
    state = {"ready": "READY", "failed": "UNAVAILABLE"}.get(pool.status.state.value, "LOADING")
    return {
        "name": pool.spec.model,
        "version": str(pool.spec.version),
        "state": state,
        "reason": pool.status.reason,
    }
