"""Tables and queries of shared values: typed in, typed out. Each function runs within a transaction of its caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.database import metadata

from .entries import Entry, Held
from .once import Answer

values = sa.Table(
    "state_values",
    metadata,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("notified", sa.BigInteger, nullable=False),
    sa.Column("updated", sa.Float, nullable=False),
    sa.Column("expires", sa.Float),
    sa.Column("by", sa.String(255), nullable=False),
    sa.Column("session", sa.String(200), nullable=False),
    sa.Column("read", sa.String(16), nullable=False),
    sa.Column("write", sa.String(16), nullable=False),
    sa.Column("value", sa.LargeBinary),
    sa.Column("content", sa.Text),
    sa.Column("ended", sa.BigInteger, nullable=False, server_default="0"),
)
floors = sa.Table(
    "state_floor",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
leases = sa.Table(
    "state_leases",
    metadata,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("holder", sa.String(255), nullable=False),
    sa.Column("session", sa.String(200), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
answers = sa.Table(
    "state_answers",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
)


class LeaseRow(NamedTuple):
    """A lock as it is kept over a restart; `until` is in seconds since the epoch."""

    id: str
    holder: str
    session: str
    until: float


def all_entries(connection: sa.Connection) -> list[Entry]:
    """Every value, also those that were deleted a while ago."""
    return [_entry(row) for row in connection.execute(sa.select(values))]


def set_entries(connection: sa.Connection, entries: Iterable[Entry]) -> None:
    """Add or replace values."""
    for entry in entries:
        columns = _columns(entry)
        if not connection.execute(values.update().where(values.c.key == entry.key).values(columns)).rowcount:
            connection.execute(values.insert().values(key=entry.key, **columns))


def forget(connection: sa.Connection, keys: Iterable[str], floor: int) -> None:
    """Forget values that were deleted; whatever is made anew is above the floor."""
    for key in keys:
        connection.execute(values.delete().where(values.c.key == key))
    if not connection.execute(floors.update().where(floors.c.id == 1).values(version=floor)).rowcount:
        connection.execute(floors.insert().values(id=1, version=floor))


def floor(connection: sa.Connection) -> int:
    """The greatest version that was forgotten."""
    return int(connection.execute(sa.select(floors.c.version)).scalar() or 0)


def all_leases(connection: sa.Connection) -> dict[str, LeaseRow]:
    """Every lock that somebody held, by key."""
    rows = connection.execute(sa.select(leases))
    return {row.key: LeaseRow(row.id, row.holder, row.session, row.until) for row in rows}


def set_leases(connection: sa.Connection, changed: Mapping[str, LeaseRow | None]) -> None:
    """Keep locks, and forget those that are free."""
    for key, row in changed.items():
        connection.execute(leases.delete().where(leases.c.key == key))
        if row is not None:
            connection.execute(leases.insert().values(key=key, **row._asdict()))


def answer(connection: sa.Connection, name: str, now: float) -> Answer | None:
    """What a change was answered; None where that is not known, or no more."""
    query = sa.select(answers.c.answer).where(answers.c.name == name, answers.c.until > now)
    found = connection.scalar(query)
    return None if found is None else msgspec.json.decode(found, type=Answer)


def set_answers(connection: sa.Connection, given: Mapping[str, Answer]) -> None:
    """Keep what changes were answered."""
    for name, one in given.items():
        connection.execute(answers.delete().where(answers.c.name == name))
        connection.execute(answers.insert().values(name=name, until=one.until, answer=msgspec.json.encode(one)))


def forget_answers(connection: sa.Connection, now: float) -> bool:
    """Forget the answers whose time is over; whether there are others."""
    connection.execute(answers.delete().where(answers.c.until <= now))
    return connection.scalar(sa.select(answers.c.name).limit(1)) is not None


def _columns(entry: Entry) -> dict[str, Any]:
    content = None if entry.content is None else msgspec.json.encode(entry.content).decode()
    return {
        "version": entry.version, "notified": entry.notified, "updated": entry.updated, "expires": entry.expires,
        "by": entry.by, "session": entry.session, "read": entry.read.value, "write": entry.write.value,
        "value": entry.value, "content": content, "ended": entry.ended,
    }  # fmt: skip


def _entry(row: Any) -> Entry:
    return Entry(
        key=row.key, version=row.version, notified=row.notified, updated=row.updated, expires=row.expires, by=row.by,
        session=row.session, read=UserRole(row.read), write=UserRole(row.write), value=row.value, ended=row.ended,
        content=None if row.content is None else msgspec.json.decode(row.content, type=Held),
    )
