"""How long people wait for a job on this machine and on a cluster: its start, its log, its end.

Run: python -m benchmarks.bench_executors [local|slurm|ray] [JOBS]     The cluster is started for it, on this machine.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.types import Job, JobState
from jupyter_crispdm.tracking import follow_log
from jupyter_crispdm.tracking.types import LogFact
from tests.executors.house import House
from tests.executors.places import PLACES

_LINES = 100
_TALK = "import sys, time\nfor _ in range(int(sys.argv[1])): print(time.time(), flush=True); time.sleep(0.05)"


class States:
    """When each job reached each state, as every page is told."""

    def __init__(self, house: House) -> None:
        self._seen: dict[tuple[str, JobState], float] = {}
        house.jobs.on_change(self._note)

    async def when(self, job: Job, state: JobState) -> float:
        """Wait for a state; answers when it was told."""
        return await _appears(lambda: self._seen.get((job.id, state)))

    def _note(self, job: Job) -> None:
        self._seen.setdefault((job.id, job.state), time.time())


async def start_and_stop(house: House, states: States) -> dict[str, float]:
    """One job's program says when it starts and is then stopped."""
    before = time.time()
    job = await house.submit(command=["sh", "-c", "date +%s.%N; exec sleep 600"])
    log = house.jobs.directory(job.id) / "output.log"
    started = float(await _appears(lambda: log.read_text().strip()))
    running = await states.when(job, JobState.running)
    asked = time.time()
    await house.jobs.stop(job.id)
    stopped = await states.when(job, JobState.stopped)
    exited = (await house.jobs.get(job.id)).ended
    assert exited is not None
    return {
        "submit until the program runs": started - before,
        "submit until pages say running": running - before,
        "stop until the program is gone": exited.timestamp() - asked,
        "stop until pages say stopped": stopped - asked,
    }


async def talk(house: House, watcher: Watcher) -> list[float]:
    """How old the lines of a log are when a follower is told."""
    job = await house.submit(command=[sys.executable, "-c", _TALK, str(_LINES)])
    ages, rest = [], ""
    stream = follow_log(house.jobs.directory(job.id) / "output.log", 0, lambda: house.jobs.over(job.id), watcher)
    async with aclosing(stream) as pieces:
        async for message in pieces:
            now = time.time()
            *lines, rest = (rest + msgspec.json.decode(message.data, type=LogFact).text).split("\n")
            ages += [now - float(line) for line in lines]
    await watcher.close()
    return ages


async def flood(house: House, count: int) -> float:
    """Seconds from the first submission until all of many short jobs are over."""
    before = time.time()
    jobs = [await house.submit(command=["true"]) for _ in range(count)]
    await asyncio.gather(*(house.ends(job) for job in jobs))
    return time.time() - before


async def measure(name: str, count: int, path: Path) -> None:
    """Print the figures of one place."""
    place = PLACES[name]()
    await asyncio.to_thread(place.start, path)
    try:
        house = await House(path, place.executor()).open()
        states = States(house)
        await start_and_stop(house, states)
        rows = [await start_and_stop(house, states) for _ in range(count)]
        for what in rows[0]:
            _print(name, what, [row[what] for row in rows])
        _print(name, "a log line until a follower has it", await talk(house, Watcher()))
        distant = Watcher(shared=lambda path: True)
        _print(name, "  the same where nobody tells of it", await talk(house, distant))
        print(f"{name:6} {count} short jobs, sent at once, to their end: {await flood(house, count):6.2f} s")
        await house.close()
    finally:
        await asyncio.to_thread(place.stop)


def _print(name: str, what: str, seconds: list[float]) -> None:
    worst = statistics.quantiles(seconds, n=20)[-1]
    print(f"{name:6} {what:36} median {1000 * statistics.median(seconds):7.0f} ms   95 % {1000 * worst:7.0f} ms")


async def _appears(fact: Callable[[], float | str | None]) -> float:
    while not (found := fact()):  # noqa: ASYNC110 - a file tells nobody
        await asyncio.sleep(0.001)
    return float(found)


def main() -> None:
    """Measure the places that are named, or this machine."""
    names = [word for word in sys.argv[1:] if word in PLACES] or ["local"]
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 20)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            asyncio.run(measure(name, count, Path(folder)))


if __name__ == "__main__":
    main()
