"""One try to start a job: what it is given and told, and which faults pass by themselves."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.jobs.directory import GrantFile, JobDirectory
from jupyter_crispdm.jobs.executors.port import CannotStart, Ended, NotStarted
from jupyter_crispdm.jobs.running.starting import Failure, Starter
from jupyter_crispdm.jobs.running.telling import TOKEN
from jupyter_crispdm.jobs.store import JobRecord
from jupyter_crispdm.jobs.types import Job, JobKind, JobState
from tests.unit.jobs.fakes import FakeExecutor

RECORD = JobRecord(
    job=Job(
        id="a", name="a", kind=JobKind.command, state=JobState.starting, owner="ann", environment="", command=["true"],
        cwd="", created=datetime(2026, 1, 1, tzinfo=timezone.utc),
    )
)  # fmt: skip
GRANT = GrantFile(env={"CUDA_VISIBLE_DEVICES": "1"}, devices=["gpu1"])


class Failing(FakeExecutor):
    """A place where nothing can be started, for some reason."""

    def __init__(self, error: Exception, cause: Exception | None = None) -> None:
        super().__init__()
        self._error, self._cause = error, cause

    async def start(self, directory: Path) -> None:
        raise self._error from self._cause


@pytest.fixture
def directory(tmp_path: Path) -> JobDirectory:
    (tmp_path / "a").mkdir()
    return JobDirectory(tmp_path / "a")


def given(directory: JobDirectory) -> GrantFile:
    return msgspec.json.decode((directory.path / "grant.json").read_bytes(), type=GrantFile)


async def told(job: Job, before: str) -> Mapping[str, str]:
    return {TOKEN: f"{job.owner}, after '{before}'"}


async def test_it_starts_with_what_it_is_given(directory: JobDirectory) -> None:
    executor = FakeExecutor()
    starter = Starter(directory, executor, GRANT, None)
    assert starter.devices == ["gpu1"]
    assert await starter.start(RECORD) is None
    assert (executor.started, given(directory)) == (["a"], GRANT)


async def test_it_starts_with_nothing_where_there_is_nothing_to_give(directory: JobDirectory) -> None:
    executor = FakeExecutor()
    starter = Starter(directory, executor, None, None)
    assert starter.devices == []
    assert await starter.start(RECORD) is None
    assert executor.started == ["a"]
    assert not (directory.path / "grant.json").exists()


async def test_it_is_told_of_its_user_and_of_the_token_that_a_broken_start_gave_it(directory: JobDirectory) -> None:
    starter = Starter(directory, FakeExecutor(), GRANT, told)
    await starter.start(RECORD)
    assert given(directory).env == {**GRANT.env, TOKEN: "ann, after ''"}
    await starter.start(RECORD)
    assert given(directory).env[TOKEN] == "ann, after 'ann, after '''"


@pytest.mark.parametrize("grant", [GRANT, None])
async def test_who_shall_not_be_told_is_not(directory: JobDirectory, grant: GrantFile | None) -> None:
    await Starter(directory, FakeExecutor(), grant, told).start(msgspec.structs.replace(RECORD, told=False))
    assert (directory.path / "grant.json").exists() is (grant is not None)


@pytest.mark.parametrize(
    ("cause", "passing"),
    [
        (OSError(errno.EAGAIN, "no process"), True),
        (OSError(errno.EMFILE, "no file"), True),
        (OSError(errno.ENOENT, "no program"), False),
        (ValueError("wrong"), False),
        (None, False),
    ],
)
async def test_only_a_shortage_passes_by_itself(
    directory: JobDirectory, cause: Exception | None, passing: bool
) -> None:
    executor = Failing(CannotStart("no start"), cause)
    assert await Starter(directory, executor, None, None).start(RECORD) == Failure("no start", passing)
    executor.seen["a"] = NotStarted(claimed=True)
    assert await Starter(directory, executor, None, None).start(RECORD) == Failure("no start", passing=False)


@pytest.mark.parametrize("error", [StorageFull("full"), OSError("gone")])
async def test_a_disk_that_is_full_has_room_again_some_time(directory: JobDirectory, error: Exception) -> None:
    failure = await Starter(directory, Failing(error), None, None).start(RECORD)
    assert failure == Failure(str(error), passing=True)


async def test_what_began_in_spite_of_all_is_no_failure(directory: JobDirectory) -> None:
    """The next look finds how it ended."""
    executor = Failing(CannotStart("no start"))
    executor.seen["a"] = Ended(JobState.failed, 1)
    assert await Starter(directory, executor, None, None).start(RECORD) is None
