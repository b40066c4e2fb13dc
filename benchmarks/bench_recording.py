"""What a collector costs: samples a second of one processor, bytes a sample, and how long beginning anew takes.

The loop is the real one, with a source that delivers as fast as it is asked: batches of the size in which 5,000 samples
a second come. The aim is that 5,000 a second take well under one core.

Run: python -m benchmarks.bench_recording [SECONDS OF SAMPLES]
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jupyter_crispdm.streams.collector.collecting import Collector
from jupyter_crispdm.streams.recording.layout import parts, segments
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.recording.recorder import Recorder
from jupyter_crispdm.streams.sources.port import Message, Source
from jupyter_crispdm.streams.sources.simulated import SimulatedSource
from jupyter_crispdm.streams.types import Spec

RATE = 5000
_A_BATCH = 0.05
"""Seconds between two batches of the simulated source."""
_ZSCORE = {"kind": "zscore", "window": 100, "writes": "distance"}
_TREES = {"kind": "trees", "window": 250, "writes": "rarity"}
Batches = Callable[[int], AsyncGenerator[Sequence[Message], None]]


def main(seconds: int = 60) -> int:
    """Measure; the exit code is 1 where an aim was missed."""
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    rows = RATE * seconds
    with tempfile.TemporaryDirectory() as folder:
        plain = _collected("simulated source", Path(folder) / "plain", _simulated, rows)
        _sizes(Path(folder) / "plain", rows)
        _collected("a JSON message each", Path(folder) / "json", _messages, rows)
        _collected("with rolling z-score", Path(folder) / "zscore", _simulated, rows // 4, _ZSCORE)
        _collected("with half-space trees", Path(folder) / "trees", _simulated, rows // 60, _TREES)
        _begun_anew(Path(folder) / "anew", rows)
        _read_back(Path(folder) / "plain", rows)
    print(f"memory at its most    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")
    return int(plain < 2 * RATE)


# -- the loop


class _Source:
    """So many samples, as fast as they are taken, and then the end."""

    trouble = ""

    def __init__(self, batches: AsyncGenerator[Sequence[Message], None]) -> None:
        self._batches = batches

    def read(self) -> AsyncGenerator[Sequence[Message], None]:
        return self._batches

    async def stored(self, messages: Sequence[Message]) -> None:
        pass

    async def close(self) -> None:
        pass


class _Clock:
    """A clock that a sleep moves."""

    def __init__(self) -> None:
        self._now = 1_700_000_000.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += seconds


async def _simulated(rows: int) -> AsyncGenerator[Sequence[Message], None]:
    clock = _Clock()
    done = 0
    async for batch in SimulatedSource(RATE, 1, clock=clock, sleep=clock.sleep).read():
        yield batch
        done += sum(len(message.payload["value"]) for message in batch if isinstance(message.payload, dict))
        if done >= rows:
            return


async def _messages(rows: int) -> AsyncGenerator[Sequence[Message], None]:
    size = int(RATE * _A_BATCH)
    payloads = [json.dumps({"time": 1.7e9 + n / RATE, "value": n / 7, "probability": n / rows}) for n in range(size)]
    batch = [Message(payload.encode(), 1.7e9) for payload in payloads]
    for _ in range(rows // size):
        yield batch


def _collected(name: str, directory: Path, batches: Batches, rows: int, *detectors: dict[str, Any]) -> float:
    """Collect some samples; how many a second of processor time."""
    directory.mkdir()
    spec = {"id": "line", "name": "Line", "source": {"kind": "simulated"}, "alert": {}, "detectors": detectors}
    (directory / "stream.json").write_text(json.dumps(spec))

    def make(spec: Spec, directory: Path, environ: Mapping[str, str]) -> Source:
        return _Source(batches(rows))

    async def collect() -> float:
        collector = Collector(directory, make)
        began = time.process_time()
        await collector.run()
        return time.process_time() - began

    taken = asyncio.run(collect())
    rate = rows / taken
    print(f"{name:<21} {rate:9,.0f} samples a processor second: {RATE:,} a second are {RATE / rate:6.3f} of a core")
    return rate


# -- what is on the disk


def _sizes(directory: Path, rows: int) -> None:
    size = sum(part.path.stat().st_size for part in parts(directory))
    print(f"parquet               {size / rows:.1f} bytes a sample of three columns (24 raw)")


def _columns(first: int, rows: int) -> dict[str, Any]:
    seq = np.arange(first, first + rows, dtype=np.float64)
    return {"time": 1.7e9 + seq / RATE, "value": np.sin(seq / 900), "probability": seq % 97 / 97}


def _begun_anew(directory: Path, rows: int) -> None:
    """A collector was killed, and all is in its log: how long until the next one goes on, and until all is settled."""
    recorder, size = Recorder(directory), int(RATE * _A_BATCH)
    for first in range(1, rows + 1, size):
        recorder.append(_columns(first, size))
    print(f"log                   {recorder.open_bytes / rows:.1f} bytes a sample")
    recorder.close()
    began = time.perf_counter()
    recorder = Recorder(directory)
    goes_on = time.perf_counter() - began
    recorder.seal()
    recorder.settle()
    settled = time.perf_counter() - began
    recorder.close()
    assert not [segment for segment in segments(directory) if segment.path.stat().st_size]
    came = rows / RATE
    print(f"begun anew            after {goes_on / came:.4f} of the time that its samples took to come; all of them in "
          f"parquet after {settled / came:.4f}")  # fmt: skip


def _read_back(directory: Path, rows: int) -> None:
    recording = Recording(directory)
    began = time.perf_counter()
    assert sum(map(len, recording.iterate())) >= rows
    print(f"read back             {rows / (time.perf_counter() - began):,.0f} samples a second")
    began = time.perf_counter()
    found = recording.between(0, 2e9, points=2000)
    print(f"thinned to {len(found):,}      {rows / (time.perf_counter() - began):,.0f} samples a second")
    shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
