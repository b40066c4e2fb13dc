"""What a thousand pages on one topic cost the server: 10 facts a second, one of the pages stalls.

The server is a real one in a process of its own, the pages are sockets of another process. Printed: how often a fact
was encoded (the aim is once), how much of a core the server took (the aim is a half at most), how late the facts came,
and the memory.

Run: python -m benchmarks.bench_live [SOCKETS] [SECONDS]
"""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import msgspec
import psutil

FACTS_A_SECOND = 10
AIM_OF_A_CORE = 0.5
TOKEN = "a-token-of-the-benchmark"
_ROWS = 20
_TOPIC = "bench"
_PATH = "/crispdm/api/live"


class Row(msgspec.Struct):
    """A fact about as long as one about a job."""

    id: str
    at: float
    text: str = "x" * 700


class Used(msgspec.Struct):
    """What the server's process used up to now."""

    at: float
    processor: float
    memory: int
    facts: int
    encoded: int

    @classmethod
    def now(cls, facts: int, encoded: int) -> Used:
        """As it is at this moment."""
        process = psutil.Process()
        times = process.cpu_times()
        return cls(time.monotonic(), times.user + times.system, process.memory_info().rss, facts, encoded)


# -- the server


def serve(pipe: Connection, folder: str) -> None:
    """A server with our extension and one more topic. It tells its port, and what it used whenever it is asked."""
    from jupyter_server.serverapp import ServerApp

    os.environ.update(JUPYTER_DATA_DIR=f"{folder}/jupyter", JUPYTER_CONFIG_DIR=f"{folder}/config", HOME=folder)
    server = ServerApp.instance()
    server.initialize([
        "--ServerApp.jpserver_extensions={'jupyter_crispdm': True}", f"--CrispdmApp.data_dir={folder}/data",
        f"--IdentityProvider.token={TOKEN}", "--no-browser", "--ServerApp.port=0", "--ServerApp.allow_root=True",
        f"--ServerApp.root_dir={folder}", "--CrispdmApp.serving_port=0", "--ServerApp.log_level=ERROR",
    ])  # fmt: skip
    extension: Any = next(iter(server.extension_manager.extension_apps["jupyter_crispdm"]))
    server.io_loop.add_callback(_publish, extension.context.hub, pipe, server.port)
    server.start()


async def _publish(hub: Any, pipe: Connection, port: int) -> None:
    from jupyter_crispdm.base.budget import Shared
    from jupyter_crispdm.base.live import socket
    from jupyter_crispdm.base.live.topic import Kind, Topic
    from jupyter_crispdm.base.wire import encode

    counted: Counter[str] = Counter()

    def count(fact: Any) -> bytes:
        counted["encoded"] += 1
        return encode(fact)

    async def load() -> dict[str, list[Row]]:
        return {"rows": []}

    hub._encode, hub_encode = count, hub._encode
    rows = hub.table(Topic(_TOPIC, Kind.table, Row, "live", "Rows of the benchmark."), load)
    hub._encode = hub_encode
    socket._SUBSCRIPTIONS_AT_ONCE = 100_000
    socket.BUDGETS = Shared(socket.LiveBudget)
    pipe.send(port)
    due = time.monotonic()
    while True:
        due += 1 / FACTS_A_SECOND
        await asyncio.sleep(due - time.monotonic())
        if pipe.poll():  # by now the last fact is on its way
            pipe.recv()
            pipe.send(Used.now(counted["facts"], counted["encoded"]))
        counted["facts"] += 1
        rows.tell(counted["facts"] % _ROWS, Row(str(counted["facts"] % _ROWS), time.monotonic()))


# -- the pages


class Page(asyncio.Protocol):
    """One page: it asks for the topic, and notes how late each fact came."""

    topic = _TOPIC

    def __init__(self, port: int, lags: list[float], is_stalled: bool) -> None:
        self._port, self._lags, self._is_stalled = port, lags, is_stalled
        self._data = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: token {TOKEN}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take whole frames."""
        self._data += data
        if not self._is_open:
            self._begin()
        while (end := _frame_end(self._data)) <= len(self._data):
            frame, self._data = self._data[:end], self._data[end:]
            self.took(frame)

    def took(self, frame: bytes) -> None:
        """A whole message."""
        place = frame.find(b'"at":')
        if place >= 0:
            self._lags.append(time.monotonic() - float(frame[place + 5 : frame.index(b",", place)]))

    def _begin(self) -> None:
        head, found, rest = self._data.partition(b"\r\n\r\n")
        if not found:
            return
        assert b" 101 " in head, head
        self._is_open, self._data = True, rest
        command = json.dumps({"subscribe": self.topic}).encode()
        self._transport.write(bytes([0x81, 0x80 | len(command)]) + b"\0\0\0\0" + command)
        if self._is_stalled:
            self._transport.pause_reading()


def _frame_end(data: bytes) -> int:
    """Where the first frame ends, as far as its header is there; else beyond the data."""
    if len(data) < 2:
        return len(data) + 1
    size = data[1] & 0x7F
    header = {126: 4, 127: 10}.get(size, 2)
    return header + (int.from_bytes(data[2:header], "big") if header > 2 else size)


def look(pipe: Connection, port: int, sockets: int) -> None:
    """The pages, until they are told to tell: how late facts came since they were last told to."""
    asyncio.run(_look(pipe, port, sockets))


async def _look(pipe: Connection, port: int, sockets: int) -> None:
    loop, lags = asyncio.get_running_loop(), list[float]()
    for number in range(sockets):
        await loop.create_connection(lambda stalled=number == 0: Page(port, lags, stalled), "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.sleep(0.002)
    pipe.send(sockets)
    while True:
        await asyncio.sleep(0.05)
        if pipe.poll():
            pipe.recv()
            pipe.send(sorted(lags))
            lags.clear()


# -- the measurement


def main(sockets: int = 1000, seconds: float = 20.0) -> int:
    """Measure; the exit code is 1 where an aim was missed."""
    _open_files()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        server, to_server = _started(context, serve, folder)
        port = to_server.recv()
        pages, to_pages = _started(context, look, port, sockets)
        try:
            to_pages.recv()
            before, after, lags = _measured(to_server, to_pages, seconds)
        finally:
            for process in (pages, server):
                process.kill()
                process.join()
    return _told(sockets, before, after, lags)


def _started(context: Any, work: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, *arguments), daemon=True)
    process.start()
    return process, here


def _measured(to_server: Connection, to_pages: Connection, seconds: float) -> tuple[Used, Used, list[float]]:
    _asked(to_pages)
    before = _asked(to_server)
    time.sleep(seconds)
    after = _asked(to_server)
    return before, after, _asked(to_pages)


def _asked(pipe: Connection) -> Any:
    pipe.send(None)
    return pipe.recv()


def _told(sockets: int, before: Used, after: Used, lags: list[float]) -> int:
    facts, seconds = after.facts - before.facts, after.at - before.at
    once = (after.encoded - before.encoded) / facts
    used = after.processor - before.processor
    received = len(lags) / (facts * (sockets - 1))
    print(f"{sockets} sockets on one topic, one of them stalled, {facts} facts in {seconds:.1f} s")
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"encoded               {once:.2f} times a fact (the aim is 1)")
    print(f"received              {received:.1%} of the facts by those who read")
    print(f"processor             {used / seconds:.2f} of a core (the aim is {AIM_OF_A_CORE} at most), "
          f"{used / facts / sockets * 1e6:.1f} µs a frame")  # fmt: skip
    late = [_at(lags, share) for share in (0.5, 0.99, 1)]
    print("late                  p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms".format(*late))
    grown = (after.memory - before.memory) / 2**20
    print(f"memory                {after.memory / 2**20:.0f} MiB, {grown:+.1f} MiB meanwhile")
    return int(once > 1 or used / seconds > AIM_OF_A_CORE)


def _at(lags: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return lags[int(share * (len(lags) - 1))] * 1e3


def _open_files() -> None:
    """Let this process and its children open as many sockets as they may."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 1000, float(sys.argv[2]) if sys.argv[2:] else 20.0))
