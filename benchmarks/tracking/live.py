"""How soon a point is told after a quiet moment, and how many bytes it takes on a socket."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import jupyter_crispdm.worker
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.tracking import RunReader, follow_metrics
from jupyter_crispdm.tracking.types import MetricsFact, curve

from .rows import share

Told = Callable[[Path, Watcher, Callable[[], bool]], AsyncIterator[float]]
_SITE = Path(jupyter_crispdm.worker.__file__).parent / "site"
_FACTS = 300
_QUIET = (0.03, 0.12)
_LOGS = f"""
import crispdm, random, time
for step in range({_FACTS}):
    time.sleep(random.uniform{_QUIET})
    crispdm.log({{"loss": time.monotonic()}}, step=step)
"""
_APPENDS = f"""
import os, random, struct, sys, time
file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
for step in range({_FACTS}):
    time.sleep(random.uniform{_QUIET})
    os.write(file, struct.pack("d", time.monotonic()))
"""


def freshness(folder: Path) -> None:
    floor = _lags(folder / "live" / "floor", _APPENDS, _appended)
    ours = _lags(folder / "live" / "fresh", _LOGS, _followed)
    print("from log() in another process to the hub, after a quiet moment")
    for name, lags in (("append + inotify", floor), ("a topic's reader", ours)):
        print(f"  {name:20}" + ", ".join(f"p{part * 100:.0f} {share(lags, part):.2f} ms" for part in (0.5, 0.9, 0.99)))


def bytes_a_point(folder: Path) -> None:
    print("bytes a point on a socket, with the frame's own: packed, as JSON")
    for names, points in ((1, 1), (4, 1), (4, 4), (10, 1)):
        run = folder / f"wire{names}-{points}"
        series = ", ".join(f"'train/metric{number}': random.random()" for number in range(names))
        code = f"import crispdm, random\nfor step in range(1000, 1000 + {points}): crispdm.log({{{series}}}, step=step)"
        subprocess.run([sys.executable, "-c", code], env=_environment(run), check=True)
        cursor, found = RunReader(run).since(0)
        fact = MetricsFact({name: curve(one) for name, one in found.items()}, cursor)
        message = Message("jobs/20261129-101500-4711-ab/metrics", cursor, fact, "abcdef012345")
        packed, text = (len(one.frame) / (names * points) for one in (message.packed(), message))
        print(f"  {names} curves, {points} points each {packed:8.1f} {text:8.1f}")


def _lags(run: Path, program: str, told: Told) -> list[float]:
    run.mkdir(parents=True)
    (run / "log").touch()
    process = subprocess.Popen([sys.executable, "-c", program, str(run / "log")], env=_environment(run))

    async def all_of_them() -> list[float]:
        watcher = Watcher()
        try:
            return [lag async for lag in told(run, watcher, lambda: process.poll() is not None)]
        finally:
            await watcher.close()

    return asyncio.run(all_of_them())[5:]  # the first ones find folders that are made meanwhile


async def _appended(run: Path, watcher: Watcher, is_over: Callable[[], bool]) -> AsyncIterator[float]:
    at = 0
    with (run / "log").open("rb") as file:
        async with watcher.watch(run) as changes:
            while not is_over():
                await changes.wait(0.5)
                data = os.pread(file.fileno(), 4096, at)
                at += len(data)
                if data:
                    yield (time.monotonic() - memoryview(data[-8:]).cast("d")[0]) * 1e3


async def _followed(run: Path, watcher: Watcher, is_over: Callable[[], bool]) -> AsyncIterator[float]:
    async for message in follow_metrics(run, None, is_over, watcher):
        frame = message.packed().frame
        now = time.monotonic()
        if frame[0] == 0x82:
            yield (now - memoryview(frame[-16:-8]).cast("d")[0]) * 1e3


def _environment(run: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(_SITE), "CRISPDM_RUN_DIR": str(run)}
