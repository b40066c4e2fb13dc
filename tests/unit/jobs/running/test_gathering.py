"""Curves out of what jobs print and write, while they run, at their end, after it, and without a server."""

from __future__ import annotations

import asyncio
import os
import threading

import msgspec
import pytest

from jupyter_crispdm.jobs.running import gathering
from jupyter_crispdm.jobs.types import Job, JobState
from jupyter_crispdm.tracking import read_run
from jupyter_crispdm.tracking.gathering import gatherer
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer
from jupyter_crispdm.tracking.gathering.places import Place
from jupyter_crispdm.tracking.gathering.state import load
from jupyter_crispdm.tracking.parsers import Rule, RuleSet
from tests.support import eventually
from tests.unit.jobs.fakes import Ended, FakeExecutor, House


async def running(house: House) -> Job:
    job = await house.submit()
    return await house.reaches(job.id, JobState.running)


def prints(house: House, id: str, text: str) -> None:
    with open(house.jobs.directory(id) / "output.log", "a") as log:
        log.write(text)


def series(house: House, id: str) -> dict[str, list[float]]:
    return {name: one.value.tolist() for name, one in read_run(house.jobs.directory(id)).items()}


async def shows(house: House, id: str, expected: dict[str, list[float]]) -> None:
    async def there() -> bool:
        return series(house, id) == expected

    await eventually(there)


@pytest.mark.proves("training.unchanged-scripts")
async def test_what_a_job_prints_is_a_curve_while_it_runs(house: House) -> None:
    job = await running(house)
    prints(house, job.id, "epoch 1: loss 0.5, val_loss 0.75\n")
    await shows(house, job.id, {"loss": [0.5], "val_loss": [0.75]})
    prints(house, job.id, "epoch 2: loss 0.25, val_loss 0.5\n")
    await shows(house, job.id, {"loss": [0.5, 0.25], "val_loss": [0.75, 0.5]})


@pytest.mark.proves("training.unchanged-scripts")
async def test_a_table_in_its_folder_is_a_curve_and_older_ones_are_not(house: House, executor: FakeExecutor) -> None:
    old = house.root / "metrics.csv"
    old.write_text("epoch,loss\n1,9\n")
    os.utime(old, (50.0, 50.0))  # it started at 100
    job = await running(house)
    (house.root / "results.csv").write_text("epoch,loss\n1,0.5\n")
    await shows(house, job.id, {"loss": [0.5]})
    (house.root / "results.csv").write_text("epoch,loss\n1,0.5\n2,0.25\n")
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert series(house, job.id) == {"loss": [0.5, 0.25]}


@pytest.mark.proves("training.gathered-at-the-end")
async def test_who_hears_that_a_job_is_over_finds_its_last_points(house: House, executor: FakeExecutor) -> None:
    job = await running(house)
    found: list[dict[str, list[float]]] = []
    house.jobs.on_change(lambda job: found.append(series(house, job.id)) if job.state.final else None)
    prints(house, job.id, "epoch 1: loss 0.5\nepoch 2: loss 0.25")  # its last line has no end
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert found == [{"loss": [0.5, 0.25]}]
    assert house.jobs.over(job.id)


@pytest.mark.proves("training.gathered-at-the-end")
async def test_a_look_while_the_end_of_a_job_is_noted_writes_nothing_older_over_its_last_points(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It left the job, in a thread, and that came after what was finished: the state on the disk was an older one."""
    held, leave = threading.Event(), Gatherer.leave

    def slow(self: Gatherer) -> None:
        held.wait()
        leave(self)

    monkeypatch.setattr(Gatherer, "leave", slow)
    monkeypatch.setattr(gatherer, "_SAVE_SECONDS", 600.0)
    await house.look_by_hand()
    job = await running(house)
    for line in ("epoch 1: loss 0.5\n", "epoch 2: loss 0.25\n"):
        prints(house, job.id, line)
        await house.jobs._gathering.look()
    prints(house, job.id, "epoch 3: loss 0.125\n")
    (session,) = house.jobs._dispatcher.sessions.values()
    session._seen = Ended(JobState.succeeded, 0)  # as while it reads the last events
    looking = asyncio.ensure_future(house.jobs._gathering.look())
    await asyncio.sleep(0)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    held.set()
    await looking
    state = load(Place(house.jobs.directory(job.id)))
    assert state is not None
    assert state.over, "nothing more will come"


@pytest.mark.proves("training.gathered-at-the-end")
async def test_what_takes_longer_comes_after_the_end_and_nobody_is_told_that_nothing_more_comes(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = True
    real = Gatherer.gather

    def slow(self: Gatherer, *, over: bool = False) -> bool:
        return (over and held) or real(self, over=over)

    monkeypatch.setattr(Gatherer, "gather", slow)
    monkeypatch.setattr(gathering, "_PATIENCE_SECONDS", -1.0)
    job = await running(house)
    prints(house, job.id, "epoch 1: loss 0.5\n")
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert not house.jobs.over(job.id)
    held = False

    async def over() -> bool:
        return house.jobs.over(job.id)

    await eventually(over)
    assert series(house, job.id) == {"loss": [0.5]}


async def test_a_job_that_ended_before_there_was_such_a_thing_is_gathered_when_somebody_looks(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Gatherer, "gather", lambda self, over=False: False)
        job = await running(house)
        prints(house, job.id, "epoch 1: loss 0.5\n")
        (house.root / "metrics.csv").write_text("epoch,acc\n1,0.5\n")  # who knows whose that is
        executor.end(job.id)
        await house.reaches(job.id, JobState.succeeded)
    house.jobs._gathering._whole.clear()
    assert series(house, job.id) == {}
    await house.jobs.run_directory(job.id)
    assert series(house, job.id) == {"loss": [0.5]}


@pytest.mark.proves("training.gathered-attempts")
async def test_each_attempt_counts_anew(house: House, executor: FakeExecutor) -> None:
    await house.look_by_hand()
    job = await running(house)
    gatherers = house.jobs._gathering
    record = house.jobs._cache.known(job.id)
    assert record is not None
    prints(house, job.id, "epoch 1: loss 0.5\nepoch 2: loss 0.25\n")
    await gatherers.finish(record, 100.0)
    second = msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, attempt=2))
    prints(house, job.id, "epoch 1: loss 0.375\n")
    await gatherers.finish(second, 100.0)
    loss = read_run(house.jobs.directory(job.id))["loss"]
    assert loss.value.tolist() == [0.375]
    assert loss.step.tolist() == [1]


async def test_a_service_is_not_looked_at(house: House) -> None:
    await house.look_by_hand()
    job = await running(house)
    record = house.jobs._cache.known(job.id)
    assert record is not None
    prints(house, job.id, "epoch 1: loss 0.5\n")
    (session,) = house.jobs._dispatcher.sessions.values()
    session.record = msgspec.structs.replace(record, service=True)
    await house.jobs._gathering.look()
    await house.jobs._gathering.finish(session.record, 100.0)
    assert series(house, job.id) == {}


async def test_other_rules_are_used_at_the_next_look(house: House, executor: FakeExecutor) -> None:
    job = await running(house)
    prints(house, job.id, "epoch 1: loss 0.5\nquality is 7\n")
    await shows(house, job.id, {"loss": [0.5]})
    rules = RuleSet([Rule("quality is {quality}")], automatic=False)
    house.jobs._gathering._rules = lambda: rules
    await shows(house, job.id, {"quality": [7.0]})
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    house.jobs._gathering._rules = RuleSet
    await house.jobs.run_directory(job.id)
    assert series(house, job.id) == {"loss": [0.5]}, "those of a job that is over are, when somebody looks at it"


async def test_what_cannot_be_read_of_a_running_job_is_said_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    job = await running(house)
    log = house.jobs.directory(job.id) / "output.log"
    log.unlink()
    log.symlink_to("/etc/hostname")
    (house.root / "metrics.csv").write_text("epoch,loss\n1,0.5\n")
    await shows(house, job.id, {"loss": [0.5]})
    for _ in range(3):
        await house.jobs._gathering.look()
    assert caplog.text.count("can be taken over as curves: 'output.log' is a link, not a file.") == 1
    caplog.clear()


async def test_what_goes_wrong_at_the_end_is_logged_and_the_job_ends(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = await running(house)

    def broken(self: Gatherer, *, over: bool = False) -> bool:
        raise ValueError("mistake")

    monkeypatch.setattr(Gatherer, "gather", broken)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert house.jobs.over(job.id)
    assert "could not be taken over as curves" in caplog.text
    caplog.clear()
