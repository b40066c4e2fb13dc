"""Many short jobs under real supervisors, counted by themselves."""

from __future__ import annotations

import asyncio
import time
from itertools import accumulate
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import Input, JobFilter, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import House

MOST = 4
MANY = 200


@pytest.mark.proves("settings.max-running", "jobs.thousand", "jobs.cheap-submit")
async def test_many_queued_jobs_run_to_the_end_never_too_many_at_once_and_are_cheap_to_submit(tmp_path: Path) -> None:
    house = await House(tmp_path, LocalExecutor(Watcher()), max_running=MOST).open()
    count = tmp_path / "count"
    script = f"echo 1 >> {count}; %s; echo -1 >> {count}"  # lines are appended in the order in which it happens
    holding = [await house.submit(command=["sh", "-c", script % "read line"]) for _ in range(MOST)]
    await asyncio.gather(*(house.reaches(job.id, JobState.running) for job in holding))
    waiting, spent = [], []
    for _ in range(MANY):
        before = time.process_time()
        waiting.append(await house.submit(command=["sh", "-c", script % "true"]))
        spent.append(time.process_time() - before)
    first, last = sorted(spent[: MANY // 4]), sorted(spent[-MANY // 4 :])
    assert last[len(last) // 2] < 4 * first[len(first) // 2], "a long queue must not make submitting costly"
    assert {job.state for job in waiting} == {JobState.queued}
    for job in holding:
        await house.jobs.send_input(job.id, Input(eof=True))

    async def over() -> bool:
        return not await house.jobs.find(JobFilter(state="queued,starting,running"))

    await eventually(over, 300)
    ended = await house.jobs.find(JobFilter(limit=1000))
    assert [job.state for job in ended] == [JobState.succeeded] * (MOST + MANY)
    changes = [int(line) for line in count.read_text().split()]
    running = list(accumulate(changes))
    assert (max(running), running[-1], len(changes)) == (MOST, 0, 2 * (MOST + MANY))
    await house.close()
