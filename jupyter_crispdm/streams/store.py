"""The table of streams: a cache of what their directories say, so that it can be rebuilt."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata

from .types import Alert, Detector, Source

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

streams = sa.Table(
    "streams",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("alarms_read", sa.BigInteger, nullable=False),  # events/store.py: bytes of its alarms.jsonl
    sa.Column("record", sa.Text, nullable=False),
)

class StreamRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A stream as it is kept, in the table and in its directory as `record.json`.

    `wanted`: it is to be collected, by `job`. `reason` says why it is not, where nobody stopped it.
    """

    id: str
    name: str
    source: Source
    window: int
    backup_seconds: float
    alert: Alert | None
    detectors: list[Detector]
    keep_days: float | None
    keep_bytes: int | None
    shared: bool
    owner: str
    created: float
    wanted: bool = False
    job: str | None = None
    reason: str = ""


class StreamStore:
    """Typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[StreamRecord]:
        """Every stream, oldest first."""
        query = sa.select(streams.c.id, streams.c.record).order_by(streams.c.created, streams.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [record for row in rows for record in readable(row.record, StreamRecord, f"the stream {row.id}")]

    async def put(self, record: StreamRecord) -> None:
        """Insert or replace a stream. Raises StorageFull."""
        text = msgspec.json.encode(record).decode()

        def change(connection: sa.Connection) -> None:
            known = sa.update(streams).where(streams.c.id == record.id).values(record=text)
            if not connection.execute(known).rowcount:
                row = {"id": record.id, "created": record.created, "alarms_read": 0, "record": text}
                connection.execute(sa.insert(streams), row)

        await self._database.write(change)

    async def remove(self, id: str) -> None:
        """Forget a stream. Raises StorageFull."""
        statement = sa.delete(streams).where(streams.c.id == id)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)


def readable(text: str, kind: type[_T], what: str) -> Iterator[_T]:
    """What is kept as JSON, or nothing where another version has written it otherwise."""
    try:
        yield msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:  # written by another version: the others must not suffer
        _log.error("What is kept of %s cannot be read and is left alone: %s", what, error)
