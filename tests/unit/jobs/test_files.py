from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.jobs.directory import ExitFile, GrantFile, JobDirectories
from jupyter_crispdm.jobs.types import JobFilter, JobState
from tests.unit.jobs.fakes import FakeExecutor, House


@pytest.mark.proves("http.jobs-list")
async def test_list_filters_and_pages(house: House, executor: FakeExecutor) -> None:
    ids = []
    for _ in range(5):
        ids.append((await house.submit()).id)
        house.clock.advance(1)
    everything = await house.jobs.find(JobFilter())
    assert [job.id for job in everything] == ids[::-1]
    page = await house.jobs.find(JobFilter(limit=2, before=ids[3]))
    assert [job.id for job in page] == [ids[2], ids[1]]
    await house.reaches(ids[1], JobState.running)
    waiting = await house.jobs.find(JobFilter(state="queued"))
    assert [job.id for job in waiting] == [ids[4], ids[3], ids[2]]
    assert await house.jobs.find(JobFilter(owner="bob")) == []
    with pytest.raises(BadRequest):
        await house.jobs.find(JobFilter(before="nobody"))


@pytest.mark.proves("http.jobs-delete")
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


@pytest.mark.proves("files.traversal")
async def test_artifacts_stay_inside(house: House) -> None:
    job = await house.submit()
    folder = house.jobs.directory(job.id) / "artifacts"
    (folder / "plots").mkdir()
    (folder / "plots" / "a.png").write_bytes(b"x")
    (folder / "secret").symlink_to("/etc/passwd")
    found = await house.jobs.artifacts(job.id)
    assert [artifact.path for artifact in found] == ["plots/a.png"]
    assert await house.jobs.artifact(job.id, "plots/a.png") == folder / "plots" / "a.png"
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


@pytest.mark.proves("files.links")
async def test_artifacts_that_were_replaced_by_a_link_are_none(house: House, tmp_path: Path) -> None:
    job = await house.submit()
    directory = house.jobs.directory(job.id)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.txt").write_text("x")
    (directory / "artifacts").rmdir()
    (directory / "artifacts").symlink_to(elsewhere)
    assert await house.jobs.artifacts(job.id) == []
    with pytest.raises(NotFound):
        await house.jobs.artifact(job.id, "secret.txt")
    directory.rename(tmp_path / "moved")
    directory.symlink_to(tmp_path / "moved")
    (tmp_path / "moved" / "artifacts").unlink()
    (tmp_path / "moved" / "artifacts").mkdir()
    (tmp_path / "moved" / "artifacts" / "one").write_text("x")
    assert await house.jobs.artifacts(job.id) == []


@pytest.mark.parametrize("name", ["state.json", "exit.json", "grant.json", "spec.json"])
@pytest.mark.parametrize(
    "content", [None, b"\xff", b"[" * 100_000, b"{}", b'{"started": 1e400}', b'{"exit_code": 1e9}', b"x" * 9_000_000]
)
def test_records_that_a_program_scribbled_over_are_as_good_as_none(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    job = JobDirectories(tmp_path).create("one", {})
    file = job.path / name
    file.unlink(missing_ok=True)
    if content is None:
        os.mkfifo(file)
    else:
        file.write_bytes(content)
    assert (job.state(), job.exit(), job.devices()) == (None, None, [])
    if name == "spec.json":
        with pytest.raises((OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)):
            job.record()
    job.grant(GrantFile({}, ["0"]))
    assert job.devices() == ["0"]
    job.end(ExitFile(JobState.lost))
    assert job.exit() == ExitFile(JobState.lost)


@pytest.mark.parametrize("name", ["control", "attempts", "state.json", "exit.json", "grant.json", "attempts/1"])
def test_whatever_is_in_the_place_of_a_record_another_attempt_begins(tmp_path: Path, name: str) -> None:
    job = JobDirectories(tmp_path / "jobs").create("one", {})
    (tmp_path / "elsewhere").mkdir()
    job.end(ExitFile(JobState.failed, exit_code=1))
    for is_link in (True, False):
        file = job.path / name
        remove(file)
        file.parent.mkdir(exist_ok=True)
        if is_link:
            file.symlink_to(tmp_path / "elsewhere")
        else:
            (file / "deep").mkdir(parents=True)
        job.begin_attempt()
        assert job.exit() is None
        job.end(ExitFile(JobState.failed, exit_code=1))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_numbers_that_cannot_be_told_are_no_end(tmp_path: Path) -> None:
    job = JobDirectories(tmp_path).create("one", {})
    for text in ('"exit_code": 1e30', '"ended": 1e300', '"signal": "' + "x" * 99 + '"'):
        (job.path / "exit.json").write_text('{"state": "failed", ' + text + "}")
        assert job.exit() is None, text
    (job.path / "exit.json").write_text('{"state": "failed", "reason": "' + "x" * 10_000 + '"}')
    ended = job.exit()
    assert ended is not None
    assert len(ended.reason) == 500


def test_a_job_directory_that_became_a_link_is_not_written_through(tmp_path: Path) -> None:
    directories = JobDirectories(tmp_path / "jobs")
    job = directories.create("one", {})
    job.path.rename(tmp_path / "elsewhere")
    job.path.symlink_to(tmp_path / "elsewhere")
    before = sorted(path.name for path in (tmp_path / "elsewhere").iterdir())
    for write in (job.begin_attempt, lambda: job.grant(GrantFile({}, [])), lambda: job.end(ExitFile(JobState.lost))):
        with pytest.raises(NotFound):
            write()
    assert directories.ids() == set()
    directories.discard("one")
    directories.remove("one")
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == before
    assert list((tmp_path / "jobs").iterdir()) == []
