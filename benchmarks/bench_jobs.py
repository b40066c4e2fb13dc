"""What a job costs: from submission until its process exists, against a bare double fork and exec; and CPU.

Run: python -m benchmarks.bench_jobs [JOBS]
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.types import Job, Submission


def bare_double_fork(mark: Path) -> float:
    """Milliseconds until a program that a grandchild became has made a file."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("touch", ["touch", str(mark)])
        os._exit(0)
    os.waitpid(child, 0)
    return 1000 * (_appears(mark) - started)


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


async def one(jobs: JobManager, ends: Ends, mark: Path) -> float:
    """Milliseconds from the submission until the job's program has made a file."""
    started = time.perf_counter()
    watching = asyncio.create_task(asyncio.to_thread(_appears, mark))
    submitted, _ = await jobs.submit(Submission(command=["touch", str(mark)]), owner="bench")
    appeared = await watching
    await ends.wait(submitted.id)
    return 1000 * (appeared - started)


async def flood(jobs: JobManager, ends: Ends, count: int) -> tuple[float, float, float]:
    """CPU milliseconds here to submit one of many, and for all of its life; jobs that ended a second."""
    cpu, started = _cpu(), time.perf_counter()
    ids = [(await jobs.submit(Submission(command=["true"]), owner="bench"))[0].id for _ in range(count)]
    submitting = _cpu() - cpu
    for id in ids:
        await ends.wait(id)
    return 1000 * submitting / count, 1000 * (_cpu() - cpu) / count, count / (time.perf_counter() - started)


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        database = Database.in_directory(path)
        await database.start()
        environments = EnvironmentManager(path, path)
        jobs = JobManager(
            database=database,
            environments=environments,
            executor=LocalExecutor(Watcher()),
            clock=SystemClock(),
            data_dir=path,
            root_dir=path,
            max_running=os.cpu_count() or 1,
        )
        await environments.start()
        await jobs.start()
        bare = statistics.median([bare_double_fork(path / f"bare{number}") for number in range(count)])
        ends = Ends(jobs)
        waited = statistics.median([await one(jobs, ends, path / f"job{number}") for number in range(count)])
        submitting, whole, rate = await flood(jobs, ends, 5 * count)
        await jobs.close()
        await environments.close()
        await database.close()
    print(f"bare double fork and exec   {bare:7.1f} ms")
    print(f"submit until process exists {waited:7.1f} ms   {waited / bare:.1f} times")
    print(f"server CPU to submit        {submitting:7.1f} ms   {whole:.1f} ms for the whole life of a job")
    print(f"short jobs to their end     {rate:7.1f} a second")


def _appears(mark: Path) -> float:
    while not mark.exists():
        time.sleep(0.0002)
    return time.perf_counter()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
