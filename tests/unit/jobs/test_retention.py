from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.removal import size_on_disk
from jupyter_crispdm.base.tasks import states
from jupyter_crispdm.jobs import retention as retention_module
from jupyter_crispdm.jobs.retention import Kept, Policy, Retention
from jupyter_crispdm.jobs.types import Job, JobFilter, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import Ended, FakeExecutor, House

DAY = 86_400.0


@pytest.mark.parametrize(
    ("policy", "gone"),
    [
        (Policy(), []),
        (Policy(days=2), ["a"]),
        (Policy(days=0), ["a", "b", "c"]),
        (Policy(bytes=30), []),
        (Policy(bytes=29), ["a"]),
        (Policy(bytes=5), ["a", "b", "c"]),
        (Policy(days=2, bytes=12), ["a", "b"]),
    ],
)
def test_the_oldest_go_first(policy: Policy, gone: list[str]) -> None:
    jobs = [Kept("c", 9 * DAY, 10), Kept("a", 7 * DAY, 10), Kept("b", 8.5 * DAY, 10)]
    assert policy.expired(jobs, now=10 * DAY) == gone


@given(
    ages=st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50)), max_size=20),
    days=st.none() | st.floats(0, 100),
    limit=st.none() | st.integers(0, 300),
)
def test_what_stays_is_young_and_fits(
    ages: list[tuple[float, int]], days: float | None, limit: int | None
) -> None:
    jobs = [Kept(str(number), -age * DAY, size) for number, (age, size) in enumerate(ages)]
    gone = set(Policy(days, limit).expired(jobs, now=0.0))
    stays = [job for job in jobs if job.id not in gone]
    assert limit is None or sum(job.bytes for job in stays) <= limit
    assert days is None or all(job.ended >= -days * DAY for job in stays)
    if gone and stays and limit is not None and days is None:
        assert max(job.ended for job in jobs if job.id in gone) <= min(job.ended for job in stays)


async def ended(house: House, executor: FakeExecutor, **fields: Any) -> Job:
    job = await house.submit(**fields)
    await house.reaches(job.id, JobState.running)
    now = house.clock.now()
    executor.become(job.id, Ended(JobState.succeeded, 0, None, "", now - 1, now))
    return await house.reaches(job.id, JobState.succeeded)


async def ids(house: House) -> list[str]:
    return [job.id for job in await house.jobs.find(JobFilter(limit=1000))][::-1]


@pytest.mark.proves("settings.retention", "jobs.retention")
async def test_old_jobs_go_with_their_files(house: House, executor: FakeExecutor) -> None:
    retention = Retention(house.jobs, Policy(days=1), house.clock)
    old = await ended(house, executor)
    house.clock.advance(1.5 * DAY)
    young = await ended(house, executor)
    assert await retention.sweep() == [old.id]
    assert await ids(house) == [young.id]
    assert not house.jobs.directory(old.id).exists()
    assert await retention.sweep() == []


@pytest.mark.proves("jobs.retention")
async def test_live_kept_and_needed_jobs_stay(house: House, executor: FakeExecutor) -> None:
    retention = Retention(house.jobs, Policy(days=0), house.clock)
    kept = await ended(house, executor, tags=["keep"])
    needed = await ended(house, executor)
    running = await house.submit()
    await house.reaches(running.id, JobState.running)
    waiting = await house.submit(after=[needed.id, running.id])
    house.clock.advance(DAY)
    assert await retention.sweep() == []
    assert set(await ids(house)) == {kept.id, needed.id, running.id, waiting.id}


@pytest.mark.proves("settings.retention")
async def test_above_so_many_bytes_the_oldest_go(house: House, executor: FakeExecutor) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(await ended(house, executor))
        (house.jobs.directory(jobs[-1].id) / "artifacts" / "model.pt").write_bytes(os.urandom(1_000_000))
        house.clock.advance(60)
    retention = Retention(house.jobs, Policy(bytes=2_500_000), house.clock)
    assert await retention.sweep() == [jobs[0].id]
    assert await ids(house) == [job.id for job in jobs[1:]]


async def test_a_size_is_measured_once(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def counted(directory: Path) -> int:
        asked.append(directory)
        return 1

    monkeypatch.setattr(retention_module, "size_on_disk", counted)
    retention = Retention(house.jobs, Policy(bytes=10**9), house.clock)
    await ended(house, executor)
    await retention.sweep()
    await retention.sweep()
    assert len(asked) == 1


@pytest.mark.proves("machine.clock-jumps")
async def test_a_clock_that_jumps_ahead_makes_no_job_old(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    retention = Retention(house.jobs, Policy(days=30), house.clock)
    await ended(house, executor)
    monkeypatch.setattr(house.clock, "_now", house.clock.now() + 3650 * DAY)
    assert await retention.sweep() == []


async def test_a_job_that_somebody_deleted_first_is_passed_over(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    retention = Retention(house.jobs, Policy(days=0), house.clock)
    first, second = await ended(house, executor), await ended(house, executor)
    house.clock.advance(DAY)
    delete = house.jobs.delete

    async def too_late(id: str) -> None:
        if id == first.id:
            raise NotFound("gone")
        await delete(id)

    monkeypatch.setattr(house.jobs, "delete", too_late)
    assert await retention.sweep() == [second.id]


async def test_it_sweeps_at_the_start_and_again(house: House, executor: FakeExecutor) -> None:
    retention = Retention(house.jobs, Policy(days=1), house.clock, pause=0.01)
    await ended(house, executor)
    await retention.start()
    house.clock.advance(2 * DAY)

    async def gone() -> bool:
        return await ids(house) == []

    await eventually(gone)
    await retention.close()


async def test_without_a_policy_nothing_is_looked_at(house: House) -> None:
    retention = Retention(house.jobs, Policy(), house.clock)
    await retention.start()
    assert retention._loop.state not in states()
    await retention.close()


async def test_more_jobs_than_a_page_are_seen(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_module, "_PAGE", 3)
    jobs = [await ended(house, executor) for _ in range(7)]
    house.clock.advance(DAY)
    assert sorted(await Retention(house.jobs, Policy(days=0.5), house.clock).sweep()) == sorted(
        job.id for job in jobs
    )


def test_a_size_counts_files_with_two_names_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    os.link(tmp_path / "a", tmp_path / "b")
    (tmp_path / "c").symlink_to("/nowhere")
    size = size_on_disk(tmp_path)
    assert 100_000 <= size < 150_000
    assert size_on_disk(tmp_path / "none") == 0


