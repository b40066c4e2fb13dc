"""Diagnoses and alerts of jobs whose programs are played, by a server that may die."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound, StorageFull
from jupyter_crispdm.jobs.diagnosing.manager import Diagnoses
from jupyter_crispdm.jobs.directory import JobDirectory
from jupyter_crispdm.jobs.types import Job, JobState
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen, Best, CurveAlert, Verdict
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House
from tests.unit.tracking.conftest import Writer

OVER = AlertRule(when=AlertWhen.above, metric="loss", value=5.0)
STUCK = AlertRule(when=AlertWhen.stuck, metric="val/loss", patience=3, then=AlertThen.stop)


class Watched:
    """The diagnoses of a house, and all that they tell."""

    def __init__(self, house: House) -> None:
        self.diagnoses = Diagnoses(house.jobs, house.clock, pause=0.01)
        self.alerts: list[tuple[str, CurveAlert]] = []
        self.kept: list[tuple[str, Best]] = []
        self.changed: list[str] = []
        self.diagnoses.on_alert(lambda job, alert: self.alerts.append((job.id, alert)))
        self.diagnoses.on_kept(lambda job, best: self.kept.append((job.id, best)))
        self.diagnoses.on_change(self.changed.append)


@asynccontextmanager
async def watched(house: House) -> AsyncIterator[Watched]:
    made = Watched(house)
    await made.diagnoses.start()
    try:
        yield made
    finally:
        await made.diagnoses.close()


async def running(house: House, **fields: Any) -> tuple[Job, Writer]:
    job = await house.submit(**fields)
    await house.reaches(job.id, JobState.running)
    return job, Writer(house.jobs.directory(job.id), "1-a")


@pytest.mark.proves("diagnosis.alerts")
async def test_a_rule_of_the_submission_is_raised_once_while_the_job_runs(house: House) -> None:
    async with watched(house) as seen:
        job, writer = await running(house, alerts=[OVER])
        writer.log("loss", 1.0, 9.0, 8.0)
        await eventually(lambda: seen.alerts)
        [(id, alert)] = seen.alerts
        assert (id, alert.reason) == (job.id, "loss is 9 at step 1, above 5.")
        assert alert.time == house.clock.now()
        writer.log("loss", 99.0, step=3)
        await seen.diagnoses.look()
        assert len(seen.alerts) == 1
        assert (await seen.diagnoses.alerts(job.id)) == [alert]
        assert (await seen.diagnoses.of(job.id)).alerts == [alert]


@pytest.mark.proves("diagnosis.alerts")
async def test_another_server_knows_what_was_raised_and_goes_on_watching(house: House) -> None:
    rules = [OVER, AlertRule(when=AlertWhen.nan)]
    async with watched(house) as seen:
        job, writer = await running(house, alerts=rules)
        writer.log("loss", 9.0)
        await eventually(lambda: seen.alerts)
    async with watched(house) as again:
        writer.log("loss", 9.0, float("nan"), step=1)
        await eventually(lambda: again.alerts)
        assert [alert.rule for _, alert in again.alerts] == rules[1:]
        assert [alert.raised for alert in await again.diagnoses.alerts(job.id)] == [True, True]


async def test_what_is_raised_by_the_last_values_of_a_job_is_told_too(house: House, executor: FakeExecutor) -> None:
    seen = Watched(house)
    job, writer = await running(house, alerts=[OVER, STUCK])
    writer.log("loss", 9.0)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    await seen.diagnoses.look()
    assert [alert.reason for _, alert in seen.alerts] == ["loss is 9 at step 0, above 5."]
    assert executor.stopped == []
    await seen.diagnoses.close()


@pytest.mark.proves("diagnosis.alerts")
async def test_rules_can_be_changed_and_one_that_stays_is_not_raised_again(house: House) -> None:
    async with watched(house) as seen:
        job, writer = await running(house)
        writer.log("loss", 1.0, 9.0)
        assert await seen.diagnoses.alerts(job.id) == []
        await seen.diagnoses.set_alerts(job.id, [OVER])
        await eventually(lambda: seen.alerts)
        below = AlertRule(when=AlertWhen.below, metric="loss", value=2.0)
        told = await seen.diagnoses.set_alerts(job.id, [OVER, below])
        assert [alert.raised for alert in told] == [True, False]
        await eventually(lambda: len(seen.alerts) == 2)
        assert seen.alerts[1][1].rule == below
        with pytest.raises(BadRequest, match="rule 1"):
            await seen.diagnoses.set_alerts(job.id, [AlertRule(when=AlertWhen.above)])
        with pytest.raises(NotFound):
            await seen.diagnoses.set_alerts("nobody", [])


@pytest.mark.proves("diagnosis.keep-best")
async def test_an_alert_can_stop_the_job_and_keep_its_best(house: House, executor: FakeExecutor) -> None:
    async with watched(house) as seen:
        job, writer = await running(house, alerts=[STUCK])
        directory = house.jobs.directory(job.id)
        for step, value in enumerate([3.0, 1.0, 2.0, 2.0, 2.0]):
            writer.log("val/loss", value, step=step)
            keep(directory, f"net-{step}.pt", step)
        await house.reaches(job.id, JobState.stopped)
        assert [id for id, _ in executor.stopped] == [job.id]
        await eventually(lambda: seen.kept)
        [(id, best)] = seen.kept
        assert (id, best.metric, best.step, best.model, best.kept) == (job.id, "val/loss", 1, "net-1.pt", True)
        assert (await seen.diagnoses.of(job.id)).best == best


@pytest.mark.proves("diagnosis.keep-best")
async def test_a_person_can_keep_the_best_by_a_metric_also_of_a_job_that_is_over(
    house: House, executor: FakeExecutor
) -> None:
    async with watched(house) as seen:
        job, writer = await running(house)
        writer.log("val/loss", 1.0, 2.0)
        writer.log("val/accuracy", 0.1, 0.9)
        executor.end(job.id)
        await house.reaches(job.id, JobState.succeeded)
        before = (await seen.diagnoses.of(job.id)).best
        assert before is not None
        assert (before.metric, before.kept) == ("val/loss", False)
        await seen.diagnoses.keep_best(job.id, "val/accuracy")
        await eventually(lambda: seen.kept)
        best = (await seen.diagnoses.of(job.id)).best
        assert best is not None
        assert (best.metric, best.step, best.kept) == ("val/accuracy", 1, True)
        assert best.note.startswith("The run kept no model")
        with pytest.raises(BadRequest, match="metric"):
            await seen.diagnoses.keep_best(job.id, "")


@pytest.mark.proves("diagnosis.live")
async def test_only_what_somebody_follows_is_read_and_told(house: House) -> None:
    async with watched(house) as seen:
        job, writer = await running(house)
        writer.log("loss", 2.0)
        await seen.diagnoses.look()
        assert seen.changed == []
        seen.diagnoses.want(job.id)
        await eventually(lambda: seen.changed)
        seen.changed.clear()
        writer.log("loss", 1.0, step=1)
        await seen.diagnoses.look()
        assert seen.changed == []  # who was told and does not ask again follows no more


async def test_what_is_over_is_read_once(house: House, executor: FakeExecutor) -> None:
    async with watched(house) as seen:
        job, writer = await running(house)
        writer.log("loss", *[1.0 / (step + 1) for step in range(8)])
        executor.end(job.id)
        await house.reaches(job.id, JobState.succeeded)
        await eventually(lambda: job.id in seen.changed)
        said = await seen.diagnoses.of(job.id)
        assert said.verdict in (Verdict.learning, Verdict.plateau)
        assert await seen.diagnoses.of(job.id) is said
        await house.jobs.delete(job.id)
        with pytest.raises(NotFound):
            await seen.diagnoses.of(job.id)


async def test_what_is_taken_over_after_the_end_is_judged_too(house: House, executor: FakeExecutor) -> None:
    """Curves out of a log, or of another tracker's files, may come when the job is over."""
    async with watched(house) as seen:
        job, writer = await running(house)
        executor.end(job.id)
        await house.reaches(job.id, JobState.succeeded)
        await eventually(lambda: job.id in seen.changed)
        assert (await seen.diagnoses.of(job.id)).verdict is Verdict.early
        writer.log("loss", *[1.0] * 3, *[9.0] * 9)
        assert (await seen.diagnoses.of(job.id)).verdict is Verdict.diverging


async def test_a_job_that_scribbles_over_the_servers_own_record_harms_only_itself(house: House) -> None:
    async with watched(house) as seen:
        job, writer = await running(house, alerts=[OVER])
        other, calm = await running(house, alerts=[OVER])
        record = house.jobs.directory(job.id) / "diagnosis.json"
        record.mkdir()
        (record / "x").touch()
        writer.log("loss", 9.0)
        calm.log("loss", 9.0)
        await eventually(lambda: {id for id, _ in seen.alerts} == {job.id, other.id})
        assert json.loads(record.read_text())["alerts"][0]["raised"]


async def test_curves_that_cannot_be_read_are_said_and_the_others_go_on(house: House, tmp_path: Path) -> None:
    async with watched(house) as seen:
        job, _ = await running(house)
        metrics = house.jobs.directory(job.id) / "metrics"
        (metrics / "1-a.bin").symlink_to(tmp_path / "elsewhere")
        other, calm = await running(house, alerts=[OVER])
        calm.log("loss", 9.0)
        said = await seen.diagnoses.of(job.id)
        assert (said.verdict, "cannot be read" in said.trouble) == (Verdict.early, True)
        await eventually(lambda: seen.alerts)
        assert seen.alerts[0][0] == other.id


@pytest.mark.proves("diagnosis.alerts")
async def test_a_full_disk_keeps_no_alert_back_and_no_job_from_being_stopped(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("The disk is full.")

    async with watched(house) as seen:
        job, writer = await running(house, alerts=[OVER, STUCK])
        monkeypatch.setattr(JobDirectory, "write", full)
        writer.log("loss", 9.0)
        writer.log("val/loss", 1.0, 2.0, 2.0, 2.0)
        await house.reaches(job.id, JobState.stopped)
        assert [alert.rule for _, alert in seen.alerts] in ([OVER, STUCK], [STUCK, OVER])
        assert [id for id, _ in executor.stopped] == [job.id]
        with pytest.raises(StorageFull):
            await seen.diagnoses.set_alerts(job.id, [])
        with pytest.raises(StorageFull):
            await seen.diagnoses.keep_best(job.id)


async def test_a_job_that_is_being_stopped_is_not_stopped_again(house: House, executor: FakeExecutor) -> None:
    seen = Watched(house)
    executor.stop = ignored  # type: ignore[method-assign]
    job, writer = await running(house, alerts=[STUCK])
    await house.jobs.stop(job.id, (600.0, 600.0))
    writer.log("val/loss", 1.0, 2.0, 2.0, 2.0)
    await seen.diagnoses.look()
    assert [id for id, _ in seen.alerts] == [job.id]
    assert (await house.jobs.get(job.id)).state is JobState.stopping
    assert not (await seen.diagnoses.of(job.id)).best.kept  # type: ignore[union-attr]
    await seen.diagnoses.close()


async def test_the_next_attempt_makes_one_curve_with_the_last(house: House, executor: FakeExecutor) -> None:
    async with watched(house) as seen:
        job, writer = await running(house, retries=1)
        writer.log("loss", 5.0, 4.0, 3.0, 0.1)
        executor.end(job.id, code=1)
        await eventually(lambda: executor.started.count(job.id) == 2)
        again = Writer(house.jobs.directory(job.id), "2-b-a2")
        again.log("loss", 2.9, 2.5, 2.0, 1.5, step=2, at=100.0)
        said = await seen.diagnoses.of(job.id)
        assert said.best is not None
        assert (said.best.step, said.best.value) == (5, 1.5)
        assert said.verdict is Verdict.learning


async def test_who_deletes_a_job_while_it_is_looked_at_sees_no_error(house: House, executor: FakeExecutor) -> None:
    async with watched(house) as seen:
        ids = []
        for _ in range(5):
            job, writer = await running(house, alerts=[OVER])
            writer.log("loss", 1.0)
            seen.diagnoses.want(job.id)
            executor.end(job.id)
            await house.reaches(job.id, JobState.succeeded)
            await house.jobs.delete(job.id)
            ids.append(job.id)
        await seen.diagnoses.look()
        for id in ids:
            with pytest.raises(NotFound):
                await seen.diagnoses.alerts(id)
    assert seen.alerts == []


async def test_many_jobs_are_looked_at_and_each_is_told_of_its_own(tmp_path: Path, executor: FakeExecutor) -> None:
    (tmp_path / "many").mkdir()
    house = await House(tmp_path / "many", executor, max_running=30).open()
    async with watched(house) as seen:
        jobs = [await running(house, alerts=[OVER]) for _ in range(30)]
        for number, (_, writer) in enumerate(jobs):
            writer.log("loss", 1.0 + 8.0 * (number % 2))
        await eventually(lambda: len(seen.alerts) == 15)
        assert {id for id, _ in seen.alerts} == {job.id for job, _ in jobs[1::2]}
    await house.close()


async def ignored(directory: Path, grace: object) -> None:
    """A job that takes its time to stop."""


def keep(directory: Path, name: str, step: int) -> None:
    """What a program does that calls a file a model."""
    event = {"kind": "model", "path": f"artifacts/{name}", "time": float(step), "step": step}
    with open(directory / "events.jsonl", "a") as file:
        file.write(json.dumps(event) + "\n")
