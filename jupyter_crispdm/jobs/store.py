"""The jobs table: a cache of the job directories that can be filtered and paged."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata

from .types import Job, JobState

_log = logging.getLogger(__name__)

jobs_table = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Index("ix_jobs_created", "created", "id"),
    sa.Index("ix_jobs_state", "state"),
)


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A job with what only the server needs to know; also the `job` part of spec.json.

    `digest` tells a repeated submission from another one with the same id. `events_seen` counts the lines of
    events.jsonl that were handed to the callbacks. `failure` tells how the last attempt failed, `due` when the
    next one is (seconds since the epoch). `grace` is what the user allowed when they stopped it. `told` is whether the
    job is told of this server: not where it was submitted with another's address or token. A `service` is tried again
    for as long as it is wanted.
    """

    job: Job
    retries: int = 0
    retry_delay: float = 0.0
    after: list[str] = []
    digest: str = ""
    events_seen: int = 0
    failure: str = ""
    due: float | None = None
    grace: tuple[float, float] | None = None
    told: bool = True
    service: bool = False


class JobStore:
    """Typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, records: Sequence[JobRecord]) -> None:
        """Insert or replace rows, all in one transaction."""
        rows = [row for record in records if (row := _to_row(record)) is not None]

        def change(connection: sa.Connection) -> None:
            ids = [row["id"] for row in rows]
            connection.execute(sa.delete(jobs_table).where(jobs_table.c.id.in_(ids)))
            connection.execute(sa.insert(jobs_table), rows)

        if rows:
            await self._database.write(change)

    async def get(self, id: str) -> JobRecord | None:
        """One job, or None."""
        query = sa.select(jobs_table.c.record).where(jobs_table.c.id == id)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else _from_row(row)

    async def find(
        self,
        *,
        states: Iterable[JobState] | None = None,
        owner: str | None = None,
        tag: str | None = None,
        limit: int | None = None,
        before: JobRecord | None = None,
    ) -> list[JobRecord]:
        """Jobs, newest first."""
        table = jobs_table.c
        query = sa.select(table.record).order_by(table.created.desc(), table.id.desc())
        if tag is not None:  # any record that holds the word; `_tagged` looks whether it is a tag there
            query = query.where(table.record.contains(msgspec.json.encode(tag).decode(), autoescape=True))
        else:
            query = query.limit(limit)
        if states is not None:
            query = query.where(table.state.in_([state.value for state in states]))
        if owner is not None:
            query = query.where(table.owner == owner)
        if before is not None:
            newest = sa.tuple_(sa.literal(before.job.created.timestamp()), sa.literal(before.job.id))
            query = query.where(sa.tuple_(table.created, table.id) < newest)
        return await self._database.read(
            lambda connection: _tagged(filter(None, map(_from_row, connection.execute(query))), tag, limit))

    async def ids(self) -> set[str]:
        """The ids of all jobs."""
        query = sa.select(jobs_table.c.id)
        return set(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def delete(self, ids: Sequence[str]) -> None:
        """Forget jobs."""
        statement = sa.delete(jobs_table).where(jobs_table.c.id.in_(ids))
        if ids:
            await self._database.write(lambda connection: connection.execute(statement).rowcount)


def _tagged(records: Iterable[JobRecord], tag: str | None, limit: int | None) -> list[JobRecord]:
    return list(islice((record for record in records if tag is None or tag in record.job.tags), limit))


def _to_row(record: JobRecord) -> dict[str, Any] | None:
    """None for a record that cannot be written: the others are."""
    job = record.job
    try:
        encoded = msgspec.json.encode(record).decode()
    except (ValueError, OverflowError, RecursionError, TypeError):
        _log.exception("The row of job %s cannot be written.", job.id)
        return None
    return {
        "id": job.id,
        "owner": job.owner,
        "state": job.state.value,
        "created": job.created.timestamp(),
        "record": encoded,
    }


def _from_row(row: sa.Row[Any]) -> JobRecord | None:
    """None for a row that is damaged: the others are read."""
    try:
        return msgspec.json.decode(row.record, type=JobRecord)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _log.warning("A row of the jobs' table is damaged and left out: %s", error)
        return None
