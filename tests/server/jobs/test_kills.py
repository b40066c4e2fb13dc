"""A hundred jobs while the server is killed again and again: every exit code, log and row is right."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import JobFilter, JobState
from jupyter_crispdm.worker.identity import kill_tree
from tests.support import eventually
from tests.unit.jobs.fakes import House

ROOT = Path(__file__).parents[3]
KILLS, JOBS = 10, 8


@pytest.fixture
def generations(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    program = [sys.executable, str(Path(__file__).parent / "generations.py"), str(tmp_path), str(JOBS)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        yield process
        process.kill()
    for directory in (tmp_path / "data" / "jobs").glob("*"):
        kill_tree(None, directory, (0, 0))


def live_and_die(generations: subprocess.Popen[str]) -> None:
    """One server process from its start to its sudden end, in the middle of starting jobs."""
    assert generations.stdin is not None
    assert generations.stdout is not None
    print("go", file=generations.stdin, flush=True)
    os.kill(int(generations.stdout.readline()), signal.SIGKILL)


async def test_every_exit_code_log_and_row_is_right(tmp_path: Path, generations: subprocess.Popen[str]) -> None:
    for _ in range(KILLS):
        await asyncio.to_thread(live_and_die, generations)
    house = await House(tmp_path, LocalExecutor(Watcher()), max_running=20).open()

    async def all_over() -> bool:
        jobs = await house.jobs.list(JobFilter(limit=1000))
        return len(jobs) == KILLS * JOBS and all(job.state.final for job in jobs)

    await eventually(all_over, 90)
    for job in await house.jobs.list(JobFilter(limit=1000)):
        code = int(job.id[-2:]) % 4
        assert (job.state, job.exit_code) == (JobState.failed if code else JobState.succeeded, code), job
        log = (house.jobs.directory(job.id) / "output.log").read_text()
        assert log == "".join(f"line {line}\n" for line in range(30)), job.id
    await house.close()
