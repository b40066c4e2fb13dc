from __future__ import annotations

import asyncio
import errno
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base import atomic
from jupyter_crispdm.base.errors import (
    BadRequest,
    Conflict,
    CrispdmError,
    NotFound,
    StorageFull,
    Unavailable,
    Unprocessable,
)
from jupyter_crispdm.jobs import directory as directory_module
from jupyter_crispdm.jobs import ledger as ledger_module
from jupyter_crispdm.jobs import manager as manager_module
from jupyter_crispdm.jobs import session as session_module
from jupyter_crispdm.jobs.types import Input, Job, JobFilter, JobState, Progress, StopMany, Submission
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House, Running, Vanished


async def test_a_job_runs_to_its_end(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(command=["train", "--fast"], tags=["x"], parameters={"rate": 1})
    assert (job.owner, job.environment, job.command) == ("ada", "server", ["train", "--fast"])
    running = await house.reaches(job.id, JobState.running)
    assert running.pid == 4711
    executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert (ended.exit_code, ended.tags, ended.parameters) == (0, ["x"], {"rate": 1})
    assert ended.started is not None
    assert ended.ended is not None


async def test_the_spec_holds_all_that_is_needed_and_is_private(house: House) -> None:
    job = await house.submit(command=["a"], env={"X": "1"}, environment="other", timeout=5)
    file = house.jobs.directory(job.id) / "spec.json"
    spec = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert (spec["argv"], spec["timeout"], spec["grace"]) == (["a"], 5, [1.0, 2.0])
    assert spec["env"]["ACTIVATED"] == "other"
    assert spec["env"]["CRISPDM_JOB_ID"] == job.id
    assert spec["env"]["X"] == "1"
    assert spec["job"]["job"]["id"] == job.id


async def test_states_are_told_in_order(house: House, executor: FakeExecutor) -> None:
    told: list[JobState] = []
    house.jobs.on_change(lambda job: told.append(job.state))
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id, 3)
    await house.reaches(job.id, JobState.failed)
    assert told == [JobState.queued, JobState.starting, JobState.running, JobState.failed]


async def test_no_more_than_max_running_at_once(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(4)]
    await house.reaches(jobs[1].id, JobState.running)
    assert (await house.jobs.get(jobs[2].id)).state is JobState.queued
    executor.end(jobs[0].id)
    await house.reaches(jobs[2].id, JobState.running)
    assert (await house.jobs.get(jobs[3].id)).state is JobState.queued


async def test_a_thousand_short_jobs_run_to_the_end(house: House, executor: FakeExecutor) -> None:
    most = 0

    def look(job: Job) -> None:
        nonlocal most
        if job.state is JobState.running:
            most = max(most, len(house.jobs._tasks))
            executor.end(job.id)

    house.jobs.on_change(look)
    ids = [(await house.submit()).id for _ in range(200)]
    await asyncio.gather(*(house.reaches(id, JobState.succeeded) for id in ids))
    assert most <= 2
    assert executor.started == ids


async def test_after_waits_and_is_cancelled_with_the_reason(house: House, executor: FakeExecutor) -> None:
    first = await house.submit()
    second = await house.submit(after=[first.id])
    third = await house.submit(after=[second.id])
    await house.reaches(first.id, JobState.running)
    assert (await house.jobs.get(second.id)).state is JobState.queued
    executor.end(first.id, 1)
    stopped = await house.reaches(second.id, JobState.stopped)
    assert stopped.reason == f"job {first.id}, which it waits for, ended as failed"
    await house.reaches(third.id, JobState.stopped)


async def test_after_an_unknown_job_is_refused(house: House) -> None:
    with pytest.raises(Unprocessable) as caught:
        await house.submit(after=["nobody"])
    assert caught.value.details == {"field": "after"}


async def test_retries_count_attempts_and_keep_earlier_records(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1)
    await house.reaches(job.id, JobState.running)
    (house.jobs.directory(job.id) / "exit.json").write_text('{"state": "failed", "exit_code": 9}')
    executor.end(job.id, 9)
    again = await eventually(lambda: second_attempt(house, job.id))
    assert again.attempt == 2
    assert (house.jobs.directory(job.id) / "attempts" / "1" / "exit.json").exists()
    executor.end(job.id, 8)
    failed = await house.reaches(job.id, JobState.failed)
    assert (failed.attempt, failed.exit_code) == (2, 8)


async def second_attempt(house: House, id: str) -> Job | None:
    job = await house.jobs.get(id)
    return job if job.attempt == 2 and job.state is JobState.running else None


async def test_a_stopped_job_is_not_retried(house: House) -> None:
    job = await house.submit(retries=3)
    await house.reaches(job.id, JobState.running)
    await house.jobs.stop(job.id)
    assert (await house.reaches(job.id, JobState.stopped)).attempt == 1


async def test_stop_a_waiting_job(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(3)]
    stopped = await house.jobs.stop(jobs[2].id)
    assert (stopped.state, stopped.reason) == (JobState.stopped, "stopped before it started")
    assert json.loads((house.jobs.directory(jobs[2].id) / "exit.json").read_text())["state"] == "stopped"
    assert jobs[2].id not in executor.started


async def test_stop_a_job_while_it_starts(house: House, executor: FakeExecutor) -> None:
    executor.hold.clear()
    job = await house.submit()
    await house.reaches(job.id, JobState.starting)
    assert (await house.jobs.stop(job.id)).state is JobState.stopping
    executor.hold.set()
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (1.0, 2.0))]


async def test_stop_a_job_that_was_about_to_start(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.jobs.stop(job.id)
    stopped = await house.reaches(job.id, JobState.stopped)
    assert stopped.reason == "stopped before it started"
    assert executor.started == []


async def test_stop_with_a_grace_of_its_own(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs.stop(job.id, (60.0, 1.0))
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (60.0, 1.0))]


async def test_stop_all_leaves_nothing_and_starts_nothing(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(5)]
    await house.reaches(jobs[1].id, JobState.running)
    await house.jobs.stop_many(StopMany(all=True))
    for job in jobs:
        await house.reaches(job.id, JobState.stopped)
    assert len(executor.started) == 2
    with pytest.raises(BadRequest):
        await house.jobs.stop_many(StopMany(all=False))


async def test_a_final_state_never_changes(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert await house.jobs.stop(job.id) == ended
    assert executor.stopped == []


async def test_a_job_that_cannot_start_fails_with_the_reason(house: House, executor: FakeExecutor) -> None:
    executor.refuse = "Resource temporarily unavailable"
    job = await house.submit()
    failed = await house.reaches(job.id, JobState.failed)
    assert failed.reason == "could not start: Resource temporarily unavailable"
    assert failed.ended is not None


async def test_a_vanished_job_is_lost_never_succeeded(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=2)
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Vanished("its supervisor was killed", 100.0))
    lost = await house.reaches(job.id, JobState.lost)
    assert lost.reason == "its supervisor was killed"
    assert json.loads((house.jobs.directory(job.id) / "exit.json").read_text())["state"] == "lost"


async def test_submitting_twice_under_one_id_makes_one_job(house: House) -> None:
    submission = Submission(command=["true"], id="mine", parameters={"a": 1, "b": 2})
    answers = await asyncio.gather(*(house.jobs.submit(submission, owner="ada") for _ in range(5)))
    assert [new for _, new in answers] == [True, False, False, False, False]
    assert {job.id for job, _ in answers} == {"mine"}
    with pytest.raises(Conflict) as caught:
        await house.jobs.submit(Submission(command=["false"], id="mine"), owner="ada")
    assert caught.value.details == {"field": "id"}


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"script": "../outside.py"}, BadRequest, "script"),
        ({"script": "/etc/passwd"}, BadRequest, "script"),
        ({"script": "link/outside.py"}, BadRequest, "script"),
        ({"script": "missing.py"}, Unprocessable, "script"),
        ({"script": "data.csv"}, Unprocessable, "script"),
        ({"script": "sub"}, Unprocessable, "script"),
        ({"script": "x" * 5000}, CrispdmError, "script"),
        ({"notebook": "train.py"}, Unprocessable, "notebook"),
        ({"notebook": "../a.ipynb"}, BadRequest, "notebook"),
        ({"notebook": "a.ipynb", "parameters": {"not a name": 1}}, BadRequest, "parameters"),
        ({"command": ["true"], "cwd": ".."}, BadRequest, "cwd"),
        ({"command": ["true"], "cwd": "../root2"}, BadRequest, "cwd"),
        ({"command": ["true"], "cwd": "missing"}, Unprocessable, "cwd"),
        ({"command": ["true"], "environment": "nobody"}, Unprocessable, "environment"),
        ({"command": ["true"], "environment": "/tmp"}, Unprocessable, "environment"),
        ({"command": ["true"], "environment": "broken"}, Unprocessable, "environment"),
    ],
)
async def test_paths_and_environments_are_checked(
    house: House, fields: dict[str, Any], error: type[CrispdmError], field: str
) -> None:
    (house.path / "outside.py").touch()
    (house.path / "root2").mkdir()
    (house.root / "link").symlink_to(house.path)
    (house.root / "sub").mkdir()
    for name in ("train.py", "data.csv", "a.ipynb"):
        (house.root / name).touch()
    with pytest.raises(error) as caught:
        await house.jobs.submit(Submission(**fields), owner="ada")
    assert caught.value.details["field"] == field
    assert await house.jobs.list(JobFilter()) == []
    assert list((house.data / "jobs").iterdir()) == []


async def test_a_script_runs_with_the_python_of_its_environment(house: House) -> None:
    (house.root / "sub").mkdir()
    (house.root / "sub" / "train.py").touch()
    job = await house.submit(command=None, script="sub/train.py", args=["--x"], environment="other")
    assert job.command[1:] == [str(house.root / "sub" / "train.py"), "--x"]
    assert (job.name, job.cwd, job.kind.value) == ("train.py", str(house.root / "sub"), "script")


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


async def test_progress_and_parameters_come_from_the_program(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(parameters={"rate": 1})
    await house.reaches(job.id, JobState.running)
    report(house, job.id, {"kind": "progress", "done": 1, "total": 4, "message": "first"})
    report(house, job.id, {"kind": "params", "params": {"depth": 3}})
    await house.jobs._pulse.look()
    now = await house.jobs.get(job.id)
    assert now.progress == Progress(done=1, total=4, message="first")
    assert now.parameters == {"rate": 1, "depth": 3}


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
    report(house, job.id, {"kind": "model", "name": "a"})
    await house.jobs._pulse.look()
    report(house, job.id, {"kind": "model", "name": "b"})
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert seen == [(job.id, "a"), (job.id, "b")]
    assert "could not be handled" in caplog.text


async def test_use_is_measured_only_while_somebody_looks(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    house.clock.advance(60)
    await house.jobs._pulse.measure()
    with house.jobs.viewing():
        assert (await house.jobs.get(job.id)).resources is None
        await house.jobs._pulse.measure()
    resources = (await house.jobs.get(job.id)).resources
    assert resources is not None
    assert resources.memory_bytes == 1000
    executor.end(job.id)
    assert (await house.reaches(job.id, JobState.succeeded)).resources is None


async def test_a_full_disk_at_submission_leaves_nothing_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(directory_module, "write_atomic", full)
    with pytest.raises(StorageFull):
        await house.submit()
    assert list((house.data / "jobs").iterdir()) == []
    assert await house.jobs.list(JobFilter()) == []
    monkeypatch.undo()
    await house.reaches((await house.submit()).id, JobState.running)


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


def report(house: House, id: str, event: dict[str, Any]) -> None:
    with (house.jobs.directory(id) / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")


def test_a_directory_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        House(tmp_path, FakeExecutor()).jobs.directory("../x")


async def test_a_job_that_cannot_start_on_a_full_disk_ends_when_there_is_room(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor.hold.clear()
    executor.refuse = "No space left on device"
    job = await house.submit()
    tried = asyncio.Event()

    def full(*args: object, **options: object) -> None:
        tried.set()
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(session_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(directory_module, "write_atomic", full)
    executor.hold.set()
    await tried.wait()
    assert (await house.jobs.get(job.id)).state is JobState.starting
    monkeypatch.setattr(directory_module, "write_atomic", atomic.write_atomic)
    assert (await house.reaches(job.id, JobState.failed)).reason == "could not start: No space left on device"


async def test_a_full_disk_in_the_database_delays_rows_only(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.database.write

    async def full(change: Any) -> Any:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(ledger_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(house.database, "write", full)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    with pytest.raises(StorageFull):
        await house.jobs.list(JobFilter())
    monkeypatch.setattr(house.database, "write", real)
    assert [one.state for one in await house.jobs.list(JobFilter())] == [JobState.succeeded]


async def test_too_many_open_files_is_said_and_passes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*args: object, **options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(directory_module, "write_atomic", exhausted)
    with pytest.raises(Unavailable):
        await house.submit()
    monkeypatch.undo()
    await house.reaches((await house.submit()).id, JobState.running)


async def test_a_mistake_in_following_is_logged_and_followed_on(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(manager_module, "_RETRY_SECONDS", 0.01)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Running(1, "rubbish"))  # type: ignore[arg-type]
    await eventually(lambda: "trying again" in caplog.text)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)


async def test_a_log_that_is_a_link_is_not_read(house: House) -> None:
    job = await house.submit()
    log = await house.jobs.log(job.id)
    log.unlink()
    log.symlink_to("/etc/passwd")
    with pytest.raises(NotFound):
        await house.jobs.log(job.id)
