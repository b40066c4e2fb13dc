"""What a collector says of itself: `status.json`, written anew a few times a second at most."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.tasks import spawn

from ..batch import Batch
from ..types import Status, StreamState
from .pace import Pace

STATUS = "status.json"
_MOST_REASONS = 50
_OTHERS = "other reasons"


class Report:
    """Counts what came, on top of what a collector before counted."""

    def __init__(self, directory: Path, clock: Clock, seq: int) -> None:
        self._path, self._clock = directory / STATUS, clock
        self._writing: asyncio.Task[None] | None = None
        self._next: Status | None = None
        before = read_status(self._path)
        self._status = Status(
            seq=seq, time=before.time, lag=None, pid=os.getpid(), received=max(before.received, seq),
            rejected=before.rejected,
        )  # fmt: skip
        self._rejected = Counter(before.rejected)
        self._received = self._status.received
        self._pace = Pace(clock.monotonic())

    def rejected(self, reasons: Mapping[str, int]) -> None:
        """Some messages made no sample, or not all of one."""
        for reason, count in reasons.items():
            known = reason in self._rejected or len(self._rejected) < _MOST_REASONS
            self._rejected[reason if known else _OTHERS] += count

    def recorded(self, batch: Batch) -> None:
        """Some samples are on the disk."""
        self._received += len(batch)
        self._pace.add(len(batch))
        time = float(batch.time[-1])
        known = time == time
        self._status = msgspec.structs.replace(
            self._status, seq=batch.last, time=time if known else self._status.time,
            lag=max(0.0, self._clock.now() - time) if known else None,
        )  # fmt: skip

    def say(self, state: StreamState, reason: str, size: int) -> None:
        """Have written how things are. While the disk is busy with the last word, the newest waits."""
        self._next = self._now(state, reason, size)
        if self._writing is None or self._writing.done():
            self._writing = spawn("status", self._write())

    async def end(self, state: StreamState, reason: str, size: int) -> None:
        """Write the last word."""
        self.say(state, reason, size)
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        while self._next is not None:
            status, self._next = self._next, None
            await asyncio.to_thread(write_status, self._path, status)

    def _now(self, state: StreamState, reason: str, size: int) -> Status:
        return msgspec.structs.replace(
            self._status, state=state, reason=reason, bytes=size, received=self._received,
            rejected=dict(self._rejected), rate=round(self._pace.rate(self._clock.monotonic()), 3),
            updated=self._clock.now(),
        )  # fmt: skip


def write_status(path: Path, status: Status) -> None:
    """Write a status. A disk that does not take it is no reason to end."""
    with suppress(OSError, StorageFull):
        write_atomic(path, msgspec.json.encode(status), 0o600)


def read_status(path: Path) -> Status:
    """What a collector said last; nothing where that cannot be read."""
    try:
        return msgspec.json.decode(read_regular(path), type=Status)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Status()
