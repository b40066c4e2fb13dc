"""The port of gRPC: opened and closed with the front, within the same limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import grpc
import grpc.aio

from ..http.app import InferenceServer
from ..http.idempotency import Idempotent
from ..http.metrics import Measured
from ..protocols.open_inference import OpenInference
from ..settings import InferenceSettings
from .application import RpcApplication
from .arrivals import Arrivals
from .calls import RpcCalls

_GRACE = 2.0
"""Seconds that calls may take to finish when the service ends, as requests by HTTP have."""

_HARD = 1.0
_ALIVE_SECONDS, _ANSWER_SECONDS = 30, 10
"""How often a silent client is asked whether it is there, and how long it may take to say so."""

_PLAIN = 1
"""The bit of messages as they are: what would unfold into more than was counted is not read."""


class _Handlers(grpc.GenericRpcHandler):
    """Finds what answers a call; a message is read only when its caller was let in."""

    def __init__(self, calls: RpcCalls, names: frozenset[str]) -> None:
        self._found = {name: grpc.stream_unary_rpc_method_handler(partial(calls.answer, name)) for name in names}

    def service(self, handler_call_details: Any) -> Any:
        """What answers; None says that there is no such call."""
        return self._found.get(handler_call_details.method)


@asynccontextmanager
async def serving(settings: InferenceSettings, address: str, server: InferenceServer) -> AsyncIterator[None]:
    """A block in which the models of a server also answer at an address by gRPC. Raises RuntimeError."""
    limits, direct = settings.limits, server.direct
    application = RpcApplication(OpenInference(server.repository, limits), limits)
    once = Idempotent(Measured(application, direct.metrics, direct.log), server.answers)
    calls = RpcCalls(once, direct.gate, direct.budgets, Arrivals(limits, settings.connection_limits))
    port = grpc.aio.server(options=_options(settings), maximum_concurrent_rpcs=settings.connection_limits.connections)
    port.add_generic_rpc_handlers((_Handlers(calls, application.names),))
    port.add_insecure_port(address)
    await port.start()
    try:
        yield
    finally:
        closing = asyncio.create_task(port.stop(_GRACE + _HARD))  # takes nobody any more
        await calls.end(_GRACE)
        await closing


def _options(settings: InferenceSettings) -> list[tuple[str, int]]:
    limits, connections = settings.limits, settings.connection_limits
    return [
        ("grpc.max_receive_message_length", limits.body),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", connections.header_bytes),
        ("grpc.absolute_max_metadata_size", connections.header_bytes),
        ("grpc.max_concurrent_streams", limits.requests_each),
        ("grpc.max_allowed_incoming_connections", connections.connections),
        ("grpc.max_connection_idle_ms", int(1000 * connections.rest)),
        ("grpc.server_handshake_timeout_ms", int(1000 * connections.headers)),
        ("grpc.keepalive_time_ms", 1000 * _ALIVE_SECONDS),
        ("grpc.keepalive_timeout_ms", 1000 * _ANSWER_SECONDS),
        ("grpc.compression_enabled_algorithms_bitset", _PLAIN),
        ("grpc.so_reuseport", 1),
    ]
