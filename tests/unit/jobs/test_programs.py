"""What a job is told as it starts, and what becomes of its token, with jobs that exist in memory only."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewUser, UserRole
from jupyter_crispdm.jobs.programs import JobPrograms
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.types import Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House

HERE = "http://127.0.0.1:8888/"


class Told:
    """A house whose jobs are told of their user."""

    def __init__(self, path: Path, executor: FakeExecutor, capacity: Capacity | None = None) -> None:
        self.address = HERE
        self.house = House(path, executor, capacity=capacity, tell=self._tell)
        self.users = UserManager(self.house.database, clock=self.house.clock)
        self.programs = JobPrograms(self.users.jobs, lambda: self.address)

    async def _tell(self, job: Job, before: str) -> dict[str, str]:
        return dict(await self.programs.tell(job, before))

    async def open(self) -> None:
        await self.house.open()
        if not await self.users.has_users():
            await self.users.add(NewUser(name="ada", password="correct horse", role=UserRole.ANALYST))
        await self.programs.start(self.house.jobs)

    async def close(self) -> None:
        await self.house.jobs.close()
        await self.programs.close()
        self.users.close()
        await self.house.database.close()

    def granted(self, id: str) -> dict[str, str]:
        env: dict[str, str] = json.loads((self.house.jobs.directory(id) / "grant.json").read_text())["env"]
        return env

    async def opens(self, secret: str) -> bool:
        return await self.users.program(secret) is not None


@pytest.fixture
def told(tmp_path: Path, executor: FakeExecutor, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Told]:
    made = Told(tmp_path, executor)
    jp_asyncio_loop.run_until_complete(made.open())
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.mark.proves("jobs.know-their-user")
async def test_a_job_is_told_whose_it_is_and_where_the_server_is(told: Told) -> None:
    job = await told.house.submit()
    await told.house.reaches(job.id, JobState.running)
    given = told.granted(job.id)
    assert (given["CRISPDM_URL"], given["CRISPDM_USER"]) == (HERE, "ada")
    assert await told.opens(given["CRISPDM_TOKEN"])


@pytest.mark.proves("jobs.token-hidden")
async def test_its_token_is_in_one_file_that_nobody_else_may_read(told: Told) -> None:
    job = await told.house.submit()
    await told.house.reaches(job.id, JobState.running)
    secret = told.granted(job.id)["CRISPDM_TOKEN"].encode()
    holding = [file for file in told.house.path.rglob("*") if file.is_file() and secret in file.read_bytes()]
    assert holding == [told.house.jobs.directory(job.id) / "grant.json"]
    assert stat.S_IMODE(os.stat(holding[0]).st_mode) == 0o600


@pytest.mark.proves("jobs.token-ends")
@pytest.mark.parametrize("code", [0, 1])
async def test_its_token_ends_with_it(told: Told, executor: FakeExecutor, code: int) -> None:
    job = await told.house.submit()
    await told.house.reaches(job.id, JobState.running)
    secret = told.granted(job.id)["CRISPDM_TOKEN"]
    executor.end(job.id, code)
    await told.house.reaches(job.id, JobState.failed if code else JobState.succeeded)
    assert not await told.opens(secret)
    await eventually(lambda: told.programs._sweeping is not None and told.programs._sweeping.done())
    told.users.jobs.runs = lambda job: True
    assert not await told.opens(secret), "it is forgotten, not only refused"


@pytest.mark.proves("jobs.token-ends")
async def test_another_attempt_has_another_token(told: Told, executor: FakeExecutor) -> None:
    job = await told.house.submit(retries=1)
    await told.house.reaches(job.id, JobState.running)
    first = told.granted(job.id)["CRISPDM_TOKEN"]
    executor.end(job.id, 1)
    await eventually(lambda: executor.started.count(job.id) == 2)
    second = told.granted(job.id)["CRISPDM_TOKEN"]
    assert second != first
    assert (await told.opens(first), await told.opens(second)) == (False, True)


@pytest.mark.proves("jobs.token-survives")
async def test_the_next_server_knows_the_tokens_of_jobs_that_run(tmp_path: Path, executor: FakeExecutor) -> None:
    told = Told(tmp_path, executor)
    await told.open()
    goes_on, ends = await told.house.submit(), await told.house.submit()
    for job in (goes_on, ends):
        await told.house.reaches(job.id, JobState.running)
    kept, gone = (told.granted(job.id)["CRISPDM_TOKEN"] for job in (goes_on, ends))
    await told.close()
    executor.end(ends.id)
    after = Told(tmp_path, executor)
    try:
        await after.open()
        assert (await after.opens(kept), await after.opens(gone)) == (True, False)
    finally:
        await after.close()


@pytest.mark.proves("jobs.token-survives")
async def test_a_job_that_could_not_start_yet_keeps_its_token(told: Told, executor: FakeExecutor) -> None:
    """A supervisor whose answer was lost may have given it to the program."""
    executor.hold.clear()
    job = await told.house.submit()
    await eventually(lambda: (told.house.jobs.directory(job.id) / "grant.json").exists())
    first = told.granted(job.id)["CRISPDM_TOKEN"]
    assert (await told.programs.tell(job, first))["CRISPDM_TOKEN"] == first
    executor.hold.set()
    await told.house.reaches(job.id, JobState.running)
    assert await told.opens(first)


@pytest.mark.proves("jobs.know-their-user")
@pytest.mark.parametrize("name", ["CRISPDM_URL", "CRISPDM_TOKEN"])
async def test_a_job_with_a_server_of_its_own_is_told_of_no_other(told: Told, name: str) -> None:
    job = await told.house.submit(env={name: "theirs"})
    await told.house.reaches(job.id, JobState.running)
    assert not (told.house.jobs.directory(job.id) / "grant.json").exists()


async def test_one_that_cannot_reach_the_server_is_told_whose_it_is(told: Told) -> None:
    told.address = ""
    job = await told.house.submit()
    await told.house.reaches(job.id, JobState.running)
    assert told.granted(job.id) == {"CRISPDM_USER": "ada"}


async def test_one_of_nobody_who_is_known_runs_and_is_told_nothing(told: Told) -> None:
    await told.users.add(NewUser(name="chief", password="correct horse", role=UserRole.ADMIN))
    await told.users.remove("ada")
    job = await told.house.submit()
    await told.house.reaches(job.id, JobState.running)
    assert not (told.house.jobs.directory(job.id) / "grant.json").exists()


async def test_what_it_is_given_of_the_machine_is_there_too(tmp_path: Path, executor: FakeExecutor) -> None:
    told = Told(tmp_path, executor, Capacity(places=2, devices=("0",), strict_gpus=True))
    try:
        await told.open()
        job = await told.house.submit(gpus=1)
        await told.house.reaches(job.id, JobState.running)
        assert {"CUDA_VISIBLE_DEVICES", "CRISPDM_TOKEN"} <= told.granted(job.id).keys()
    finally:
        await told.close()
