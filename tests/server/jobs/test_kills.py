"""A hundred and twenty jobs while the server is killed twenty times: every exit code, log and row is right."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest

from jupyter_crispdm.jobs.types import JobFilter, JobState
from jupyter_crispdm.worker.processes.identity import kill_tree
from tests.support import eventually

from .generations import open_house, submit

ROOT = Path(__file__).parents[3]
JOBS, KILLS = 120, 20
IDS = [f"{number:03}" for number in range(JOBS)]
#: How many submissions each server answers before it is killed, the next one being on its way.
ANSWERED = (5, 0, 11, 1, 7, 10)


@pytest.fixture
def generations(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    program = [sys.executable, "-m", "tests.server.jobs.generations", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, env=environ, cwd=ROOT) as process:
        yield process
        process.kill()
    for directory in (tmp_path / "data" / "jobs").glob("*"):
        kill_tree(None, directory, (0, 0))


def live_and_die(generations: subprocess.Popen[str], ids: list[str], answered: int) -> None:
    """One server process from its start to its sudden end, in the middle of starting jobs."""
    assert generations.stdin is not None
    assert generations.stdout is not None
    print(*ids, file=generations.stdin, flush=True)
    words = next(line for line in generations.stdout if line.startswith("pid "))  # before: the last one's last words
    assert [generations.stdout.readline().strip() for _ in range(answered)] == ids[:answered]
    os.kill(int(words.split()[1]), signal.SIGKILL)


@pytest.mark.proves("machine.server-killed", "jobs.kills")
async def test_every_exit_code_log_and_row_is_right(tmp_path: Path, generations: subprocess.Popen[str]) -> None:
    waiting = list(IDS)
    for answered in islice(cycle(ANSWERED), KILLS):
        await asyncio.to_thread(live_and_die, generations, waiting, answered)
        del waiting[:answered]
    house = await open_house(tmp_path).open()
    for id in waiting:
        await submit(house, id)

    async def all_over() -> bool:
        jobs = await house.jobs.find(JobFilter(limit=1000))
        return all(job.state.final for job in jobs)

    await eventually(all_over, 90)
    jobs = await house.jobs.find(JobFilter(limit=1000))
    assert sorted(job.id for job in jobs) == IDS
    for job in jobs:
        code = int(job.id) % 4
        assert (job.state, job.exit_code) == (JobState.failed if code else JobState.succeeded, code), job
        assert job.started is not None
        assert job.ended is not None
        assert job.started <= job.ended
        log = (house.jobs.directory(job.id) / "output.log").read_text()
        assert log == "".join(f"line {line}\n" for line in range(30)), job.id
    await house.close()
