from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.types import Job, JobKind, JobState
from jupyter_crispdm.streams.collecting.health import Health, Pulse, StatusFile, health
from jupyter_crispdm.streams.types import Status, StreamState
from tests.support import FakeClock
from tests.unit.streams.playing import BEGAN, PID, say

JOB = Job(
    id="j", name="j", kind=JobKind.command, state=JobState.running, owner="ada", environment="server", command=[],
    cwd="/", created=utc(BEGAN), pid=PID,
)  # fmt: skip


class Patient:
    """A stream whose collector writes what a test says."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.pulse = Pulse(self.clock, silence=10.0)
        self.status: Status | None = None
        self.job: Job | None = JOB

    def wait(self, seconds: float, **says: object) -> Health:
        """How it is after so long, looked at every second; at last the collector says something."""
        for _ in range(int(seconds) - 1):
            self.clock.advance(1)
            self._feel()
        self.clock.advance(min(seconds, 1))
        return self.now(**says)

    def stand_still(self, seconds: float) -> None:
        """Nobody looks for so long."""
        self.clock.advance(seconds)

    def now(self, **says: object) -> Health:
        """How it is when it is looked at now."""
        if says:
            self.status = Status(**{"pid": PID, "updated": self.clock.now(), **says})  # type: ignore[arg-type]
        self._feel()
        return self.known

    @property
    def known(self) -> Health:
        """How it is said to be before anybody looks."""
        return health(True, "", self.job, self.status, self.pulse)

    def _feel(self) -> None:
        self.pulse.feel(self.job.id if self.job else None, self.status)


@pytest.mark.proves("streams.table")
def test_a_stream_starts_runs_and_is_said_to_be_silent() -> None:
    patient = Patient()
    assert patient.wait(1) == Health(StreamState.starting)
    assert patient.wait(1, seq=1) == Health(StreamState.running)
    for seconds in range(9):
        assert patient.wait(1, seq=1, received=seconds) == Health(StreamState.running)
    silent = patient.wait(2, seq=1)
    assert silent.state is StreamState.running
    assert silent.reason == "No sample since 22:13:22 UTC."
    assert patient.wait(1, seq=1).reason == silent.reason
    assert patient.wait(1, seq=2) == Health(StreamState.running)


@pytest.mark.proves("streams.table")
def test_what_the_collector_says_of_its_source_comes_first() -> None:
    patient = Patient()
    patient.wait(1, seq=1)
    said = patient.wait(20, seq=1, reason="The broker refuses the connection.")
    assert said == Health(StreamState.running, "The broker refuses the connection.")


@pytest.mark.proves("streams.table")
def test_a_collector_that_stands_still_is_said_after_five_seconds() -> None:
    patient = Patient()
    patient.wait(1, seq=1)
    assert patient.wait(5) == Health(StreamState.running)
    assert patient.wait(1) == Health(StreamState.failed, "The collector says nothing since 22:13:21 UTC.")


def test_a_server_that_stood_still_calls_nobody_deaf_or_silent() -> None:
    patient = Patient()
    patient.wait(1, seq=1)
    patient.stand_still(60)
    assert patient.known == Health(StreamState.running), "before it looked again"
    assert patient.now() == Health(StreamState.running), "the machine may have slept, and the collector with it"
    assert patient.wait(1, seq=2) == Health(StreamState.running)
    patient.stand_still(60)
    assert patient.wait(5).state is StreamState.failed, "but in time it is heard that nobody says anything"


def test_a_clock_that_jumps_makes_nobody_deaf_or_silent() -> None:
    patient = Patient()
    patient.wait(1, seq=1)
    patient.clock._now += 1e6
    assert patient.wait(0) == Health(StreamState.running)


def test_the_word_of_another_collector_counts_for_nothing() -> None:
    patient = Patient()
    assert patient.wait(1, seq=5, pid=1) == Health(StreamState.starting)
    assert patient.wait(31) == Health(StreamState.failed, "The collector does not begin.")


def test_another_collector_has_time_to_begin() -> None:
    patient = Patient()
    patient.wait(1, seq=1)
    patient.job = msgspec.structs.replace(JOB, id="k", pid=12)
    assert patient.wait(20) == Health(StreamState.starting)


@pytest.mark.parametrize(
    ("state", "attempt", "reason", "expected"),
    [
        (JobState.queued, 1, "", Health(StreamState.starting)),
        (JobState.starting, 1, "", Health(StreamState.starting)),
        (JobState.queued, 3, "attempt 2 failed: x", Health(StreamState.failed, "attempt 2 failed: x")),
        (JobState.failed, 1, "no such module", Health(StreamState.failed, "no such module")),
        (JobState.lost, 1, "", Health(StreamState.failed, "lost")),
    ],
)
def test_a_job_that_does_not_run_says_why(state: JobState, attempt: int, reason: str, expected: Health) -> None:
    job = msgspec.structs.replace(JOB, state=state, attempt=attempt, reason=reason)
    assert health(True, "", job, None, Pulse(FakeClock(), 10)) == expected


def test_what_nobody_wants_is_stopped_or_ending() -> None:
    pulse = Pulse(FakeClock(), 10)
    over = msgspec.structs.replace(JOB, state=JobState.stopped)
    assert health(False, "", JOB, None, pulse) == Health(StreamState.stopped, "The collector is ending.")
    assert health(False, "Its job was stopped.", over, None, pulse).reason == "Its job was stopped."
    assert health(True, "no password", None, None, pulse) == Health(StreamState.failed, "no password")
    assert health(True, "", None, None, pulse) == Health(StreamState.starting)


def test_a_status_is_read_when_it_is_written_and_kept_when_it_is_rubbish(tmp_path: Path) -> None:
    file = StatusFile(tmp_path)
    assert file.read() is None
    say(tmp_path, seq=3)
    first = file.read()
    assert first is not None
    assert first.seq == 3
    assert file.read() is first
    (tmp_path / "status.json").write_text("{")
    assert file.read() is first
    (tmp_path / "status.json").unlink()
    (tmp_path / "status.json").symlink_to("/etc/passwd")
    assert file.read() is first
    (tmp_path / "status.json").unlink()
    say(tmp_path, seq=4)
    again = file.read()
    assert again is not None
    assert again.seq == 4
