"""Open Inference Protocol v2: tensors in JSON, and what the service says about itself and its models."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import jupyter_crispdm
from jupyter_crispdm.base.errors import BadRequest, Unavailable, Unprocessable

from .calls import answer
from .fleet import Fleet
from .pool import Pool

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
_MAX_TENSORS = 100


class Tensor(msgspec.Struct):
    """An input or output; `data` may be flat or nested."""

    name: str
    shape: list[int]
    datatype: str
    data: list[Any]
    parameters: dict[str, Any] = {}


class Asked(msgspec.Struct):
    """The name of an output that is wanted."""

    name: str
    parameters: dict[str, Any] = {}


class InferRequest(msgspec.Struct):
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


class Tensors:
    """The verbs of the protocol."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def live(self, request: Request) -> Response:
        """Say whether the service runs."""
        return answer({"live": True})

    async def ready(self, request: Request) -> Response:
        """Say whether every deployed model can answer."""
        waiting = [pool.spec.model for pool in self._fleet.usable if not pool.ready]
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
        versions = [str(other.spec.version) for other in self._fleet.pools if other.spec.model == pool.spec.model]
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
        return answer([_entry(pool) for pool in self._fleet.pools])

    async def infer(self, request: Request) -> Response:
        """Run a model on tensors."""
        asked = _decode(await request.body())
        pool = self._pool(request)
        arrays = [_array(tensor) for tensor in asked.inputs]
        described = [
            {"name": tensor.name, "datatype": tensor.datatype, "shape": tensor.shape} for tensor in asked.inputs
        ]
        reply, body = await pool.ask({"do": "infer", "inputs": described}, [array.data.cast("B") for array in arrays])
        outputs = _outputs(reply["outputs"], body, [item.name for item in asked.outputs])
        return answer(InferReply(pool.spec.model, str(pool.spec.version), outputs, asked.id))

    def _pool(self, request: Request) -> Pool:
        return self._fleet.of_model(request.path_params["model"], request.path_params.get("version"))


def _decode(body: bytes) -> InferRequest:
    try:
        asked = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"The body is no inference request: {error}") from None
    if not 0 < len(asked.inputs) <= _MAX_TENSORS:
        raise BadRequest(f"'inputs' must hold 1 to {_MAX_TENSORS} tensors.", field="inputs")
    return asked


def _array(tensor: Tensor) -> np.ndarray[Any, Any]:
    """The tensor's data in its type and shape. Raises BadRequest."""
    kind = _KINDS.get(tensor.datatype)
    if kind is None:
        raise BadRequest(f"'datatype' of '{tensor.name[:100]}' must be one of {', '.join(_KINDS)}.", field="inputs")
    if any(length < 0 for length in tensor.shape) or len(tensor.shape) > 16:
        raise BadRequest(f"'shape' of '{tensor.name[:100]}' must be at most 16 lengths from 0.", field="inputs")
    try:
        array = np.ascontiguousarray(tensor.data, dtype=kind)
        return array.reshape(tensor.shape)
    except (ValueError, TypeError, OverflowError):
        raise BadRequest(
            f"'data' of '{tensor.name[:100]}' does not fit shape {tensor.shape} of {tensor.datatype}.",
            field="inputs",
        ) from None


def _outputs(described: list[dict[str, Any]], body: bytes, wanted: list[str]) -> list[dict[str, Any]]:
    known = [item["name"] for item in described]
    unknown = [name[:100] for name in wanted if name not in known]
    if unknown:
        raise Unprocessable(f"The model has no output '{unknown[0]}', but {', '.join(known)}.", field="outputs")
    outputs, start = [], 0
    for item in described:
        array = np.frombuffer(body, _KINDS[item["datatype"]], math.prod(item["shape"]), start)
        start += array.nbytes
        if not wanted or item["name"] in wanted:
            outputs.append({**item, "data": array.tolist()})
    return outputs


def _entry(pool: Pool) -> dict[str, Any]:
    state = {"ready": "READY", "failed": "UNAVAILABLE"}.get(pool.status.state.value, "LOADING")
    return {
        "name": pool.spec.model,
        "version": str(pool.spec.version),
        "state": state,
        "reason": pool.status.reason,
    }
