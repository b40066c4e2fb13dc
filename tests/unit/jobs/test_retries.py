from __future__ import annotations

from jupyter_crispdm.jobs.types import Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House


async def test_retries_count_attempts_and_keep_earlier_records(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1)
    await house.reaches(job.id, JobState.running)
    (house.jobs.directory(job.id) / "exit.json").write_text('{"state": "failed", "exit_code": 9}')
    executor.end(job.id, 9)
    again = await eventually(lambda: second_attempt(house, job.id))
    assert again.attempt == 2
    assert (house.jobs.directory(job.id) / "attempts" / "1" / "exit.json").exists()
    executor.end(job.id, 8)
    failed = await house.reaches(job.id, JobState.failed)
    assert (failed.attempt, failed.exit_code) == (2, 8)


async def second_attempt(house: House, id: str) -> Job | None:
    job = await house.jobs.get(id)
    return job if job.attempt == 2 and job.state is JobState.running else None
