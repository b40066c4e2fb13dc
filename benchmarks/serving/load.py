"""Load that costs its machine little: wrk where it is installed, else a client of our own."""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

SCRIPT = """
wrk.method, wrk.path = "POST", "%s"
%s
local file = io.open("%s", "rb")
wrk.body = file:read("*all")
file:close()
function done(summary, latency, requests)
  io.write(string.format('\\n{"count": %%d, "seconds": %%f, "p50": %%f, "p99": %%f, "failed": %%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Result:
    """What a load found: requests, seconds, and times in milliseconds."""

    count: int
    seconds: float
    p50: float
    p99: float
    failed: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return (self.count - self.failed) / self.seconds


@dataclass(frozen=True)
class Asked:
    """A request."""

    path: str
    headers: dict[str, str]
    body: bytes

    def raw(self) -> bytes:
        """It, as it is sent."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(self.body)}\r\n{lines}\r\n"
        return head.encode() + self.body


def load(port: int, asked: Asked, connections: int, seconds: float, core: str | None) -> Result:
    """Ask for so long, over so many connections, from one core."""
    pinned = ["taskset", "-c", core] if core else []
    with tempfile.TemporaryDirectory() as home:
        body = Path(home) / "body"
        body.write_bytes(asked.body)
        if shutil.which("wrk"):
            headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in asked.headers.items())
            script = Path(home) / "load.lua"
            script.write_text(SCRIPT % (asked.path, headers, body))
            wanted = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
            command = ["wrk", *wanted, f"http://127.0.0.1:{port}"]
        else:
            raw = Path(home) / "raw"
            raw.write_bytes(asked.raw())
            wanted = [str(port), str(raw), str(connections), str(seconds)]
            command = [sys.executable, "-m", "benchmarks.serving.load", *wanted]
        told = subprocess.run([*pinned, *command], capture_output=True, text=True, timeout=seconds + 120, check=True)
    return Result(**json.loads(told.stdout.strip().splitlines()[-1]))


@dataclass
class Connection(asyncio.Protocol):
    """One connection that sends a request as soon as the last one is answered."""

    request: bytes
    until: float
    done: asyncio.Future[None]
    times: list[float] = field(default_factory=list)
    failed: int = 0
    _left: int = -1
    _head: bytes = b""
    _sent: float = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._head += data
            head, found, body = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            self.failed += not head.startswith(b"HTTP/1.1 200")
            self._left = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]) - len(body)
        else:
            self._left -= len(data)
        if self._left == 0:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.failed += 1
            self.done.set_result(None)

    def _answered(self) -> None:
        self.times.append(time.perf_counter() - self._sent)
        self._left, self._head = -1, b""
        if time.perf_counter() < self.until:
            self._send()
        else:
            self.done.set_result(None)
            self._transport.close()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self.request)


async def own(port: int, request: bytes, connections: int, seconds: float) -> Result:
    """The client of our own."""
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    made = [Connection(request, until, loop.create_future()) for _ in range(connections)]
    for one in made:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(one.done for one in made))
    times = [second for one in made for second in one.times]
    cuts = statistics.quantiles(times, n=100)
    return Result(len(times), seconds, 1e3 * cuts[49], 1e3 * cuts[98], sum(one.failed for one in made))


if __name__ == "__main__":
    import uvloop

    found = uvloop.run(own(int(sys.argv[1]), Path(sys.argv[2]).read_bytes(), int(sys.argv[3]), float(sys.argv[4])))
    print(json.dumps(vars(found)))
