"""Reading waits for no writing: a full disk, a locked database, a damaged row."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from jupyter_crispdm.base.errors import NotFound, StorageFull
from jupyter_crispdm.jobs.store import jobs_table
from jupyter_crispdm.jobs.types import Job, JobFilter, JobList, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House

FULL = StorageFull("The disk is full.")
LOCKED = sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))
READ_ONLY = sa.exc.OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))


async def some(house: House, executor: FakeExecutor, count: int) -> list[Job]:
    """Jobs that are over, oldest first."""
    jobs = []
    for number in range(count):
        job = await house.submit(name=f"job {number}", tags=[f"tag{number % 2}"])
        await house.reaches(job.id, JobState.running)
        executor.end(job.id, code=number % 2)
        await house.reaches(job.id, JobState.failed if number % 2 else JobState.succeeded)
        house.clock.advance(1)
        jobs.append(job)
    return jobs


@pytest.mark.proves("jobs.listed-on-full-disk")
@pytest.mark.parametrize("trouble", [FULL, LOCKED, READ_ONLY])
async def test_jobs_are_listed_and_deleted_where_nothing_can_be_written(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """A full disk made `GET jobs` a 507 and refused the very deletion that would free room."""
    (old,) = await some(house, executor, 1)
    await house.jobs._cache.flush()
    real = house.database.write

    async def refuse(change: Any) -> Any:
        raise trouble

    monkeypatch.setattr(house.database, "write", refuse)
    new = (await some(house, executor, 2))[1]
    (house.jobs.directory(new.id) / "artifacts" / "large").write_bytes(b"x" * 100_000)
    assert len(await house.jobs.find(JobFilter())) == 3
    for job in (old, new):
        await house.jobs.delete(job.id)
        with pytest.raises(NotFound):
            await house.jobs.get(job.id)
        assert not house.jobs.directory(job.id).exists()
    assert [one.name for one in await house.jobs.find(JobFilter())] == ["job 0"]
    left = [path for path in (house.data / "jobs").rglob("*") if path.name == "large"]
    assert left == []
    monkeypatch.setattr(house.database, "write", real)
    await house.jobs._cache.flush()
    assert await house.jobs._store.get(old.id) is None


@pytest.mark.proves("jobs.listed-on-full-disk")
async def test_what_was_deleted_on_a_full_disk_stays_deleted_after_a_crash(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = await some(house, executor, 1)
    await house.jobs._cache.flush()

    async def refuse(change: Any) -> Any:
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(house.database, "write", refuse)
        await house.jobs.delete(job.id)
        await house.jobs.close()  # without having written anything
    again = House(house.path, FakeExecutor())
    await again.open()
    assert await again.jobs.find(JobFilter()) == []
    assert list((again.data / "jobs").iterdir()) == []
    await again.close()


async def test_pages_are_right_with_some_of_it_written_and_some_not(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await some(house, executor, 5)
    await house.jobs._cache.flush()

    async def refuse(change: Any) -> Any:
        raise FULL

    monkeypatch.setattr(house.database, "write", refuse)
    jobs = first + await some(house, executor, 5)
    await house.jobs.delete(jobs[2].id)
    await house.jobs.delete(jobs[7].id)
    expected = [job.id for job in reversed(jobs) if job not in (jobs[2], jobs[7])]
    for limit in (1, 3, 4, 100):
        seen: list[str] = []
        before = None
        while page := await house.jobs.find(JobFilter(limit=limit, before=before)):
            assert len(page) <= limit
            seen += [job.id for job in page]
            before = seen[-1]
        assert seen == expected, limit
    assert len(await house.jobs.find(JobFilter(state="failed"))) == 4
    assert await house.jobs.find(JobFilter(owner="nobody")) == []
    monkeypatch.undo()


@pytest.mark.proves("machine.database-locked")
async def test_a_list_is_there_while_the_database_is_locked(house: House, executor: FakeExecutor) -> None:
    """Writing waits up to half a minute for a lock of another program; reading does not wait for it."""
    (job,) = await some(house, executor, 1)
    let_go = asyncio.Event()
    real = house.database.write

    async def waiting(change: Any) -> Any:
        await let_go.wait()
        return await real(change)

    house.database.write = waiting  # type: ignore[method-assign]
    changed = await house.submit()
    await eventually(lambda: house.jobs._cache._writing.locked())
    assert {one.id for one in await house.jobs.find(JobFilter())} == {job.id, changed.id}
    let_go.set()


@pytest.mark.proves("lists.one-bad")
async def test_a_damaged_row_leaves_the_others(house: House, executor: FakeExecutor) -> None:
    good, bad = await some(house, executor, 2)
    await house.jobs._cache.flush()
    statement = sa.update(jobs_table).where(jobs_table.c.id == bad.id).values(record='{"job": 1}')
    await house.database.write(lambda connection: connection.execute(statement).rowcount)
    assert [job.id for job in await house.jobs.find(JobFilter())] == [good.id]
    with pytest.raises(NotFound):
        await house.jobs.get(bad.id)


async def test_a_record_that_cannot_be_written_leaves_the_others(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    record = house.jobs._cache.known(job.id)
    assert record is not None
    broken = msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, id="broken", name="\ud800"))
    await house.jobs._store.put([broken, record])
    assert await house.jobs._store.ids() == {job.id}


@pytest.mark.proves("lists.one-bad", "lists.one-job")
@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"kind": "params", "params": {"p": "x" * 900_000}}),
        '{"kind":"params","params":{"a":' + "[" * 970 + "]" * 970 + "}}",
        '{"kind":"params","params":{"a":' + "9" * 400 + "}}",
        '{"kind":"progress","done":1,"message":' + "[" * 970 + "]" * 970 + "}",
        '{"kind":"params","params":{' + ",".join(f'"n{n}":{n}' for n in range(20_000)) + "}}",
    ],
)
async def test_what_one_job_reports_does_not_spoil_the_list(house: House, line: str) -> None:
    """60 MB of parameters, or some that were nested 970 deep, made `GET jobs` useless for everybody."""
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    events = house.jobs.directory(job.id) / "events.jsonl"
    with events.open("w") as file:
        for _ in range(20):
            file.write(line + "\n")
        file.write('{"kind":"progress","done":7,"total":9}\n')

    async def read() -> bool:
        progress = (await house.jobs.get(job.id)).progress
        return progress is not None and progress.done == 7

    await eventually(read)
    jobs = await house.jobs.find(JobFilter())

    def deep(frames: int) -> bytes:
        return msgspec.json.encode(JobList(jobs)) if not frames else deep(frames - 1)

    assert len(deep(500)) < 50_000
    await house.jobs._cache.flush()
    assert len(await house.jobs._store.find()) == 1
