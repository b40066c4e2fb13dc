"""An inference server in the test's own process that also answers by gRPC, and a plain channel to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import msgspec
from tritonclient.grpc.service_pb2 import ModelInferRequest
from tritonclient.grpc.service_pb2_grpc import GRPCInferenceServiceStub

from jupyter_crispdm.serving.inference.main import _reserve
from jupyter_crispdm.serving.inference.rpc.calls import ERROR
from jupyter_crispdm.serving.inference.rpc.server import serving
from jupyter_crispdm.serving.inference.settings import InferenceSettings

from ..inside import Inside, inside


@asynccontextmanager
async def answering(tmp_path: Path, **changes: Any) -> AsyncIterator[tuple[Inside, str]]:
    """A server, and where it answers by gRPC."""
    settings = InferenceSettings(tmp_path / "serving", grpc_port=0, **changes)
    with _reserve(settings) as address:
        async with inside(tmp_path, partial(serving, settings, address), **changes) as running:
            yield running, address


@asynccontextmanager
async def calling(address: str, **options: Any) -> AsyncIterator[Any]:
    """NVIDIA's own stubs on a connection of their own, which knows nothing of us."""
    given = [("grpc.use_local_subchannel_pool", 1), *((f"grpc.{name}", value) for name, value in options.items())]
    async with grpc.aio.insecure_channel(address, options=given) as channel:
        yield GRPCInferenceServiceStub(channel)


def asked(*values: float, model: str = "lamp", **parameters: int) -> ModelInferRequest:
    """Numbers for the fake model, typed."""
    request = ModelInferRequest(model_name=model)
    tensor = request.inputs.add(name="x", datatype="FP32", shape=[len(values)])
    tensor.contents.fp32_contents.extend(values)
    for name, value in parameters.items():
        request.parameters[name].int64_param = value
    return request


def doubled(answer: Any) -> list[float]:
    """What the fake model made of the numbers."""
    return list(answer.outputs[0].contents.fp32_contents)


def told(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """The error as HTTP would tell it, from behind the status."""
    body = dict(error.trailing_metadata())[ERROR]
    return dict(msgspec.json.decode(body))
