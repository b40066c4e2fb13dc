"""What the regular look finds, with sessions in memory and real files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from jupyter_crispdm.jobs.pulse import Pulse
from jupyter_crispdm.jobs.types import JobState, Resources
from jupyter_crispdm.tracking.progress import LogProgress, LogProgressReader
from tests.support import FakeClock, eventually
from tests.unit.jobs.fakes import FakeExecutor, House


class FakeSession:
    """Notes what the pulse tells it."""

    def __init__(self, path: Path) -> None:
        (path / "metrics").mkdir(parents=True)
        self.directory = SimpleNamespace(path=path)
        self.record = SimpleNamespace(job=SimpleNamespace(stalled=None))
        self.running = True
        self.log = LogProgressReader(path / "output.log")
        self.progress: LogProgress | None = None
        self.usage: Resources | None = None
        self.events = 0

    async def read_events(self) -> None:
        self.events += 1

    def take_progress(self, seen: LogProgress | None) -> None:
        self.progress = seen or self.progress

    def take_usage(self, usage: Resources | None) -> None:
        self.usage = usage

    def take_stalled(self, since: datetime | None) -> None:
        self.record.job.stalled = since

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


def pulse_of(
    *sessions: FakeSession, meter: Meter | None = None, clock: FakeClock | None = None, watched: bool = False
) -> Pulse:
    return Pulse(
        meter or Meter(), lambda: cast(Any, sessions), lambda: watched, clock or FakeClock(), stalled_after=600.0
    )


async def test_a_log_is_read_when_it_grew(tmp_path: Path) -> None:
    one, other = FakeSession(tmp_path / "one"), FakeSession(tmp_path / "other")
    pulse = pulse_of(one, other)
    one.write("output.log", "Step 1 of 9\n")
    await pulse.look()
    assert (one.progress, other.progress) == (LogProgress(1, 9), None)
    assert (one.events, other.events) == (0, 0)
    one.write("output.log", "Step 2 of 9\n")
    other.write("events.jsonl", "{}\n")
    await pulse.look()
    assert one.progress == LogProgress(2, 9)
    assert (one.events, other.events) == (0, 1)


async def test_a_thousand_chatty_jobs_all_have_their_turn(tmp_path: Path) -> None:
    sessions = [FakeSession(tmp_path / str(number)) for number in range(1000)]
    for session in sessions:
        session.write("output.log", "epoch 3/40: loss 0.3\n" * 500)
    pulse = pulse_of(*sessions)
    looks = 0
    while not all(session.progress for session in sessions):
        began = time.thread_time()
        await pulse.look()
        assert time.thread_time() - began < 0.5  # on the event loop; the reading is done beside it
        looks += 1
        assert looks < 200


async def test_a_job_of_which_nothing_moves_is_stalled_until_it_does(tmp_path: Path) -> None:
    session, clock = FakeSession(tmp_path / "one"), FakeClock()
    pulse = pulse_of(session, clock=clock)
    for name in ("output.log", "events.jsonl", "metrics.jsonl", "metrics/1.bin"):
        clock.advance(11)
        await pulse.find_stalled()
        clock.advance(601)
        await pulse.find_stalled()
        assert session.record.job.stalled is not None
        session.write(name, "x")
        clock.advance(11)
        await pulse.find_stalled()
        assert session.record.job.stalled is None, name


async def test_computing_is_moving_also_when_nobody_watches(tmp_path: Path) -> None:
    session, clock, meter = FakeSession(tmp_path / "one"), FakeClock(), Meter(percent=30.0)
    pulse = pulse_of(session, meter=meter, clock=clock)
    for _ in range(100):
        clock.advance(11)
        await pulse.measure()
        await pulse.find_stalled()
    assert session.record.job.stalled is None
    assert session.usage is None
    assert meter.measurements == 33
    meter.percent = 0.3
    for _ in range(60):
        clock.advance(11)
        await pulse.measure()
        await pulse.find_stalled()
    assert session.record.job.stalled is not None


async def test_while_somebody_watches_all_is_measured(tmp_path: Path) -> None:
    session, meter = FakeSession(tmp_path / "one"), Meter(percent=30.0)
    pulse = pulse_of(session, meter=meter, watched=True)
    await pulse.measure()
    await pulse.measure()
    assert meter.measurements == 2
    assert session.usage is not None


# --- within the manager


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
