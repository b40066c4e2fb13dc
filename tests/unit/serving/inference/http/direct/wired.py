"""One connection of the inference server without a socket: what comes in, and what was written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.serving.inference.http.budgets import CallerBudgets
from jupyter_crispdm.serving.inference.http.connections import Connections
from jupyter_crispdm.serving.inference.http.direct.calls import DirectCalls
from jupyter_crispdm.serving.inference.http.direct.protocol import DirectProtocol
from jupyter_crispdm.serving.inference.http.gate import Gate
from jupyter_crispdm.serving.inference.http.metrics import ServiceMetrics
from jupyter_crispdm.serving.inference.http.request_log import RequestLog
from jupyter_crispdm.serving.inference.settings import ConnectionLimits, InferenceSettings, RequestLimits
from jupyter_crispdm.serving.inference.tensors import RawTensor
from tests.support import FakeClock

BODY = msgspec.json.encode({"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2]}]})
ADDRESS = "/v2/models/lamp/infer"


class FakePool:
    """A model that answers when it is told to."""

    def __init__(self) -> None:
        self.spec = SimpleNamespace(model="lamp", version=3)
        self.asked: list[tuple[Sequence[RawTensor], str, dict[str, Any]]] = []
        self.futures: list[asyncio.Future[list[RawTensor]]] = []

    def infer(self, inputs: Sequence[RawTensor], caller: str, **terms: Any) -> asyncio.Future[list[RawTensor]]:
        self.asked.append((inputs, caller, terms))
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]

    def answer(self, *outputs: RawTensor, which: int = -1) -> None:
        self.futures[which].set_result(list(outputs or self.asked[which][0]))


class FakeTransport(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.ended, self.closed, self.reading = b"", False, False, True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.ended, "written after its end"
        self.written += bytes(data)

    def writelines(self, list_of_data: Any) -> None:
        self.written += b"".join(bytes(part) for part in list_of_data)

    def write_eof(self) -> None:
        self.ended = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 4000), "sockname": ("127.0.0.1", 8503)}.get(name, default)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


@dataclass
class Wired:
    """A connection, the model behind it, and what went the long way."""

    settings: InferenceSettings = field(default_factory=lambda: InferenceSettings(Path("nowhere")))
    clock: FakeClock = field(default_factory=FakeClock)
    long: list[tuple[Scope, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool, self.transport = FakePool(), FakeTransport()
        repository = cast("Any", SimpleNamespace(of_model=self._of_model, pools=[]))
        self.metrics, self.log = ServiceMetrics(repository), RequestLog(Path("nowhere"))
        self.budgets, limits = CallerBudgets(self.settings.limits), self.settings.limits
        gate = Gate(self.settings, self.clock)
        calls = DirectCalls(repository, limits, gate, self.budgets, self.metrics, self.log)
        self.connections = Connections(self.settings.connection_limits, self.clock)
        self.state = ServerState()
        config = uvicorn.Config(self._application, log_config=None, lifespan="off", ws="none", interface="asgi3",
                                proxy_headers=False)  # fmt: skip
        self.protocol = DirectProtocol(
            calls, self.connections, self.settings.connection_limits, config=config, server_state=self.state,
            app_state={},
        )  # fmt: skip
        self.protocol.connection_made(self.transport)

    def send(self, *pieces: bytes) -> None:
        """Bytes come from the client."""
        for piece in pieces:
            self.protocol.data_received(piece)

    def wait(self, seconds: float) -> None:
        """Let time pass in which the server looks twice a second."""
        for _ in range(int(2 * seconds)):
            self.clock.advance(0.5)
            self.connections.sweep()

    async def answers(self) -> bytes:
        """What was written since this was asked last."""
        for _ in range(10):
            await asyncio.sleep(0)
        written, self.transport.written = self.transport.written, b""
        return written

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.long.append((scope, body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"long"})

    def _of_model(self, model: str, version: int | None = None) -> FakePool:
        if model != "lamp":
            raise NotFound(f"Nothing is deployed for model '{model}'.")
        return self.pool


def wired(limits: RequestLimits | None = None, connections: ConnectionLimits | None = None, **changes: Any) -> Wired:
    """A connection with these limits and settings."""
    return Wired(
        InferenceSettings(
            Path("nowhere"), limits=limits or RequestLimits(), connection_limits=connections or ConnectionLimits(),
            **changes,
        )
    )  # fmt: skip


def post(body: bytes = BODY, address: str = ADDRESS, version: str = "1.1", **headers: str) -> bytes:
    """A request."""
    told = {"host": "127.0.0.1:8503", "content-length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return f"POST {address} HTTP/{version}\r\n{lines}\r\n".encode() + body


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """An answer as status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert len(headers) == len(lines), "a header was sent twice"
    assert int(headers["content-length"]) == len(body)
    return int(first.split()[1]), headers, body
