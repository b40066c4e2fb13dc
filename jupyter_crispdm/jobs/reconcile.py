"""After a start: bring the table and the job directories together. The files win."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import msgspec

from jupyter_crispdm.base.clock import Clock, utc

from .directory import JobDirectories
from .executors.port import Executor, NotStarted
from .store import JobStore, Record
from .types import JobState

_log = logging.getLogger(__name__)
_AT_ONCE = 50


@dataclass
class Found:
    """What the last server process left.

    `queued` never started and goes back into the queue, oldest first; `started` is followed on; `stopped` was
    told to stop before it started; `missing` has no directory any more.
    """

    queued: list[Record] = field(default_factory=list)
    started: list[Record] = field(default_factory=list)
    stopped: list[Record] = field(default_factory=list)
    missing: list[Record] = field(default_factory=list)


async def take_stock(directories: JobDirectories, store: JobStore, executor: Executor) -> Found:
    """Compare rows and directories, and sort out every job that is not known to be over."""
    discarded = await asyncio.to_thread(directories.discarded)
    await store.delete(discarded)
    await asyncio.to_thread(directories.sweep)
    on_disk = await asyncio.to_thread(directories.ids)
    unknown = on_disk - await store.ids()
    open_rows = await store.list(states=[state for state in JobState if not state.final])
    rebuilt = await asyncio.to_thread(_rebuild, directories, unknown)
    if rebuilt:
        _log.warning("%d jobs were missing from the database and are rebuilt from their directories.", len(rebuilt))
    found = Found()
    open_records = sorted([*open_rows, *rebuilt], key=lambda record: record.job.created)
    for start in range(0, len(open_records), _AT_ONCE):
        some = open_records[start : start + _AT_ONCE]
        await asyncio.gather(*(_sort(record, on_disk, directories, executor, found) for record in some))
    for jobs in (found.queued, found.started):
        jobs.sort(key=lambda record: record.job.created)
    return found


def lost(record: Record, clock: Clock) -> Record:
    """The record of a job whose directory is gone."""
    job = msgspec.structs.replace(
        record.job, state=JobState.lost, reason="its directory is gone", ended=utc(clock.now())
    )
    return msgspec.structs.replace(record, job=job)


async def _sort(
    record: Record, on_disk: set[str], directories: JobDirectories, executor: Executor, found: Found
) -> None:
    job = record.job
    if job.id not in on_disk:
        found.missing.append(record)
        return
    directory = directories.at(job.id)
    attempt = await asyncio.to_thread(directory.attempt)
    job = msgspec.structs.replace(job, attempt=attempt)
    seen = await executor.observe(directory.path)
    unstarted = isinstance(seen, NotStarted) and not seen.claimed
    if not unstarted:
        found.started.append(msgspec.structs.replace(record, job=job))
    elif job.state is JobState.stopping:
        found.stopped.append(msgspec.structs.replace(record, job=job))
    else:
        job = msgspec.structs.replace(job, state=JobState.queued, pid=None, started=None)
        found.queued.append(msgspec.structs.replace(record, job=job))


def _rebuild(directories: JobDirectories, ids: set[str]) -> list[Record]:
    records = []
    for id in sorted(ids):
        try:
            record = directories.at(id).record()
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("The directory of job %s has no usable spec.json and is left alone: %s", id, error)
            continue
        if record.job.id == id:  # else somebody copied it
            records.append(record)
    return records
