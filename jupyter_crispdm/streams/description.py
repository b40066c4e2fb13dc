"""A stream in words: for those who ask, and for its collector."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jupyter_crispdm.base.clock import utc

from .collecting.health import Health
from .limits import Limits
from .store import StreamRecord
from .types import Spec, Status, Stream, StreamState

_DAY = 86400.0
_NOTHING = Status()


def described(
    record: StreamRecord, status: Status | None, health: Health, directory: Path, open_alarms: int,
    last_alarm: datetime | None,
) -> Stream:  # fmt: skip
    """A stream as it is now; a rate is told only of one that runs."""
    known = status or _NOTHING
    runs = health.state is StreamState.running
    return Stream(
        id=record.id, name=record.name, source=record.source, state=health.state, reason=health.reason,
        rate=known.rate if runs else 0.0, lag=known.lag if runs else None, received=known.received, seq=known.seq,
        time=known.time, rejected=known.rejected, bytes=known.bytes, directory=str(directory), window=record.window,
        backup_seconds=record.backup_seconds, alert=record.alert, detectors=record.detectors,
        keep_days=record.keep_days, keep_bytes=record.keep_bytes, shared=record.shared, job=record.job,
        owner=record.owner, created=utc(record.created), open_alarms=open_alarms, last_alarm=last_alarm,
    )  # fmt: skip


def spec_of(record: StreamRecord, place: str, limits: Limits) -> Spec:
    """What a stream's collector is to do."""
    days = limits.days_of(record.keep_days)
    return Spec(
        id=record.id, name=record.name, source=record.source, window=record.window,
        backup_seconds=record.backup_seconds, alert=record.alert, detectors=record.detectors,
        keep_seconds=None if days is None else days * _DAY, keep_bytes=limits.bytes_of(record.keep_bytes), place=place,
    )  # fmt: skip
