"""What the regular look finds, with sessions in memory and real files."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jupyter_crispdm.base.files.disk import Disk
from jupyter_crispdm.base.tasks import states
from jupyter_crispdm.jobs.executors.reach import Reach
from jupyter_crispdm.jobs.running import monitor as monitor_module
from jupyter_crispdm.jobs.running.monitor import JobMonitor
from jupyter_crispdm.jobs.types import Job, JobState, Resources
from jupyter_crispdm.tracking.progress import LogProgress, LogProgressReader
from tests.support import FakeClock, eventually
from tests.unit.jobs.fakes import FakeExecutor, House


class FakeSession:
    """Notes what the monitor tells it."""

    def __init__(self, path: Path) -> None:
        (path / "metrics").mkdir(parents=True)
        self.directory = SimpleNamespace(path=path)
        self.record = SimpleNamespace(job=SimpleNamespace(stalled=None, waiting_for_input=None))
        self.running = True
        self.log = LogProgressReader(path / "output.log")
        self.progress: LogProgress | None = None
        self.usage: Resources | None = None
        self.events = SimpleNamespace(more=False)
        self.reads = 0

    async def read_events(self) -> None:
        self.reads += 1

    def take_progress(self, seen: LogProgress | None) -> None:
        self.progress = seen or self.progress

    def take_usage(self, usage: Resources | None) -> None:
        self.usage = usage

    def take_stalled(self, since: datetime | None) -> None:
        self.record.job.stalled = since

    def take_waiting(self, blocked: float | None) -> None:
        self.record.job.waiting_for_input = blocked

    def write(self, name: str, text: str) -> None:
        with (self.directory.path / name).open("a") as file:
            file.write(text)


class Meter(FakeExecutor):
    """Measures what a test says."""

    def __init__(self, percent: float = 0.0) -> None:
        super().__init__()
        self.percent = percent
        self.measurements = 0

    async def usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        self.measurements += 1
        return {path: Resources(cpu_percent=self.percent, memory_bytes=1) for path in directories}


def monitor_of(
    *sessions: FakeSession,
    meter: Meter | None = None,
    clock: FakeClock | None = None,
    watched: bool = False,
    cost: Callable[[], float] = lambda: 0.0,
) -> JobMonitor:
    return JobMonitor(
        meter or Meter(), lambda: cast(Any, sessions), lambda: watched, clock or FakeClock(), 600.0, cost
    )


async def test_a_log_is_read_when_it_grew(tmp_path: Path) -> None:
    one, other = FakeSession(tmp_path / "one"), FakeSession(tmp_path / "other")
    monitor = monitor_of(one, other)
    one.write("output.log", "Step 1 of 9\n")
    await monitor.look()
    assert (one.progress, other.progress) == (LogProgress(1, 9), None)
    assert (one.reads, other.reads) == (0, 0)
    one.write("output.log", "Step 2 of 9\n")
    other.write("events.jsonl", "{}\n")
    await monitor.look()
    assert one.progress == LogProgress(2, 9)
    assert (one.reads, other.reads) == (0, 1)


@pytest.mark.proves("tests.no-clock")
async def test_a_thousand_chatty_jobs_all_have_their_turn(tmp_path: Path) -> None:
    """What one look may read is bounded by what reading costs; here that is eight logs."""
    sessions = [FakeSession(tmp_path / str(number)) for number in range(1000)]
    for session in sessions:
        session.write("output.log", "epoch 3/40: loss 0.3\n" * 5)
    costs = itertools.count()
    monitor = monitor_of(*sessions, cost=lambda: next(costs) * 0.008)
    had_their_turn = []
    while not all(session.progress for session in sessions):
        await monitor.look()
        had_their_turn.append(sum(session.progress is not None for session in sessions))
    assert had_their_turn == [*range(8, 1001, 8)]


async def test_a_slow_disk_ends_a_look_too(tmp_path: Path) -> None:
    clock = FakeClock()
    sessions = [FakeSession(tmp_path / str(number)) for number in range(9)]
    for session in sessions:
        session.write("output.log", "epoch 3/40: loss 0.3\n")

    def cost() -> float:
        clock.advance(0.1)
        return 0.0

    monitor = monitor_of(*sessions, clock=clock, cost=cost)
    await monitor.look()
    assert 0 < sum(session.progress is not None for session in sessions) < 9


@pytest.mark.proves("lists.one-job")
async def test_what_goes_wrong_with_one_job_is_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = FakeSession(tmp_path / "bad"), FakeSession(tmp_path / "good")
    meter, clock = Meter(percent=30.0), FakeClock()
    monitor = monitor_of(bad, good, watched=True, meter=meter, clock=clock)

    def wrong(*_: object) -> None:
        raise ValueError("a mistake nobody thought of")

    for name in ("read_events", "take_progress", "take_usage", "take_stalled", "take_waiting"):
        monkeypatch.setattr(bad, name, wrong)
    for number in range(3):
        for session in (bad, good):
            session.write("output.log", f"Step {number + 1} of 9\n")
            session.write("events.jsonl", "{}\n")
        await monitor.look()
        await monitor.measure()
        clock.advance(700)
        await monitor.find_stalled()
    assert good.progress == LogProgress(3, 9)
    assert (good.reads, good.usage is not None) == (3, True)
    assert "a mistake nobody thought of" in caplog.text


async def test_a_job_whose_disk_hangs_takes_nothing_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = FakeSession(tmp_path / "bad"), FakeSession(tmp_path / "good")
    gate, size = threading.Event(), monitor_module._size

    def hanging(path: str) -> int:
        if "/bad/" in path:
            gate.wait()
        return size(path)

    monkeypatch.setattr(monitor_module, "_size", hanging)
    monitor = monitor_of(bad, good)
    monitor._reach = Reach(Disk(patience=0.05))
    for session in (bad, good):
        session.write("output.log", "Step 1 of 9\n")

    async def read() -> bool:
        await monitor.look()
        return good.progress is not None and monitor._reach.silent == [bad.directory.path]

    await eventually(read)  # a slow machine may find the good one silent too, for a look or two
    assert bad.progress is None
    gate.set()

    async def back() -> bool:
        await monitor.look()
        return bad.progress is not None

    await eventually(back)
    await eventually(lambda: monitor._reach.silent == [])


@pytest.mark.proves("jobs.stalled")
async def test_a_job_of_which_nothing_moves_is_stalled_until_it_does(tmp_path: Path) -> None:
    session, clock = FakeSession(tmp_path / "one"), FakeClock()
    monitor = monitor_of(session, clock=clock)
    for name in ("output.log", "events.jsonl", "metrics.jsonl", "metrics/1.bin"):
        clock.advance(11)
        await monitor.find_stalled()
        clock.advance(601)
        await monitor.find_stalled()
        assert session.record.job.stalled is not None
        session.write(name, "x")
        clock.advance(11)
        await monitor.find_stalled()
        assert session.record.job.stalled is None, name


async def test_a_job_waits_for_input_while_its_supervisor_says_so_and_is_not_stalled(tmp_path: Path) -> None:
    session, clock = FakeSession(tmp_path / "one"), FakeClock()
    monitor, mark = monitor_of(session, clock=clock), tmp_path / "one" / "waiting"
    mark.touch()
    for _ in range(4):
        await monitor.look()
        await monitor.find_stalled()
        clock.advance(601)
    assert session.record.job.waiting_for_input == mark.stat().st_mtime
    assert session.record.job.stalled is None
    mark.unlink()
    await monitor.look()
    assert session.record.job.waiting_for_input is None


async def test_computing_is_moving_also_when_nobody_watches(tmp_path: Path) -> None:
    session, clock, meter = FakeSession(tmp_path / "one"), FakeClock(), Meter(percent=30.0)
    monitor = monitor_of(session, meter=meter, clock=clock)
    for _ in range(100):
        clock.advance(11)
        await monitor.measure()
        await monitor.find_stalled()
    assert session.record.job.stalled is None
    assert session.usage is None
    assert meter.measurements == 33
    meter.percent = 0.3
    for _ in range(60):
        clock.advance(11)
        await monitor.measure()
        await monitor.find_stalled()
    assert session.record.job.stalled is not None


async def test_while_somebody_watches_all_is_measured(tmp_path: Path) -> None:
    session, meter = FakeSession(tmp_path / "one"), Meter(percent=30.0)
    monitor = monitor_of(session, meter=meter, watched=True)
    await monitor.measure()
    await monitor.measure()
    assert meter.measurements == 2
    assert session.usage is not None


# --- within the manager


@pytest.mark.proves("jobs.progress-of-any")
async def test_progress_is_read_from_the_log(house: House) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    log = house.jobs.directory(job.id) / "output.log"
    log.write_text("\r 42%|####      | 42/100 [00:10<00:13, 4.2it/s]")

    async def progress() -> bool:
        seen = (await house.jobs.get(job.id)).progress
        return seen is not None and (seen.done, seen.total) == (42, 100)

    await eventually(progress)
    with log.open("a") as file:
        file.write("\r100%|##########| 100/100 [00:10<00:00, 4.2it/s]")
    house.executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert ended.progress is not None
    assert ended.progress.done == 100


@pytest.mark.proves("tasks.listeners")
async def test_a_listener_that_makes_a_mistake_does_not_end_the_look_at_jobs(house: House) -> None:
    """One listener's mistake ended progress, resources and stall marks of all jobs without a line in the log."""
    job = await house.submit()
    await house.reaches(job.id, JobState.running)

    def mistaken(_: Job) -> None:
        raise ValueError("a listener's mistake")

    house.jobs.on_change(mistaken)
    events = house.jobs.directory(job.id) / "events.jsonl"
    for done in (1, 5):
        with events.open("a") as file:
            file.write(f'{{"kind": "progress", "done": {done}, "total": 9}}\n')

        async def known(done: int = done) -> bool:
            progress = (await house.jobs.get(job.id)).progress
            return progress is not None and progress.done == done

        await eventually(known)
    assert all(loop.failures == 0 for loop in states())


async def test_what_a_program_reports_itself_wins(house: House) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    directory = house.jobs.directory(job.id)
    (directory / "events.jsonl").write_text('{"kind": "progress", "done": 3, "total": 4, "message": "mine"}\n')
    (directory / "output.log").write_text("Step 9 of 10\n")
    house.executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.message) == (3, "mine")
