from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.jobs.types import JobFilter, JobState
from tests.unit.jobs.fakes import FakeExecutor, House


async def test_list_filters_and_pages(house: House, executor: FakeExecutor) -> None:
    ids = []
    for _ in range(5):
        ids.append((await house.submit()).id)
        house.clock.advance(1)
    everything = await house.jobs.list(JobFilter())
    assert [job.id for job in everything] == ids[::-1]
    page = await house.jobs.list(JobFilter(limit=2, before=ids[3]))
    assert [job.id for job in page] == [ids[2], ids[1]]
    await house.reaches(ids[1], JobState.running)
    waiting = await house.jobs.list(JobFilter(state="queued"))
    assert [job.id for job in waiting] == [ids[4], ids[3], ids[2]]
    assert await house.jobs.list(JobFilter(owner="bob")) == []
    with pytest.raises(BadRequest):
        await house.jobs.list(JobFilter(before="nobody"))


async def test_delete_only_what_is_over(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    with pytest.raises(Conflict):
        await house.jobs.delete(job.id)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    told: list[str] = []
    house.jobs.on_delete(told.append)
    await house.jobs.delete(job.id)
    assert told == [job.id]
    with pytest.raises(NotFound):
        await house.jobs.get(job.id)
    assert list((house.data / "jobs").iterdir()) == []
    with pytest.raises(NotFound):
        await house.jobs.delete(job.id)


async def test_artifacts_stay_inside(house: House) -> None:
    job = await house.submit()
    folder = house.jobs.directory(job.id) / "artifacts"
    (folder / "plots").mkdir()
    (folder / "plots" / "a.png").write_bytes(b"x")
    (folder / "secret").symlink_to("/etc/passwd")
    found = await house.jobs.artifacts(job.id)
    assert [artifact.path for artifact in found] == ["plots/a.png"]
    assert await house.jobs.artifact(job.id, "plots/a.png") == (folder / "plots" / "a.png").resolve()
    for path in (
        "../spec.json",
        "secret",
        "/etc/passwd",
        "plots",
        "",
        "a\0b",
        "x" * 5000,
        "plots/../../spec.json",
    ):
        with pytest.raises(NotFound):
            await house.jobs.artifact(job.id, path)


def test_a_directory_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        House(tmp_path, FakeExecutor()).jobs.directory("../x")


async def test_a_log_that_is_a_link_is_not_read(house: House) -> None:
    job = await house.submit()
    log = await house.jobs.log(job.id)
    log.unlink()
    log.symlink_to("/etc/passwd")
    with pytest.raises(NotFound):
        await house.jobs.log(job.id)
