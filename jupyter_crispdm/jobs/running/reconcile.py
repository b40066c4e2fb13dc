"""After a start: bring the table and the job directories together. The files win."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.files.disk import on_disk

from ..directory import JobDirectories, JobDirectory
from ..executors.port import Executor, NotStarted
from ..store import JobRecord, JobStore
from ..types import JobState
from .attempts import to_attempt

_log = logging.getLogger(__name__)
_AT_ONCE = 50


@dataclass
class Leftovers:
    """What the last server process left.

    `queued` never started and goes back into the queue, oldest first; `started` is followed on; `stopped` was
    told to stop before it started; `missing` has no directory any more.
    """

    queued: list[JobRecord] = field(default_factory=list)
    started: list[JobRecord] = field(default_factory=list)
    stopped: list[JobRecord] = field(default_factory=list)
    missing: list[JobRecord] = field(default_factory=list)


async def take_stock(directories: JobDirectories, store: JobStore, executor: Executor, now: float) -> Leftovers:
    """Compare rows and directories, and sort out every job that is not known to be over."""
    discarded = await asyncio.to_thread(directories.discarded)
    await store.delete(discarded)
    await asyncio.to_thread(directories.sweep)
    present = await asyncio.to_thread(directories.ids)
    unknown = present - await store.ids()
    open_rows = await store.find(states=[state for state in JobState if not state.final])
    rebuilt = await asyncio.to_thread(_rebuild, directories, unknown)
    if rebuilt:
        _log.warning("%d jobs were missing from the database and are rebuilt from their directories.", len(rebuilt))
    found = Leftovers()
    open_records = sorted([*open_rows, *rebuilt], key=lambda record: record.job.created)
    for start in range(0, len(open_records), _AT_ONCE):
        some = open_records[start : start + _AT_ONCE]
        await asyncio.gather(*(_sort(record, present, directories, executor, found, now) for record in some))
    for jobs in (found.queued, found.started):
        jobs.sort(key=lambda record: record.job.created)
    return found


def lost(record: JobRecord, clock: Clock) -> JobRecord:
    """The record of a job whose directory is gone."""
    job = msgspec.structs.replace(
        record.job, state=JobState.lost, reason="its directory is gone", ended=utc(clock.now())
    )
    return msgspec.structs.replace(record, job=job)


async def _sort(
    record: JobRecord, present: set[str], directories: JobDirectories, executor: Executor, found: Leftovers, now: float
) -> None:
    job = record.job
    if job.id not in present:
        found.missing.append(record)
        return
    directory = directories.at(job.id)
    record, devices = await on_disk(directory.path, _bring_up_to_date, record, directory, now)
    seen = await executor.observe(directory.path)
    unstarted = isinstance(seen, NotStarted) and not seen.claimed
    if not unstarted:
        reason = record.failure if job.state is JobState.queued else job.reason  # what it waited for is no news
        found.started.append(_with(record, devices=devices, reason=reason))
    elif job.state is JobState.stopping:
        found.stopped.append(record)
    else:
        await on_disk(directory.path, directory.grant, None)
        found.queued.append(_with(record, state=JobState.queued, pid=None, started=None, devices=[]))


def _bring_up_to_date(record: JobRecord, directory: JobDirectory, now: float) -> tuple[JobRecord, list[str]]:
    """The record with what the files say of its attempts, and the GPUs it was given."""
    attempt, last = directory.attempt(), directory.last_attempt()
    current = _with(record, attempt=attempt) if last is None else to_attempt(record, attempt, last, now)
    return current, directory.devices()


def _with(record: JobRecord, **fields: Any) -> JobRecord:
    return msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, **fields))


def _rebuild(directories: JobDirectories, ids: set[str]) -> list[JobRecord]:
    records = []
    for id in sorted(ids):
        try:
            record = directories.at(id).record()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            _log.warning("The directory of job %s has no usable spec.json and is left alone: %s", id, error)
            continue
        if record.job.id == id:  # else somebody copied it
            records.append(record)
    return records
