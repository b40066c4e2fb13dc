"""What serving costs: tensors and pictures through the inference server, against a bare ASGI echo on uvicorn.

Run: python -m benchmarks.bench_serving [SECONDS]
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import psutil
import uvloop
from PIL import Image

from jupyter_crispdm.serving.types import DeploymentSpec

SITE = Path(__file__).parents[1] / "tests" / "server" / "serving" / "inference" / "site"
ECHO = """
import socket, sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_config=None)
uvicorn.Server(config).run([listening])
"""


@dataclass
class Load(asyncio.Protocol):
    """One connection that sends a request as soon as the last one is answered."""

    request: bytes
    until: float
    done: asyncio.Future[None]
    times: list[float] = field(default_factory=list)
    _buffer: bytes = b""
    _sent: float = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        assert head.startswith(b"HTTP/1.1 200"), head + body[:500]
        self.times.append(time.perf_counter() - self._sent)
        self._buffer = b""
        if time.perf_counter() < self.until:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self.request)


def post(path: str, value: object) -> bytes:
    """A whole HTTP request."""
    body = msgspec.json.encode(value)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}"
    return f"{head}\r\nContent-Type: application/json\r\n\r\n".encode() + body


async def load(port: int, request: bytes, connections: int, seconds: float) -> list[float]:
    """The time of every request, in seconds."""
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    made = [Load(request, until, loop.create_future()) for _ in range(connections)]
    for one in made:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(one.done for one in made))
    return [second for one in made for second in one.times]


async def wait_for(port: int, path: str) -> None:
    """Wait until a server answers 200."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            if b" 200 " in answer[:20]:
                return
        await asyncio.sleep(0.1)
    raise SystemExit(f"port {port} did not answer")


@contextlib.contextmanager
def server(*command: str) -> Iterator[psutil.Process]:
    """A server process, ended afterwards."""
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def deploy(directory: Path) -> None:
    """A model that needs no torch, so that it is the road that is measured."""
    (directory / "deployments").mkdir(parents=True)
    (directory / "weights").write_text("good")
    spec = DeploymentSpec(
        id="a", model="lamp", version=1, algorithm="fake", dataset="rooms", path=str(directory / "weights"),
        classes=["dark", "bright"], metadata={}, python=sys.executable, environ=dict(os.environ), created=1.0,
    )  # fmt: skip
    (directory / "deployments" / "a.json").write_bytes(msgspec.json.encode(spec))


def cpu(process: psutil.Process) -> float:
    """Seconds of processor time of a process and its children."""
    times = [one.cpu_times() for one in (process, *process.children())]
    return float(sum(one.user + one.system for one in times))


async def measure(name: str, process: psutil.Process, port: int, request: bytes, seconds: float) -> float:
    """Print a row for 1, 8 and 32 connections, and return the processor time of a request at 32 in microseconds."""
    rates, before, count = [], cpu(process), 0
    for connections in (1, 8, 32):
        begun = cpu(process)
        times = await load(port, request, connections, seconds)
        rates.append(len(times) / seconds)
        count += len(times)
    cuts = statistics.quantiles(times, n=100)
    each = 1e6 * (cpu(process) - before) / count
    shown = " / ".join(f"{rate:,.0f}" for rate in rates)
    tail = f"p50 {1000 * cuts[49]:6.2f}  p99 {1000 * cuts[98]:6.2f} ms   CPU {each:6.0f} µs"
    print(f"{name:42} {shown:>26} req/s   {tail}")
    return 1e6 * (cpu(process) - begun) / len(times)


async def compare(seconds: float) -> None:
    """Print what the inference server costs beside the floor."""
    tensor = {"name": "x", "shape": [16], "datatype": "FP32", "data": [0.5] * 16}
    small = post("/v2/models/lamp/infer", {"inputs": [tensor]})
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    predict = post("/predict", {"images": [base64.b64encode(buffer.getvalue()).decode()]})
    with tempfile.TemporaryDirectory() as home, server("-c", ECHO, "8613") as echo:
        directory = Path(home) / "serving"
        deploy(directory)
        arguments = ("--directory", str(directory), "--port", "8614", "--site", str(SITE))
        with server("-m", "jupyter_crispdm.serving", *arguments) as inference:
            await wait_for(8613, "/")
            await wait_for(8614, "/v2/models/lamp/ready")
            print("connections                                      1 / 8 / 32")
            floor = await measure("floor: echo of the small tensor", echo, 8613, small, seconds)
            whole = await measure("inference server: small tensor, v2 JSON", inference, 8614, small, seconds)
            print(f"CPU of inference server and model at 32 connections: {whole / floor:.1f} × the floor's")
            floor = await measure("floor: echo of the picture", echo, 8613, predict, seconds)
            whole = await measure("inference server: /predict, 96 × 96 picture", inference, 8614, predict, seconds)
            print(f"CPU of inference server and model at 32 connections: {whole / floor:.1f} × the floor's")


if __name__ == "__main__":
    uvloop.run(compare(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
