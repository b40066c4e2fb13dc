"""Slots, reasons and turns, as the manager's users see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.types import Job, JobState, Submission
from tests.unit.jobs.fakes import FakeExecutor, House

Open = Callable[[Capacity], Awaitable[House]]

GPUS = Capacity(places=9, cpus=8, memory=10**10, devices=("0", "1"), strict_gpus=True)


@pytest.fixture
def opened(tmp_path: Path, executor: FakeExecutor, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Open]:
    """Opens the room with other slots, again and again."""
    houses: list[House] = []

    async def make(capacity: Capacity) -> House:
        houses.append(House(tmp_path, executor, capacity=capacity))
        return await houses[-1].open()

    yield make
    for house in houses:
        jp_asyncio_loop.run_until_complete(house.close())


def grant(house: House, job: Job) -> Any:
    file = house.jobs.directory(job.id) / "grant.json"
    return json.loads(file.read_text()) if file.exists() else None


@pytest.mark.proves("settings.slots")
@pytest.mark.parametrize(
    ("fields", "field", "most"),
    [({"cpus": 9}, "cpus", 8), ({"gpus": 3}, "gpus", 2), ({"memory": 10**11}, "memory", 10**10)],
)
async def test_more_than_there_is_is_refused_with_the_most(
    opened: Open, fields: dict[str, Any], field: str, most: int
) -> None:
    house = await opened(GPUS)
    with pytest.raises(Unprocessable) as caught:
        await house.submit(**fields)
    assert caught.value.details == {"field": field, "maximum": most}
    with pytest.raises(Unprocessable):
        await house.jobs.check(Submission(command=["true"], **fields), "ada")


@pytest.mark.proves("settings.slots", "jobs.slots")
async def test_gpus_are_given_to_one_job_at_a_time(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(GPUS)
    first, second, third = [await house.submit(gpus=1) for _ in range(3)]
    running = await house.reaches(first.id, JobState.running)
    assert running.devices == ["0"]
    shown = {"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert grant(house, first) == {"env": shown, "devices": ["0"]}
    assert (await house.reaches(second.id, JobState.running)).devices == ["1"]
    waiting = await house.jobs.get(third.id)
    assert (waiting.state, waiting.reason, waiting.devices) == (JobState.queued, "waits for a GPU", [])
    executor.end(first.id)
    started = await house.reaches(third.id, JobState.running)
    assert (started.devices, started.reason) == (["0"], "")
    assert (await house.jobs.get(first.id)).devices == ["0"], "what it had is still known"


async def test_who_asks_for_no_gpu_sees_none_only_where_the_settings_name_them(opened: Open) -> None:
    house = await opened(GPUS)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    assert grant(house, job) == {"env": {"CUDA_VISIBLE_DEVICES": ""}, "devices": []}
    await house.close()
    house = await opened(Capacity(places=9, devices=("0", "1")))
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    assert grant(house, job) is None


async def test_after_a_restart_it_is_known_who_has_which_gpu(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(GPUS)
    first, second = [await house.submit(gpus=1, cpus=3) for _ in range(2)]
    for job in (first, second):
        await house.reaches(job.id, JobState.running)
    waiting = await house.submit(gpus=1)
    await house.jobs.close()
    await house.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM jobs"))
    house = await opened(GPUS)
    assert [(await house.jobs.get(job.id)).devices for job in (first, second)] == [["0"], ["1"]]
    assert (await house.jobs.get(waiting.id)).reason == "waits for a GPU"
    many = await house.submit(cpus=3)
    assert many.reason == "waits for 3 CPUs; 2 are free"
    executor.end(second.id)
    assert (await house.reaches(waiting.id, JobState.running)).devices == ["1"]


async def test_a_grant_of_a_start_that_never_was_is_forgotten(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(GPUS)
    executor.hold.clear()
    job = await house.submit(gpus=1)
    await house.reaches(job.id, JobState.starting)
    await house.close()
    executor.hold.set()
    house = await opened(Capacity(places=0, devices=("0", "1")))
    assert grant(house, job) is None
    assert (await house.jobs.get(job.id)).devices == []


async def test_a_cluster_places_jobs_itself(opened: Open, executor: FakeExecutor) -> None:
    executor.places = True
    house = await opened(Capacity(places=1, cpus=2, memory=1, devices=(), strict_gpus=True))
    job = await house.submit(cpus=64, gpus=8, memory=10**12)
    await house.reaches(job.id, JobState.running)
    assert grant(house, job) is None
    assert (await house.submit()).reason == "waits for its turn: jobs run one at a time"


async def test_a_waiting_job_says_what_for(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(Capacity(places=2, cpus=4))
    first = await house.submit(cpus=3)
    assert first.reason == ""
    await house.reaches(first.id, JobState.running)
    assert (await house.submit(cpus=2)).reason == "waits for 2 CPUs; 1 is free"
    assert (await house.submit(after=[first.id])).reason == f"waits for job {first.id}"
    both = await house.submit(after=[first.id, (await house.submit(cpus=4)).id])
    assert both.reason == f"waits for job {first.id} and another one"
    small = await house.submit()
    await house.reaches(small.id, JobState.running)
    assert (await house.submit()).reason == "waits for its turn: at most 2 jobs run at once"


async def test_a_job_that_a_lowered_setting_made_too_big_says_so(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(Capacity(places=1, cpus=4))
    first = await house.submit(cpus=4)
    big = await house.submit(cpus=4)
    await house.reaches(first.id, JobState.running)
    await house.close()
    house = await opened(Capacity(places=1, cpus=2))
    small = await house.submit()
    executor.end(first.id)
    await house.reaches(small.id, JobState.running)
    assert (await house.jobs.get(big.id)).reason == "asks for 4 CPUs, but the server has 2 CPUs for jobs"


@pytest.mark.proves("jobs.fair")
async def test_owners_take_turns(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(Capacity(places=2))
    mine = [await house.submit() for _ in range(4)]
    for job in mine[:2]:
        await house.reaches(job.id, JobState.running)
    theirs, _ = await house.jobs.submit(Submission(command=["true"]), owner="bob")
    executor.end(mine[0].id)
    await house.reaches(theirs.id, JobState.running)
    executor.end(mine[1].id)
    await house.reaches(mine[2].id, JobState.running)
    assert (await house.jobs.get(mine[3].id)).state is JobState.queued


async def test_many_waiting_jobs_are_not_told_about_all_the_time(opened: Open, executor: FakeExecutor) -> None:
    house = await opened(Capacity(places=3, cpus=3, devices=("0",)))
    running = [await house.submit(gpus=1), await house.submit()]
    for job in running:
        await house.reaches(job.id, JobState.running)
    waiting = [await house.submit(gpus=1) for _ in range(100)]
    told: list[Job] = []
    house.jobs.on_change(told.append)
    for _ in range(5):
        executor.end(running.pop().id)
        running.append(await house.submit())
        await house.reaches(running[-1].id, JobState.running)
    assert len([job for job in told if job.id in {one.id for one in waiting}]) <= 1
