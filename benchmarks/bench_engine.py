"""The engine of the inference server alone, without HTTP: real worker processes, asked as its front asks them.

Printed are answers a second and the CPU that each costs on both sides, batched and one by one; how quickly a stream
comes and how soon its place is free when the reader leaves; and what becomes of 16 callers while the worker is killed
two times a second. Batching must never be slower than none, and no answer may be lost or somebody else's.

Run: python -m benchmarks.bench_engine [SECONDS]
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import uvloop

from jupyter_crispdm.serving.inference.errors import WorkerDied
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers.pool import WorkerPool
from jupyter_crispdm.serving.types import DeploymentSpec

from .serving.models import MODELS, Model, make, spec

CONNECTIONS = (1, 8, 32)
TALKER = """
def ready(header):
    pass

def runs_anything(header):
    return True

def load(header):
    return Predictor()

class Predictor:
    batch = 32
    def infer(self, inputs):
        return {"double": inputs["x"] * 2}
    def stream(self, parameters):
        for number in range(parameters["count"]):
            yield {"text": "abc "}
"""


@asynccontextmanager
async def running(fields: dict[str, Any], **settings: Any) -> AsyncIterator[WorkerPool]:
    """A deployment's workers, and their end."""
    with tempfile.TemporaryDirectory() as directory:
        chosen = InferenceSettings(Path(directory), **settings)
        pool = WorkerPool(DeploymentSpec(**fields), chosen, Path(directory) / "log", lambda: None)
        pool.start()
        while not pool.ready:  # noqa: ASYNC110 - a process is waited for
            await asyncio.sleep(0.01)
        try:
            yield pool
        finally:
            await pool.stop()


def cpu(pool: WorkerPool) -> tuple[float, float]:
    """Seconds of CPU of this process, and of the worker."""
    return time.process_time(), sum(psutil.Process(pool.pids[0]).cpu_times()[:2])


async def ask(model: Model, directory: Path, batch: int, seconds: float) -> list[float]:
    """Answers a second at each number of callers."""
    data = np.random.default_rng(0).random(model.shape, np.float32).tobytes()
    inputs = [RawTensor(model.input, "FP32", model.shape, data)]
    rates = []
    async with running(spec(model, directory, batch)) as pool:

        async def caller(until: float) -> int:
            count = 0
            while time.perf_counter() < until:
                await pool.infer(inputs, "bench")
                count += 1
            return count

        for connections in CONNECTIONS:
            ours, theirs = cpu(pool)
            begun = time.perf_counter()
            count = sum(await asyncio.gather(*(caller(begun + seconds) for _ in range(connections))))
            rates.append(count / (time.perf_counter() - begun))
            spent = [1e6 * (after - before) / count for before, after in zip((ours, theirs), cpu(pool), strict=True)]
            print(
                f"{model.name} batch {batch:2} callers {connections:2}: {rates[-1]:8.0f}/s, "
                f"CPU {spent[0]:6.1f} + {spent[1]:8.1f} us an answer"
            )
    return rates


def talker(directory: Path) -> dict[str, Any]:
    """A deployment that streams, and needs nothing."""
    package = directory / "site" / "crispdm" / "predictors"
    package.mkdir(parents=True, exist_ok=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text(TALKER)
    return spec(MODELS["S"], directory, 32)


async def stream(directory: Path) -> None:
    """How quickly pieces come, and how soon a place is free."""
    async with running(talker(directory), site=directory / "site") as pool:
        begun, pieces = time.perf_counter(), 0
        async for _ in pool.stream({"count": 20_000}, "bench"):
            pieces += 1
        print(f"stream: {pieces / (time.perf_counter() - begun):.0f} pieces a second")
        freed = []
        for _ in range(50):
            one = pool.stream({"count": 10**9}, "bench")
            await anext(one)
            begun = time.perf_counter()
            await one.aclose()
            while pool.working:  # noqa: ASYNC110 - as closely as can be
                await asyncio.sleep(0)
            freed.append(1e3 * (time.perf_counter() - begun))
        print(f"a reader leaves: the place is free after {statistics.median(freed):.2f} ms, at most {max(freed):.2f}")


async def kill(directory: Path, seconds: float) -> None:
    """Sixteen callers with one retry, while the worker is killed."""
    told: Counter[str] = Counter()
    patient = {"restarts": 10**6, "first_pause": 0.05, "longest_pause": 0.1}
    async with running(talker(directory), site=directory / "site", **patient) as pool:
        until = time.perf_counter() + seconds

        async def caller(place: int) -> None:
            number = place
            while time.perf_counter() < until:
                number += 16
                told[await answer(pool, float(number))] += 1

        async def killer() -> None:
            while time.perf_counter() < until:
                await asyncio.sleep(0.5)
                for pid in pool.pids:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        told["kills"] += 1

        await asyncio.gather(killer(), *(caller(place) for place in range(16)))
    print(f"killed: {dict(told)}")
    assert told["lost"] == told["mixed"] == 0


async def answer(pool: WorkerPool, number: float) -> str:
    """What becomes of a request with one retry."""
    inputs = [RawTensor("x", "FP32", (1,), np.float32(number).tobytes())]
    for _ in range(2):
        with suppress(WorkerDied):
            [double] = await pool.infer(inputs, "bench")
            return "right" if np.frombuffer(double.data, np.float32)[0] == np.float32(2 * number) else "mixed"
    return "lost"


async def main(seconds: float) -> None:
    """Measure everything."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        make(directory)
        for model in MODELS.values():
            batched, alone = [await ask(model, directory, batch, seconds) for batch in (32, 1)]
            ratios = ", ".join(f"{one / other:.2f}" for one, other in zip(batched, alone, strict=True))
            print(f"{model.name}: batched over one by one {ratios}")
        await stream(directory)
        await kill(directory, 5 * seconds)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
