"""Tables and queries of snapshots: typed in, typed out. Each function runs within a transaction of its caller.

What belongs to a user goes with them, also where nobody but the database is there to see it: the column `user` refers
to the table of users where the owner is one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from jupyter_crispdm.auth.store import users
from jupyter_crispdm.base.database import metadata

from .values import Value

_T = TypeVar("_T")
_AT_ONCE = 500  # names in one query; databases have a limit


def _user() -> sa.Column[str]:
    return sa.Column("user", sa.String(64), sa.ForeignKey("users.name", ondelete="CASCADE"), index=True)


snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("owner", sa.String(255), primary_key=True),
    sa.Column("page", sa.String(200), primary_key=True),
    sa.Column("began", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("saved", sa.Float, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    _user(),
)
fields = sa.Table(
    "snapshot_fields",
    metadata,
    sa.Column("owner", sa.String(255), primary_key=True),
    sa.Column("page", sa.String(200), primary_key=True),
    sa.Column("name", sa.String(300), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("digest", sa.String(64), index=True),
    sa.ForeignKeyConstraint(
        ["owner", "page"], ["snapshots.owner", "snapshots.page"], name="fk_snapshot_fields_page", ondelete="CASCADE"
    ),
)
counter = sa.Table(
    "snapshot_counter",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)
works = sa.Table(
    "saved_works",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("page", sa.String(200), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("saved", sa.Float, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    _user(),
    sa.UniqueConstraint("owner", "page", "name", name="uq_saved_works_name"),
    sa.Index("ix_saved_works_page", "page"),
)
work_values = sa.Table(
    "saved_values",
    metadata,
    sa.Column("work", sa.Integer, sa.ForeignKey("saved_works.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(300), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("digest", sa.String(64), index=True),
)


@dataclass(frozen=True)
class Key:
    """A page of a person."""

    owner: str
    page: str


@dataclass(frozen=True)
class Head:
    """A page that saved itself, without its fields. `saved` is in seconds since the epoch.

    `began` is its first revision: what somebody knows of a lower one is of a page that was forgotten.
    """

    page: str
    began: int
    revision: int
    saved: float
    size: int


@dataclass(frozen=True)
class WorkRow:
    """Saved work without its values; `id` is 0 before it is kept."""

    owner: str
    page: str
    name: str
    saved: float
    size: int
    note: str
    shared: bool
    id: int = 0


# Revisions


def next_revision(connection: sa.Connection, at_least: int) -> int:
    """A number greater than all that were given before, and not below `at_least`: one count for all pages.

    So a page that was forgotten and saved again does not begin anew, and neither does a database that lost its last
    transactions with the machine's power, where the caller asks for the time.
    """
    last = connection.execute(sa.select(counter.c.last).where(counter.c.id == 1)).scalar()
    revision = max(at_least, (last or 0) + 1)
    if last is None:
        connection.execute(counter.insert().values(id=1, last=revision))
    else:
        connection.execute(counter.update().where(counter.c.id == 1).values(last=revision))
    return revision


# Pages


def find_head(connection: sa.Connection, key: Key) -> Head | None:
    """A page of a person."""
    row = connection.execute(_heads(key.owner).where(snapshots.c.page == key.page)).one_or_none()
    return None if row is None else _head(row)


def heads_of(connection: sa.Connection, owner: str) -> list[Head]:
    """Every page of a person, saved last first."""
    rows = connection.execute(_heads(owner).order_by(snapshots.c.saved.desc(), snapshots.c.page))
    return [_head(row) for row in rows]


def set_head(connection: sa.Connection, key: Key, head: Head) -> None:
    """Add or replace a page's row; its fields stay."""
    changed = {"began": head.began, "revision": head.revision, "saved": head.saved, "size": head.size}
    if not connection.execute(snapshots.update().where(*_of(snapshots, key)).values(changed)).rowcount:
        connection.execute(snapshots.insert().values(
            owner=key.owner, page=key.page, user=_user_called(key.owner), **changed))


def drop_pages(connection: sa.Connection, owner: str, page: str | None = None) -> tuple[int, set[str]]:
    """Forget one page of a person or all: how many there were, and the digests that they named."""
    which = [fields.c.owner == owner, *([fields.c.page == page] if page is not None else [])]
    digests = set(connection.execute(sa.select(fields.c.digest).where(fields.c.digest.is_not(None), *which)).scalars())
    key = [snapshots.c.owner == owner, *([snapshots.c.page == page] if page is not None else [])]
    return connection.execute(snapshots.delete().where(*key)).rowcount, digests


# Fields of a page


def values_of(connection: sa.Connection, key: Key, after: int = 0) -> dict[str, Value]:
    """The fields of a page that changed after a revision, by name."""
    query = sa.select(fields.c.name, fields.c.size, fields.c.value, fields.c.digest)
    rows = connection.execute(query.where(*_of(fields, key), fields.c.revision > after).order_by(fields.c.name))
    return {row.name: Value(row.size, row.value, row.digest) for row in rows}


def values_named(connection: sa.Connection, key: Key, names: Iterable[str]) -> dict[str, Value]:
    """Those fields of a page that there are among some names."""
    query = sa.select(fields.c.name, fields.c.size, fields.c.value, fields.c.digest).where(*_of(fields, key))
    rows = [row for part in _parts(names) for row in connection.execute(query.where(fields.c.name.in_(part)))]
    return {row.name: Value(row.size, row.value, row.digest) for row in rows}


def count_fields(connection: sa.Connection, key: Key) -> int:
    """How many fields a page has."""
    query = sa.select(sa.func.count()).select_from(fields).where(*_of(fields, key))
    return int(connection.execute(query).scalar_one())


def set_fields(connection: sa.Connection, key: Key, values: Mapping[str, Value], revision: int) -> None:
    """Add or replace fields of a page."""
    drop_fields(connection, key, values)
    rows = [{"owner": key.owner, "page": key.page, "name": name, "revision": revision, **_columns(value)}
            for name, value in values.items()]
    if rows:
        connection.execute(fields.insert(), rows)


def drop_fields(connection: sa.Connection, key: Key, names: Iterable[str]) -> None:
    """Remove fields of a page."""
    for part in _parts(names):
        connection.execute(fields.delete().where(*_of(fields, key), fields.c.name.in_(part)))


# Saved work


def find_work(connection: sa.Connection, key: Key, name: str) -> WorkRow | None:
    """A person's work of that name."""
    row = connection.execute(_works().where(*_of(works, key), works.c.name == name)).one_or_none()
    return None if row is None else _work(row)


def works_of(connection: sa.Connection, key: Key) -> list[WorkRow]:
    """What a person saved of a page and what others share of it, saved last first."""
    theirs = sa.or_(works.c.owner == key.owner, works.c.shared)
    order = (works.c.saved.desc(), works.c.owner, works.c.name)
    rows = connection.execute(_works().where(works.c.page == key.page, theirs).order_by(*order))
    return [_work(row) for row in rows]


def add_work(connection: sa.Connection, row: WorkRow, values: Mapping[str, Value]) -> None:
    """Keep work."""
    added = connection.execute(works.insert().values(
        owner=row.owner, page=row.page, name=row.name, saved=row.saved, size=row.size, note=row.note,
        shared=row.shared, user=_user_called(row.owner)))
    id = added.inserted_primary_key[0] if added.inserted_primary_key else 0
    rows = [{"work": id, "name": name, **_columns(value)} for name, value in values.items()]
    if rows:
        connection.execute(work_values.insert(), rows)


def work_contents(connection: sa.Connection, id: int) -> dict[str, Value]:
    """The values of saved work, by name."""
    query = sa.select(work_values.c.name, work_values.c.size, work_values.c.value, work_values.c.digest)
    rows = connection.execute(query.where(work_values.c.work == id).order_by(work_values.c.name))
    return {row.name: Value(row.size, row.value, row.digest) for row in rows}


def set_work(connection: sa.Connection, row: WorkRow) -> None:
    """Change name, note and whether it is shared."""
    changed = {"name": row.name, "note": row.note, "shared": row.shared}
    connection.execute(works.update().where(works.c.id == row.id).values(changed))


def drop_work(connection: sa.Connection, id: int) -> None:
    """Forget work and its values."""
    connection.execute(works.delete().where(works.c.id == id))


# What a person has


def pages_of(connection: sa.Connection, owner: str) -> int:
    """How many pages saved themselves for a person."""
    query = sa.select(sa.func.count()).select_from(snapshots).where(snapshots.c.owner == owner)
    return int(connection.execute(query).scalar_one())


def count_works(connection: sa.Connection, owner: str) -> int:
    """How much work a person has saved under a name."""
    query = sa.select(sa.func.count()).select_from(works).where(works.c.owner == owner)
    return int(connection.execute(query).scalar_one())


def bytes_of(connection: sa.Connection, owner: str) -> int:
    """The bytes of all that is saved of a person."""
    sums = [sa.select(sa.func.coalesce(sa.func.sum(table.c.size), 0)).where(table.c.owner == owner)
            for table in (snapshots, works)]
    return sum(int(connection.execute(query).scalar_one()) for query in sums)


def digests_in_use(connection: sa.Connection, digests: Collection[str]) -> set[str]:
    """Those of some digests that a row names."""
    found: set[str] = set()
    for part in _parts(digests):
        for table in (fields, work_values):
            found |= set(connection.execute(sa.select(table.c.digest).where(table.c.digest.in_(part))).scalars())
    return found


def _heads(owner: str) -> sa.Select[tuple[str, int, int, float, int]]:
    columns = (snapshots.c.page, snapshots.c.began, snapshots.c.revision, snapshots.c.saved, snapshots.c.size)
    return sa.select(*columns).where(snapshots.c.owner == owner)


def _works() -> sa.Select[tuple[str, str, str, float, int, str, bool, int]]:
    return sa.select(works.c.owner, works.c.page, works.c.name, works.c.saved, works.c.size, works.c.note,
                     works.c.shared, works.c.id)


def _head(row: sa.Row[Any]) -> Head:
    return Head(row.page, row.began, row.revision, row.saved, row.size)


def _work(row: sa.Row[Any]) -> WorkRow:
    return WorkRow(row.owner, row.page, row.name, row.saved, row.size, row.note, row.shared, row.id)


def _of(table: sa.Table, key: Key) -> Sequence[sa.ColumnElement[bool]]:
    return [table.c.owner == key.owner, table.c.page == key.page]


def _columns(value: Value) -> dict[str, object]:
    return {"size": value.size, "value": value.text, "digest": value.digest}


def _user_called(owner: str) -> sa.ScalarSelect[str]:
    """The owner, where they are one of our users."""
    return sa.select(users.c.name).where(users.c.name == owner).scalar_subquery()


def _parts(items: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(items)
    while part := list(islice(remaining, _AT_ONCE)):
        yield part
