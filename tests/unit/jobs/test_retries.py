from __future__ import annotations

import json

import pytest

from jupyter_crispdm.jobs.executors.port import Observation
from jupyter_crispdm.jobs.types import Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import Ended, FakeExecutor, House, NotStarted


async def attempt(house: House, id: str, number: int, state: JobState = JobState.running) -> Job:
    async def there() -> Job | None:
        job = await house.jobs.get(id)
        return job if (job.attempt, job.state) == (number, state) else None

    found: Job = await eventually(there)
    return found


def fail(house: House, executor: FakeExecutor, id: str, code: int = 9) -> None:
    """End an attempt as the supervisor and the executor do: with an exit record, which is put away later."""
    now = house.clock.now()
    ended = {"state": "failed", "exit_code": code, "reason": f"exited with code {code}", "ended": now}
    (house.jobs.directory(id) / "exit.json").write_text(json.dumps(ended))
    executor.become(id, Ended(JobState.failed, code, None, f"exited with code {code}", now, now))


@pytest.fixture
def fresh(executor: FakeExecutor, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the executor look for the exit record, as a real one does."""
    real = executor.observe

    async def observe(directory: object) -> Observation:
        seen = await real(directory)  # type: ignore[arg-type]
        put_away = isinstance(seen, Ended) and not (house.jobs.directory(directory.name) / "exit.json").exists()  # type: ignore[attr-defined]
        return NotStarted() if put_away else seen

    monkeypatch.setattr(executor, "observe", observe)


@pytest.mark.proves("http.jobs-retries")
async def test_retries_count_attempts_and_keep_earlier_records(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    again = await attempt(house, job.id, 2)
    assert again.reason == "attempt 1 failed: exited with code 9"
    assert (house.jobs.directory(job.id) / "attempts" / "1" / "exit.json").exists()
    executor.end(job.id, 8)
    failed = await house.reaches(job.id, JobState.failed)
    assert (failed.attempt, failed.exit_code) == (2, 8)


@pytest.mark.proves("http.jobs-retries")
async def test_the_next_attempt_waits_its_delay_and_says_until_when(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1, retry_delay=90)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    waiting = await attempt(house, job.id, 2, JobState.queued)
    assert waiting.reason == "attempt 1 failed: exited with code 9; again at 22:14 UTC"
    house.clock.advance(89)
    await house.submit()
    assert (await house.jobs.get(job.id)).state is JobState.queued
    house.clock.advance(1)
    await house.submit()
    assert (await attempt(house, job.id, 2)).reason == "attempt 1 failed: exited with code 9"


async def test_a_delay_beyond_midnight_says_the_day(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1, retry_delay=86400)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    assert (await attempt(house, job.id, 2, JobState.queued)).reason.endswith("again at 2023-11-15 22:13 UTC")


async def test_the_server_looks_again_when_the_time_has_come(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1, retry_delay=0.05)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    await attempt(house, job.id, 2, JobState.queued)
    house.clock.advance(0.05)  # the timer runs by the real clock
    await attempt(house, job.id, 2)


@pytest.mark.usefixtures("fresh")
async def test_the_delay_survives_a_restart_also_without_the_database(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1, retry_delay=90)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    before = await attempt(house, job.id, 2, JobState.queued)
    await house.jobs._cache.flush()
    await house.jobs.close()
    await house.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM jobs"))
    await house.database.close()
    other = House(house.path, executor)
    other.clock.advance(60)
    await other.open()
    waiting = await other.jobs.get(job.id)
    assert (waiting.state, waiting.attempt, waiting.reason) == (JobState.queued, 2, before.reason)
    other.clock.advance(29)
    await other.submit()
    assert (await other.jobs.get(job.id)).state is JobState.queued
    other.clock.advance(1)
    await other.submit()
    await attempt(other, job.id, 2)
    await other.close()


@pytest.mark.proves("machine.clock-jumps")
@pytest.mark.usefixtures("fresh")
async def test_a_clock_that_jumped_back_makes_no_delay_longer(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1, retry_delay=90)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    await attempt(house, job.id, 2, JobState.queued)
    await house.jobs.close()
    other = House(house.path, executor)
    other.clock.advance(-1e6)
    await other.open()
    other.clock.advance(90)
    await other.submit()
    await attempt(other, job.id, 2)
    await other.close()


async def test_a_job_is_stopped_between_two_attempts(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=5, retry_delay=90)
    await house.reaches(job.id, JobState.running)
    fail(house, executor, job.id)
    await attempt(house, job.id, 2, JobState.queued)
    stopped = await house.jobs.stop(job.id)
    assert (stopped.state, stopped.reason) == (JobState.stopped, "stopped between two attempts")
    assert executor.started == [job.id]
