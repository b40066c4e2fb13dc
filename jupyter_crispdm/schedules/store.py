"""The table of schedules: what is planned, and up to which time it was seen to."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata
from jupyter_crispdm.jobs.types import Submission

from .types import Missed, Overlap

_log = logging.getLogger(__name__)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it is kept. All that was due until `settled` is seen to. Times are seconds since the epoch."""

    id: str
    name: str
    cron: str
    timezone: str
    missed: Missed
    overlap: Overlap
    paused: bool
    submission: Submission
    owner: str
    created: float
    settled: float
    last_run: float | None = None
    last_job: str | None = None
    reason: str = ""


class ScheduleStore:
    """Typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Plan]:
        """Every plan, oldest first."""
        query = sa.select(schedules.c.id, schedules.c.plan).order_by(schedules.c.created, schedules.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [plan for row in rows for plan in _read(row.id, row.plan)]

    async def put(self, plan: Plan) -> None:
        """Insert or replace a plan. Raises StorageFull."""
        row = {"id": plan.id, "created": plan.created, "plan": msgspec.json.encode(plan).decode()}

        def change(connection: sa.Connection) -> None:
            connection.execute(sa.delete(schedules).where(schedules.c.id == plan.id))
            connection.execute(sa.insert(schedules), row)

        await self._database.write(change)

    async def remove(self, id: str) -> None:
        """Forget a plan. Raises StorageFull."""
        statement = sa.delete(schedules).where(schedules.c.id == id)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)


def _read(id: str, text: str) -> Iterator[Plan]:
    try:
        yield msgspec.json.decode(text, type=Plan)
    except msgspec.MsgspecError as error:  # written by another version: the others must not suffer
        _log.error("The schedule %s cannot be read and is left alone: %s", id, error)
