from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.jobs.running import session
from jupyter_crispdm.jobs.types import Input, Job, JobState, Progress
from tests.support import soon, too_late
from tests.unit.jobs.fakes import FakeExecutor, House


@pytest.mark.proves("http.jobs-fields", "crispdm.progress")
async def test_progress_and_parameters_come_from_the_program(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(parameters={"rate": 1})
    await house.reaches(job.id, JobState.running)
    await house.look_by_hand()
    report(house, job.id, {"kind": "progress", "done": 1, "total": 4, "message": "first"})
    report(house, job.id, {"kind": "params", "params": {"depth": 3}})
    await house.jobs._monitor.look()
    now = await house.jobs.get(job.id)
    assert now.progress == Progress(done=1, total=4, message="first")
    assert now.parameters == {"rate": 1, "depth": 3}


@pytest.mark.proves("tasks.listeners")
async def test_each_event_is_handed_on_once_and_a_bad_listener_harms_nobody(
    house: House, executor: FakeExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[tuple[str, Any]] = []

    def fail(job: Job, event: dict[str, Any]) -> None:
        raise ValueError("oops")

    async def note(job: Job, event: dict[str, Any]) -> None:
        seen.append((job.id, event["name"]))

    house.jobs.on_event(fail)
    house.jobs.on_event(note)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.look_by_hand()
    report(house, job.id, {"kind": "model", "name": "a"})
    await house.jobs._monitor.look()
    report(house, job.id, {"kind": "model", "name": "b"})
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert seen == [(job.id, "a"), (job.id, "b")]
    assert "could not be handled" in caplog.text


async def test_what_a_slow_disk_said_too_late_is_handed_on_at_the_next_look(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that took over ten seconds was left in its thread, and what it found was lost."""
    seen: list[str] = []

    async def note(job: Job, event: dict[str, Any]) -> None:
        seen.append(event["name"])

    house.jobs.on_event(note)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.look_by_hand()
    late = too_late(monkeypatch, session, "find")
    report(house, job.id, {"kind": "model", "name": "a"})
    await house.jobs._monitor.look()
    assert (late, seen) == (["find"], [])
    late.append("quick")
    report(house, job.id, {"kind": "model", "name": "b"})
    await house.jobs._monitor.look()
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert seen == ["a", "b"]


@pytest.mark.proves("http.jobs-fields")
async def test_use_is_measured_only_while_somebody_looks(house: House, executor: FakeExecutor) -> None:
    await house.look_by_hand()
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    house.clock.advance(60)
    await house.jobs._monitor.measure()
    with house.jobs.viewing():
        assert (await house.jobs.get(job.id)).resources is None
        await house.jobs._monitor.measure()
    resources = (await house.jobs.get(job.id)).resources
    assert resources is not None
    assert resources.memory_bytes == 1000
    executor.end(job.id)
    assert (await house.reaches(job.id, JobState.succeeded)).resources is None


def report(house: House, id: str, event: dict[str, Any]) -> None:
    with (house.jobs.directory(id) / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")


async def test_input_goes_to_a_running_job_only(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(3)]
    await house.reaches(jobs[0].id, JobState.running)
    await house.jobs.send_input(jobs[0].id, Input(text="yes\n"))
    await house.jobs.send_input(jobs[0].id, Input(eof=True))
    assert executor.sent == [(jobs[0].id, "yes\n"), (jobs[0].id, None)]
    with pytest.raises(Conflict):
        await house.jobs.send_input(jobs[2].id, Input(text="x"))
    executor.deaf = True
    with pytest.raises(Conflict):
        await house.jobs.send_input(jobs[0].id, Input(text="x"))


async def test_who_is_faster_than_the_start_of_a_job_that_asks_is_heard(house: House, executor: FakeExecutor) -> None:
    executor.hold.clear()
    job = await house.submit()
    await house.reaches(job.id, JobState.starting)
    answering = asyncio.create_task(house.jobs.send_input(job.id, Input(text="yes\n")))
    await asyncio.sleep(0)
    executor.hold.set()
    await soon(answering)
    assert executor.sent == [(job.id, "yes\n")]


async def test_a_job_that_does_not_begin_takes_no_input(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.jobs.running.session._BEGINNING_SECONDS", 0.01)
    executor.hold.clear()
    job = await house.submit()
    await house.reaches(job.id, JobState.starting)
    with pytest.raises(Conflict, match="only a running one"):
        await house.jobs.send_input(job.id, Input(text="yes\n"))
    executor.hold.set()


@pytest.mark.parametrize(("code", "done"), [(0, 40), (1, 39)])
async def test_who_succeeds_has_done_all_that_his_log_counted(
    house: House, executor: FakeExecutor, code: int, done: float
) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    (house.jobs.directory(job.id) / "output.log").write_text("Epoch 39/40\nEpoch 40/40\n")
    executor.end(job.id, code)
    await house.reaches(job.id, JobState.failed if code else JobState.succeeded)
    progress = (await house.jobs.get(job.id)).progress
    assert progress is not None
    assert (progress.done, progress.total) == (done, 40)
