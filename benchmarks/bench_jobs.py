"""What a job costs: from its start until its process exists, against a bare double fork and exec; a long queue; CPU.

Run: python -m benchmarks.bench_jobs [JOBS]
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import accumulate
from pathlib import Path

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.types import Job, Submission

PLACES = os.cpu_count() or 1
STARTS = 30

#: Forks barely, and tells when files appear. It is small, since what a fork costs grows with the one that forks.
_WITNESS = """
import os, sys, time
for line in sys.stdin:
    verb, mark = line.rstrip("\\n").split(" ", 1)
    began = time.perf_counter()
    if verb == "fork":
        child = os.fork()
        if child == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("touch", ["touch", mark])
            os._exit(0)
        os.waitpid(child, 0)
    while not os.path.exists(mark):
        time.sleep(0.0002)
    print(began, time.perf_counter(), flush=True)
"""


class Witness:
    """The process that sees when a program has run."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", "-c", _WITNESS]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def bare(self, mark: Path) -> float:
        """Milliseconds that a bare double fork and exec takes."""
        began, there = await asyncio.to_thread(self._ask, "fork", mark)
        return 1000 * (there - began)

    async def until(self, mark: Path, start: Callable[[], Awaitable[object]]) -> float:
        """Milliseconds that `start` takes until its program has made a file."""
        watching = asyncio.create_task(asyncio.to_thread(self._ask, "watch", mark))
        await asyncio.sleep(0.02)
        began = time.perf_counter()
        await start()
        return 1000 * ((await watching)[1] - began)

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, verb: str, mark: Path) -> tuple[float, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(verb, mark, file=self._process.stdin, flush=True)
        began, there = map(float, self._process.stdout.readline().split())
        return began, there


class Ends:
    """Tells when jobs are over."""

    def __init__(self, jobs: JobManager) -> None:
        self._over: dict[str, asyncio.Event] = {}
        jobs.on_change(self._changed)

    async def wait(self, id: str) -> None:
        await self._event(id).wait()

    def _changed(self, job: Job) -> None:
        if job.state.final:
            self._event(job.id).set()

    def _event(self, id: str) -> asyncio.Event:
        return self._over.setdefault(id, asyncio.Event())


@asynccontextmanager
async def room(path: Path, executor: LocalExecutor) -> AsyncIterator[JobManager]:
    """The jobs room without a web server."""
    database = Database.in_directory(path)
    await database.start()
    environments = EnvironmentManager(path, path)
    jobs = JobManager(
        database=database,
        environments=environments,
        executor=executor,
        clock=SystemClock(),
        data_dir=path,
        root_dir=path,
        capacity=Capacity(places=PLACES),
    )
    await environments.start()
    await jobs.start()
    yield jobs
    await jobs.close()
    await environments.close()
    await database.close()


async def start_times(path: Path, jobs: JobManager, executor: LocalExecutor) -> list[float]:
    """Median milliseconds until `touch` has run: forked barely, started as a job, submitted as one."""
    ends, witness = Ends(jobs), Witness()
    found = []
    for number in range(-3, STARTS):  # in turns, so that whatever else the machine does slows all alike
        bare, started, submitted = (path / f"{way}{number}" for way in ("bare", "started", "submitted"))
        directory = _job_directory(path / f"job{number}", started)
        submission = Submission(command=["touch", str(submitted)], id=f"start{number}")
        found.append(
            (
                await witness.bare(bare),
                await witness.until(started, lambda: executor.start(directory)),  # noqa: B023
                await witness.until(submitted, lambda: jobs.submit(submission, owner="bench")),  # noqa: B023
            )
        )
        await ends.wait(f"start{number}")
    witness.close()
    return [statistics.median(times) for times in zip(*found[3:], strict=True)]


async def queue(path: Path, jobs: JobManager, count: int) -> dict[str, float]:
    """Many short jobs that wait behind others, each noting in a file when it begins and ends."""
    ends, gate, notes = Ends(jobs), path / "gate", path / "notes"
    os.mkfifo(gate)
    for number in range(PLACES):
        await jobs.submit(Submission(command=["sh", "-c", f"read x < {gate}"], id=f"gate{number}"), owner="bench")
    cpu = time.process_time()
    command = ["sh", "-c", f"echo 1 >> {notes}; sleep 0.01; echo -1 >> {notes}"]
    ids = [(await jobs.submit(Submission(command=command), owner="bench"))[0].id for _ in range(count)]
    submitted, began = time.process_time(), time.perf_counter()
    with open(gate, "w") as opened:  # noqa: ASYNC230
        print("\n" * PLACES, file=opened, flush=True)
        await asyncio.gather(*(ends.wait(f"gate{number}") for number in range(PLACES)))
    await asyncio.gather(*(ends.wait(id) for id in ids))
    changes = list(map(int, notes.read_text().split()))
    return {
        "submit": 1000 * (submitted - cpu) / count,
        "life": 1000 * (time.process_time() - cpu) / count,
        "rate": count / (time.perf_counter() - began),
        "most": max(accumulate(changes)),
        "ended": changes.count(-1),
    }


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, executor = Path(folder), LocalExecutor(Watcher())
        async with room(path, executor) as jobs:
            bare, started, submitted = await start_times(path, jobs, executor)
            found = await queue(path, jobs, count)
    print(f"bare double fork and exec            {bare:7.1f} ms")
    print(f"start of a job until it runs         {started:7.1f} ms   {started / bare:.1f} times, target at most 3")
    print(f"submission until it runs             {submitted:7.1f} ms   {submitted / bare:.1f} times")
    print(f"CPU of the server to submit          {found['submit']:7.1f} ms   target at most 15 ms")
    print(f"CPU of the server for a job's life   {found['life']:7.1f} ms")
    print(f"queued jobs that ran to their end    {found['ended']:7.0f}      target {count}")
    print(f"most at once                         {found['most']:7.0f}      target at most {PLACES}")
    print(f"jobs ended                           {found['rate']:7.1f} a second")


def _job_directory(path: Path, mark: Path) -> Path:
    path.mkdir()
    spec = {"argv": ["touch", str(mark)], "cwd": "/", "env": {"PATH": os.environ["PATH"]}}
    (path / "spec.json").write_text(json.dumps(spec))
    return path


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
