"""What is Ray's own: the second machine, its GPUs, its death; the token."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from jupyter_crispdm.jobs.directory import JobDirectory
from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.ray import Ray
from jupyter_crispdm.jobs.executors.records import read_records
from jupyter_crispdm.jobs.types import Job, JobState
from tests.executors.conftest import Reopen
from tests.executors.house import House
from tests.executors.ray_cluster import CPUS, GIVE_UP_SECONDS
from tests.executors.ray_place import RayPlace
from tests.executors.test_clusters import gives_reason
from tests.support import eventually


def machine_of(house: House, job: Job) -> str:
    """The name of the machine that runs a job, as its supervisor gave it."""
    state = JobDirectory(house.jobs.directory(job.id)).state()
    assert state is not None
    return str(state.process["host"])


def processes_of(directory: Path) -> list[int]:
    """All processes of a job, whichever machine they are on."""
    mark = b"CRISPDM_RUN_DIR=" + bytes(directory)
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and mark in environment_of(int(pid))]


def environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


@pytest.mark.proves("jobs.more-machines", "executors.ray")
async def test_both_machines_run_jobs_and_output_of_both_arrives(house: House) -> None:
    jobs = [await house.submit(command=["sh", "-c", "hostname; cat"], cpus=CPUS, memory=2**30) for _ in range(2)]
    for job in jobs:
        await house.reaches(job, JobState.running)
    assert {machine_of(house, job) for job in jobs} == {"head", "worker"}
    for job in jobs:
        await house.says(job, machine_of(house, job))
        await house.jobs.stop(job.id)
        assert (await house.ends(job)).state is JobState.stopped


async def test_gpus_are_given_by_ray_whatever_the_job_says_of_them(house: House) -> None:
    script = 'echo "$(hostname) $CUDA_VISIBLE_DEVICES|$OWN"; cat'
    fields = {"command": ["sh", "-c", script], "gpus": 1, "env": {"CUDA_VISIBLE_DEVICES": "7", "OWN": "kept"}}
    jobs = [await house.submit(**fields) for _ in range(2)]
    for job in jobs:
        await house.says(job, "kept")
    assert sorted(house.log(job) for job in jobs) == ["worker 0|kept\n", "worker 1|kept\n"]
    third = await house.submit(**fields)
    await gives_reason(house, third, JobState.starting, "waits for room")
    await house.jobs.stop(jobs[0].id)
    await house.says(third, "kept")
    assert house.log(third) == house.log(jobs[0])


async def test_a_job_sees_the_cluster_and_not_its_token(house: House, place: RayPlace) -> None:
    job = await house.submit(command=["sh", "-c", "env; cat"])
    await house.says(job, "RAY_ADDRESS=")
    variables = dict(line.split("=", 1) for line in house.log(job).splitlines() if "=" in line)
    assert variables["CUDA_VISIBLE_DEVICES"] == ""  # it asked for none
    assert variables["RAY_ADDRESS"] == f"{place.up.head.address}:6379"
    assert variables["RAY_AUTH_TOKEN_PATH"] == str(place.up.token_file)
    token = place.up.token.encode()
    for pid in processes_of(house.jobs.directory(job.id)):
        assert token not in b"\0".join(environment_of(pid))


async def test_the_token_is_in_no_argument_and_no_file(house: House, place: RayPlace) -> None:
    job = await house.submit(command=["cat"])
    await house.reaches(job, JobState.running)
    assert files_with(place.up.token, Path("/proc"), "[0-9]*/cmdline") == []
    assert files_with(place.up.token, house.data, "**/*") == []
    assert place.up.token not in json.dumps(place.up.jobs())


def files_with(token: str, folder: Path, pattern: str) -> list[Path]:
    return [file for file in folder.glob(pattern) if token.encode() in content(file)]


def content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except OSError:
        return b""


@pytest.mark.proves("executors.ray")
@pytest.mark.parametrize(("token", "reason"), [("", "asks for a token"), ("wrong", "refuses our token")])
async def test_a_wrong_token_is_said_and_a_right_one_counts_at_once(
    place: RayPlace, tmp_path: Path, token: str, reason: str
) -> None:
    file = tmp_path / "token"
    file.write_text(token)
    house = await House(tmp_path, ClusterExecutor(Ray(place.up.url, str(file)), seconds=0.2)).open()
    job = await house.submit(command=["echo", "in"])
    await gives_reason(house, job, JobState.starting, reason, "ray_token_file")
    file.write_text(place.up.token)
    assert (await house.ends(job)).state is JobState.succeeded
    await house.close()


async def test_a_job_that_ray_gave_up_waiting_for_room_is_sent_again(house: House, place: RayPlace) -> None:
    await place.fill()
    try:
        job = await house.submit(command=["echo", "at last"])
        directory = house.jobs.directory(job.id)

        def sent_again() -> bool:
            ticket = read_records(directory).ticket
            return ticket is not None and ticket.id.endswith("~2")

        await eventually(sent_again, GIVE_UP_SECONDS + 60)
        await gives_reason(house, job, JobState.starting, "waits for room")
    finally:
        await place.clear()
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "at last\n"


async def test_a_job_that_was_stopped_while_it_waited_never_runs(house: House, place: RayPlace) -> None:
    await place.fill()
    try:
        job = await house.submit(command=["touch", "ran"])
        await gives_reason(house, job, JobState.starting, "waits for room")
        await house.jobs.stop(job.id)
        ended = await house.ends(job)
        assert (ended.state, ended.reason) == (JobState.stopped, "stopped before it started")
    finally:
        await place.clear()
    await eventually(lambda: not place.statuses("crispdm-"))
    assert not (house.root / "ran").exists()


async def test_nothing_goes_on_of_a_job_that_ray_takes_for_dead(house: House, place: RayPlace) -> None:
    job = await house.submit(command=["sh", "-c", "setsid sleep 600 & sleep 600"], gpus=1)
    await house.reaches(job, JobState.running)
    directory = house.jobs.directory(job.id)
    await eventually(lambda: len(processes_of(directory)) >= 3)
    await place.lose(directory)
    ended = await house.ends(job)
    assert ended.state is JobState.lost
    assert "its worker process has died" in ended.reason
    await eventually(lambda: not processes_of(directory))


async def test_when_a_machine_dies_its_jobs_are_lost_and_others_go_on(house: House, place: RayPlace) -> None:
    there = await house.submit(command=["sleep", "600"], gpus=1, retries=3)
    await house.reaches(there, JobState.running)
    assert machine_of(house, there) == "worker"
    here = await house.submit(command=["cat"])
    await house.reaches(here, JobState.running)
    assert machine_of(house, here) == "head"
    await asyncio.to_thread(place.up.worker.kill)
    ended = await house.ends(there)
    assert (ended.state, ended.attempt) == (JobState.lost, 1)
    assert ended.reason.startswith("its machine was terminated unexpectedly")
    waiting = await house.submit(command=["hostname"], gpus=1)
    await gives_reason(house, waiting, JobState.starting, "waits for room")
    assert (await house.jobs.get(here.id)).state is JobState.running
    await asyncio.to_thread(place.up.start_worker)
    assert (await house.ends(waiting)).state is JobState.succeeded
    assert house.log(waiting) == "worker\n"
    await house.jobs.stop(here.id)
    assert (await house.ends(here)).state is JobState.stopped


async def test_ray_itself_shows_the_exit_code(house: House, place: RayPlace) -> None:
    job = await house.submit(command=["sh", "-c", "cat; exit 7"])
    await house.reaches(job, JobState.running)
    directory = house.jobs.directory(job.id)
    await house.executor.send(directory, None)
    assert (await house.ends(job)).exit_code == 7
    ticket = read_records(directory).ticket
    assert ticket is not None

    async def code() -> object:
        return (await asyncio.to_thread(place.up.ask, f"/api/jobs/{ticket.id}"))["driver_exit_code"]

    assert await eventually(code) == 7


async def test_after_the_head_was_restarted_its_jobs_are_lost_and_new_ones_run(reopen: Reopen, place: RayPlace) -> None:
    house = await reopen()
    lost = await house.submit(command=["sleep", "600"])
    await house.reaches(lost, JobState.running)
    directory = house.jobs.directory(lost.id)
    await asyncio.to_thread(place.up.worker.kill)
    await asyncio.to_thread(place.up.head.kill)
    await gives_reason(house, lost, JobState.running, "does not answer")
    waiting = await house.submit(command=["echo", "new"])
    await gives_reason(house, waiting, JobState.starting, "does not answer")
    await asyncio.to_thread(place.up.start_head)
    await asyncio.to_thread(place.up.start_worker)
    assert (await house.ends(waiting)).state is JobState.succeeded
    ended = await house.ends(lost)
    assert (ended.state, ended.reason) == (JobState.lost, "Ray no longer knows it")
    assert not processes_of(directory)
