"""How a stream is: what its job, its collector's status and the time since both changed say together."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.files.regular import read_regular, stat_regular
from jupyter_crispdm.jobs.types import Job, JobState

from ..types import Status, StreamState

DEAF_SECONDS = 5.0
"""A collector that has written no status for so long is said to be in trouble."""
BEGINNING_SECONDS = 30.0
"""How long a collector may take until it writes its first status."""
LISTENING_SECONDS = 2.0
"""A collector is listened to again and again, within so long; what is beyond that is a standstill of ours."""
_MOST_BYTES = 1 << 20


class StatusFile:
    """A collector's status.json; read when it was written anew. Its call blocks."""

    def __init__(self, directory: Path) -> None:
        self._path, self._root = directory / "status.json", directory.parent
        self._seen: tuple[int, int] | None = None
        self._status: Status | None = None

    def read(self) -> Status | None:
        """The newest status; the one before where it cannot be read, None where there is none."""
        try:
            found = stat_regular(self._path, below=self._root)
            if self._seen != (found.st_mtime_ns, found.st_ino):
                text = read_regular(self._path, _MOST_BYTES, below=self._root)
                self._status = msgspec.json.decode(text, type=Status)
                self._seen = found.st_mtime_ns, found.st_ino
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return self._status
        return self._status


class Health(NamedTuple):
    """A stream's state, and why it is not as it should be."""

    state: StreamState
    reason: str = ""


class Pulse:
    """Remembers when a collector was heard of last, and when a sample came: by a clock that does not jump.

    Only time in which somebody listened counts: after a standstill of the server, or of the whole machine, nobody knows
    yet what was said meanwhile.
    """

    def __init__(self, clock: Clock, silence: float) -> None:
        self._clock, self._silence = clock, silence
        self._job: str | None = None
        self._felt = self._heard = self._came = clock.monotonic()
        self._word = 0.0
        self._seq = -1

    def feel(self, job: str | None, status: Status | None) -> None:
        """Take note of what is there now."""
        now = self._clock.monotonic()
        unheard = max(0.0, now - self._felt - LISTENING_SECONDS)
        self._felt, self._heard, self._came = now, self._heard + unheard, self._came + unheard
        if job != self._job:
            self._job, self._heard, self._came = job, now, now
        if status is None:
            return
        if status.updated != self._word:
            self._word, self._heard = status.updated, now
        if status.seq != self._seq:
            self._seq, self._came = status.seq, now

    def health(self, job: Job, status: Status | None) -> Health:
        """How a stream is whose job runs."""
        deaf, silent = self._felt - self._heard, self._felt - self._came
        if status is None or status.pid != job.pid:
            late = "The collector does not begin." if deaf > BEGINNING_SECONDS else ""
            return Health(StreamState.failed if late else StreamState.starting, late)
        if deaf > DEAF_SECONDS:
            return Health(StreamState.failed, f"The collector says nothing since {self._ago(deaf)}.")
        if not status.reason and silent > self._silence:
            return Health(status.state, f"No sample since {self._ago(silent)}.")
        return Health(status.state, status.reason)

    def _ago(self, seconds: float) -> str:
        return f"{utc(self._clock.now() - seconds):%H:%M:%S} UTC"


def health(wanted: bool, reason: str, job: Job | None, status: Status | None, pulse: Pulse) -> Health:
    """How a stream is. `reason` is why it is not collected, or cannot be."""
    live = job is not None and not job.state.final
    if not wanted:
        return Health(StreamState.stopped, "The collector is ending." if live else reason)
    if reason:
        return Health(StreamState.failed, reason)
    if job is None or job.state.final:
        why = "" if job is None else job.reason or job.state.value
        return Health(StreamState.starting if job is None else StreamState.failed, why)
    if job.state is JobState.running:
        return pulse.health(job, status)
    return Health(StreamState.failed if job.attempt > 1 else StreamState.starting, job.reason)
