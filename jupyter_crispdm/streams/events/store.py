"""The tables of alarms and of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database, metadata

from ..store import readable, streams
from .types import EventState, Label, NewLabel, StreamEvent

events = sa.Table(
    "stream_events",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("stream", sa.String(64), nullable=False),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("time", sa.Float, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.UniqueConstraint("stream", "id"),
    sa.Index("ix_stream_events_time", "stream", "time"),
    sa.Index("ix_stream_events_open", "stream", "open"),
    sqlite_autoincrement=True,
)
labels = sa.Table(
    "stream_labels",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("stream", sa.String(64), nullable=False),
    sa.Column("start", sa.Float, nullable=False),
    sa.Column("end", sa.Float, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Index("ix_stream_labels_stream", "stream", "start"),
    sqlite_autoincrement=True,
)


class EventStore:
    """Alarms and labels: typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def alarms_read(self, stream: str) -> int:
        """How many bytes of a stream's alarms.jsonl have been taken in."""
        query = sa.select(streams.c.alarms_read).where(streams.c.id == stream)
        return int(await self._database.read(lambda connection: connection.execute(query).scalar()) or 0)

    async def put(self, stream: str, changed: Sequence[StreamEvent], alarms_read: int | None = None) -> None:
        """Insert or replace alarms, and note how far they were read. Raises StorageFull."""

        def change(connection: sa.Connection) -> None:
            for event in changed:
                row = _row(event)
                same = (events.c.stream == stream) & (events.c.id == event.id)
                if not connection.execute(sa.update(events).where(same).values(**row)).rowcount:
                    connection.execute(sa.insert(events), {"stream": stream, "id": event.id, **row})
            if alarms_read is not None:
                connection.execute(sa.update(streams).where(streams.c.id == stream).values(alarms_read=alarms_read))

        await self._database.write(change)

    async def forget(self, stream: str) -> None:
        """Forget all of a stream. Raises StorageFull."""

        def change(connection: sa.Connection) -> None:
            connection.execute(sa.delete(events).where(events.c.stream == stream))
            connection.execute(sa.delete(labels).where(labels.c.stream == stream))

        await self._database.write(change)

    async def get(self, stream: str, id: str) -> StreamEvent | None:
        """One alarm, or None."""
        query = sa.select(events.c.event).where((events.c.stream == stream) & (events.c.id == id))
        text = await self._database.read(lambda connection: connection.execute(query).scalar())
        return None if text is None else next(readable(text, StreamEvent, f"an alarm of {stream}"), None)

    async def find(
        self, stream: str, *, only_open: bool = False, limit: int | None = None, before: StreamEvent | None = None
    ) -> list[StreamEvent]:
        """Alarms of a stream, newest first."""
        query = sa.select(events.c.event).where(events.c.stream == stream)
        query = query.order_by(events.c.time.desc(), events.c.id.desc()).limit(limit)
        if only_open:
            query = query.where(events.c.open)
        if before is not None:
            place = sa.tuple_(sa.literal(before.time), sa.literal(before.id))
            query = query.where(sa.tuple_(events.c.time, events.c.id) < place)
        texts = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [event for text in texts for event in readable(text, StreamEvent, f"an alarm of {stream}")]

    async def labels(self, stream: str) -> list[Label]:
        """Labelled spans, oldest first."""
        query = sa.select(labels).where(labels.c.stream == stream).order_by(labels.c.start, labels.c.id)
        return [_label(row) for row in await self._database.read(lambda connection: connection.execute(query).all())]

    async def add_label(self, stream: str, new: NewLabel, by: str, created: float) -> Label:
        """Keep a labelled span. Raises StorageFull."""
        row = {"stream": stream, "start": new.start, "end": new.end, "label": new.label, "by": by, "created": created}

        def change(connection: sa.Connection) -> int:
            (key,) = connection.execute(sa.insert(labels), row).inserted_primary_key or (0,)
            return int(key)

        id = await self._database.write(change)
        return Label(id=id, start=new.start, end=new.end, label=new.label, by=by, created=utc(created))

    async def remove_label(self, stream: str, id: int, by: str | None) -> bool:
        """Forget a label, of anybody or only one of `by`; whether there was such a one. Raises StorageFull."""
        statement = sa.delete(labels).where((labels.c.stream == stream) & (labels.c.id == id))
        if by is not None:
            statement = statement.where(labels.c.by == by)
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))


def _row(event: StreamEvent) -> dict[str, Any]:
    is_open = event.state is not EventState.cleared
    return {"time": event.time, "open": is_open, "event": msgspec.json.encode(event).decode()}


def _label(row: sa.Row[Any]) -> Label:
    return Label(id=row.id, start=row.start, end=row.end, label=row.label, by=row.by, created=utc(row.created))
