"""What viewers of streams cost the server.

`many`: a thousand sockets on one stream of four series at 10 samples a second, one of the sockets stalls. `fast`: ten
sockets on one of four series at 100 samples a second. Printed: how much of a core the server took, how late samples
came, its memory before and after, and how many bytes a viewer got for each byte of the raw samples (8 for a number).

The server is a real one in a process of its own; the sockets are of a second process, and a third one writes the
stream's log as a collector does.

Run: python -m benchmarks.bench_streams [many|fast] [SECONDS] [SOCKETS]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.bench_live import TOKEN, Page, Used, _at, _open_files

SERIES = ("time", "value", "probability", "temperature")
_STREAM = "bench"
_TOPIC = f"streams/{_STREAM}"
_LAST_TIME = re.compile(rb'"time":\[[^\]]*?([0-9.]+)\]')


@dataclass(frozen=True)
class Case:
    """What is measured, and what it may cost: cores, milliseconds of the 99th of a hundred, MiB, bytes a raw byte."""

    sockets: int
    rate: float
    cores: float
    late: float = 100.0
    memory: float = 300.0
    bytes: float = 3.0


CASES = {"many": Case(1000, 10.0, cores=1.0, bytes=float("inf")), "fast": Case(10, 100.0, cores=1.0)}


# -- the server, and the collector


def serve(pipe: Connection, folder: str) -> None:
    """A server with our extension and a stream. It tells its port, then what it used whenever it is asked."""
    from jupyter_server.serverapp import ServerApp

    os.environ.update(JUPYTER_DATA_DIR=f"{folder}/jupyter", JUPYTER_CONFIG_DIR=f"{folder}/config", HOME=folder)
    server = ServerApp.instance()
    server.initialize([
        "--ServerApp.jpserver_extensions={'jupyter_crispdm': True}", f"--CrispdmApp.data_dir={folder}/data",
        f"--IdentityProvider.token={TOKEN}", "--no-browser", "--ServerApp.port=0", "--ServerApp.allow_root=True",
        f"--ServerApp.root_dir={folder}", "--CrispdmApp.serving_port=0", "--ServerApp.log_level=ERROR",
    ])  # fmt: skip
    extension: Any = next(iter(server.extension_manager.extension_apps["jupyter_crispdm"]))
    server.io_loop.add_callback(_offer, extension, pipe, server.port)
    server.start()


async def _offer(extension: Any, pipe: Connection, port: int) -> None:
    from jupyter_crispdm.base.budget import Shared
    from jupyter_crispdm.base.live import socket
    from jupyter_crispdm.base.readiness import Stage
    from jupyter_crispdm.streams.room import StreamsRoom
    from jupyter_crispdm.streams.types import NewStream, SimulatedSource

    socket._SUBSCRIPTIONS_AT_ONCE = 100_000
    socket.BUDGETS = Shared(socket.LiveBudget)
    streams = extension.room(StreamsRoom).manager
    for _ in range(1000):
        if extension.context.readiness.stage is Stage.READY:
            break
        await asyncio.sleep(0.05)
    await streams.create(NewStream(name="Bench", id=_STREAM, source=SimulatedSource(), start=False), "bench")
    pipe.send((port, str(streams.directory(_STREAM))))
    while True:
        await asyncio.sleep(0.05)
        if pipe.poll():
            pipe.recv()
            pipe.send(Used.now(0, 0))


def collect(pipe: Connection, directory: str, rate: float) -> None:
    """Append a sample to the log so many times a second. It tells how many there are whenever it is asked."""
    from jupyter_crispdm.streams.batch import Batch
    from jupyter_crispdm.streams.recording.layout import segment_path
    from jupyter_crispdm.streams.recording.wal import Wal

    wal, seq, due = Wal(segment_path(Path(directory), 1)), 0, time.monotonic()
    random = np.random.default_rng(1)
    while True:
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))
        if pipe.poll():
            pipe.recv()
            pipe.send(seq)
        seq += 1
        numbers = (time.time(), *random.normal(size=len(SERIES) - 1))
        wal.append(Batch(seq, {name: np.array([value]) for name, value in zip(SERIES, numbers, strict=True)}))


# -- the viewers


class Viewer(Page):
    """One page that follows the stream, and notes how late the newest sample of each message is."""

    topic = _TOPIC
    received = 0

    def took(self, frame: bytes) -> None:
        """A whole message."""
        Viewer.received += len(frame)
        found = _LAST_TIME.search(frame)
        if found is not None:
            self._lags.append(time.time() - float(found[1]))


def look(pipe: Connection, port: int, sockets: int) -> None:
    """The viewers, until they are told to tell: how late samples came, and how many bytes, since the last time."""
    asyncio.run(_look(pipe, port, sockets))


async def _look(pipe: Connection, port: int, sockets: int) -> None:
    loop, lags = asyncio.get_running_loop(), list[float]()
    for number in range(sockets):
        stalled = sockets > 1 and number == 0
        await loop.create_connection(lambda stalled=stalled: Viewer(port, lags, stalled), "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.sleep(0.002)
    pipe.send(sockets)
    while True:
        await asyncio.sleep(0.05)
        if pipe.poll():
            pipe.recv()
            pipe.send((sorted(lags), Viewer.received))
            lags.clear()
            Viewer.received = 0


# -- the measurement


class Seen(msgspec.Struct):
    """All parts at one moment."""

    used: Used
    samples: int
    lags: list[float]
    received: int


def main(name: str = "many", seconds: float = 20.0, sockets: int | None = None) -> int:
    """Measure; the exit code is 1 where an aim was missed."""
    _open_files()
    case = CASES[name]
    sockets = sockets or case.sockets
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        processes: list[Any] = []

        def start(work: Callable[..., None], *arguments: Any) -> Connection:
            here, there = context.Pipe()
            processes.append(context.Process(target=work, args=(there, *arguments), daemon=True))
            processes[-1].start()
            return here

        try:
            server = start(serve, folder)
            port, directory = server.recv()
            collector = start(collect, directory, case.rate)
            viewers = start(look, port, sockets)
            viewers.recv()
            time.sleep(min(5.0, seconds))  # to warm up
            before = _seen(server, collector, viewers)
            time.sleep(seconds)
            after = _seen(server, collector, viewers)
        finally:
            for process in reversed(processes):
                process.kill()
                process.join()
    return _told(name, case, sockets, before, after)


def _seen(*pipes: Connection) -> Seen:
    for pipe in pipes:
        pipe.send(None)
    used, samples, (lags, received) = (pipe.recv() for pipe in pipes)
    return Seen(used, samples, lags, received)


def _told(name: str, case: Case, sockets: int, before: Seen, after: Seen) -> int:
    seconds, samples = after.used.at - before.used.at, after.samples - before.samples
    reading = max(1, sockets - 1)
    cores = (after.used.processor - before.used.processor) / seconds
    late = [_at(after.lags, share) for share in (0.5, 0.99, 1)]
    memory = after.used.memory / 2**20
    raw = samples * 8 * len(SERIES) * reading
    print(f"{name}: {sockets} sockets, one stalled, {samples} samples of {len(SERIES)} series in {seconds:.0f} s")
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"messages              {len(after.lags) / reading / seconds:.1f} a second to each who reads")
    print(f"processor             {cores:.2f} of a core (the aim is {case.cores} at most)")
    print("late                  p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms".format(*late)
          + f" (the aim is p99 {case.late:.0f} ms at most)")  # fmt: skip
    grown = (after.used.memory - before.used.memory) / 2**20
    print(f"memory                {memory:.0f} MiB (the aim is {case.memory:.0f} at most), {grown:+.1f} MiB meanwhile")
    print(f"bytes                 {after.received / raw:.2f} a raw byte (the aim is {case.bytes} at most)")
    return int(cores > case.cores or late[1] > case.late or memory > case.memory or after.received / raw > case.bytes)


if __name__ == "__main__":
    given = dict(enumerate(sys.argv))
    sys.exit(main(given.get(1, "many"), float(given.get(2, "20")), int(given[3]) if 3 in given else None))
