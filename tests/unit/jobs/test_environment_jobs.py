"""Jobs for environments: submitted in the server's own, and known as long as they use one."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.environments.types import Environment
from jupyter_crispdm.jobs.environment_jobs import EnvironmentJobs
from jupyter_crispdm.jobs.types import JobFilter, JobState, Submission
from tests.support import eventually
from tests.unit.jobs.fakes import FakeEnvironments, House


def environment(key: str) -> Environment:
    """An environment of the house."""
    return FakeEnvironments().known[key]


async def over(house: House, id: str) -> None:
    """End a job, and wait until that is known."""
    house.executor.end(id)
    await eventually(lambda: house.jobs.over(id))


async def test_a_job_for_an_environment_runs_in_the_servers_own(house: House) -> None:
    jobs = EnvironmentJobs(house.jobs)
    id = await jobs.submit(["python", "build.py"], name="make vision", owner="ada", via="nightly")
    job = await house.jobs.get(id)
    assert (job.name, job.owner, job.via, job.environment) == ("make vision", "ada", "nightly", "server")
    assert job.tags == ["environment"]
    assert job.command[-2:] == ["python", "build.py"]


async def test_it_is_over_when_it_is(house: House) -> None:
    jobs = EnvironmentJobs(house.jobs)
    id = await jobs.submit(["true"], name="n", owner="ada")
    await eventually(lambda: id in house.executor.started)
    assert not jobs.over(id)
    await over(house, id)
    assert jobs.over(id)


async def test_who_uses_an_environment_is_told_until_it_is_over(house: House) -> None:
    jobs = EnvironmentJobs(house.jobs)
    submitted, _ = await house.jobs.submit(Submission(command=["true"], environment="other", name="fit"), "ada")
    await house.jobs.submit(Submission(command=["true"], name="elsewhere"), "ada")
    assert await jobs.users_of(environment("other")) == [f"job fit ({submitted.id})"]
    await eventually(lambda: submitted.id in house.executor.started)
    assert await jobs.users_of(environment("other")) == [f"job fit ({submitted.id})"]
    await over(house, submitted.id)
    assert await jobs.users_of(environment("other")) == []


async def test_one_that_waits_in_the_queue_uses_its_environment_too(house: House) -> None:
    for number in range(4):
        await house.jobs.submit(Submission(command=["true"], environment="other", name=f"n{number}"), "ada")
    jobs = [job for job in await house.jobs.find(JobFilter(limit=100)) if job.state is JobState.queued]
    assert jobs, "more than may run at once"
    assert len(await EnvironmentJobs(house.jobs).users_of(environment("other"))) == 4


async def test_an_environment_that_nobody_uses_has_no_users(house: House) -> None:
    nobodys = msgspec.structs.replace(environment("other"), id="nobodys")
    assert await EnvironmentJobs(house.jobs).users_of(nobodys) == []
