"""The table of kept versions. Each function runs within a transaction of its caller."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from jupyter_crispdm.base.database import metadata

versions = sa.Table(
    "file_versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("path", sa.Text, nullable=False, index=True),
    sa.Column("saved", sa.Float, nullable=False, index=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(255), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class VersionRow:
    """A version as it is kept; `id` is 0 before. `saved` is in seconds since the epoch."""

    path: str
    saved: float
    size: int
    by: str
    digest: str
    id: int = 0


def versions_of(connection: sa.Connection, path: str) -> list[VersionRow]:
    """The versions of a file, newest first."""
    query = sa.select(versions).where(versions.c.path == path)
    return [_version(row) for row in connection.execute(query.order_by(versions.c.saved.desc(), versions.c.id.desc()))]


def find(connection: sa.Connection, id: int) -> VersionRow | None:
    """One version."""
    row = connection.execute(sa.select(versions).where(versions.c.id == id)).one_or_none()
    return None if row is None else _version(row)


def add(connection: sa.Connection, row: VersionRow) -> None:
    """Keep a version."""
    connection.execute(versions.insert().values(
        path=row.path, saved=row.saved, size=row.size, by=row.by, digest=row.digest))


def drop(connection: sa.Connection, ids: Collection[int]) -> None:
    """Forget versions."""
    connection.execute(versions.delete().where(versions.c.id.in_(list(ids))))


def oldest(connection: sa.Connection, count: int) -> list[VersionRow]:
    """The oldest of all versions, but for the newest of each file."""
    newest = sa.select(sa.func.max(versions.c.id)).group_by(versions.c.path)
    query = sa.select(versions).where(versions.c.id.not_in(newest)).order_by(versions.c.saved, versions.c.id)
    return [_version(row) for row in connection.execute(query.limit(count))]


def total_size(connection: sa.Connection) -> int:
    """The bytes of all versions."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(versions.c.size), 0))).scalar_one())


def move(connection: sa.Connection, path: str, to: str) -> None:
    """A file, or a folder with all in it, is called otherwise from now on."""
    below = versions.c.path.startswith(f"{path}/", autoescape=True)
    rest = sa.func.substr(versions.c.path, len(path) + 1)
    moved = versions.update().where(sa.or_(versions.c.path == path, below))
    connection.execute(moved.values(path=sa.literal(to) + rest))


def in_use(connection: sa.Connection, digests: Collection[str]) -> set[str]:
    """Those of some digests that a version names."""
    query = sa.select(versions.c.digest).where(versions.c.digest.in_(list(digests)))
    return set(connection.execute(query).scalars())


def _version(row: sa.Row[Any]) -> VersionRow:
    return VersionRow(row.path, row.saved, row.size, row.by, row.digest, row.id)
