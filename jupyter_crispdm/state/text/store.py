"""Tables and queries of shared text: typed in, typed out. Each function runs within a transaction of its caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.database import metadata

texts = sa.Table(
    "state_texts",
    metadata,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("epoch", sa.String(32), nullable=False),
    sa.Column("written", sa.Float, nullable=False),
    sa.Column("by", sa.String(255), nullable=False),
)
updates = sa.Table(
    "state_text_updates",
    metadata,
    sa.Column("key", sa.String(128), sa.ForeignKey("state_texts.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class Head:
    """A text without its updates: how they are numbered, when somebody wrote last, and who."""

    key: str
    epoch: str
    written: float
    by: str


def find(connection: sa.Connection, key: str) -> tuple[str, list[bytes]] | None:
    """The epoch of a text and its updates in their order; None where there is none."""
    epoch = connection.scalar(sa.select(texts.c.epoch).where(texts.c.key == key))
    if epoch is None:
        return None
    query = sa.select(updates.c.content).where(updates.c.key == key).order_by(updates.c.number)
    return str(epoch), [bytes(content) for content in connection.scalars(query)]


def state(connection: sa.Connection, key: str) -> tuple[str, int] | None:
    """The epoch of a text, and how many updates it has; None where there is none."""
    epoch = connection.scalar(sa.select(texts.c.epoch).where(texts.c.key == key))
    if epoch is None:
        return None
    query = sa.select(sa.func.count()).select_from(updates).where(updates.c.key == key)
    return str(epoch), connection.scalar(query) or 0


def set_head(connection: sa.Connection, head: Head) -> bool:
    """Note who wrote, and how the updates are numbered; whether the text is new."""
    values = {"epoch": head.epoch, "written": head.written, "by": head.by}
    if connection.execute(texts.update().where(texts.c.key == head.key).values(values)).rowcount:
        return False
    connection.execute(texts.insert().values(key=head.key, **values))
    return True


def add(connection: sa.Connection, key: str, number: int, content: bytes) -> None:
    """Keep an update."""
    connection.execute(updates.insert().values(key=key, number=number, content=content))


def replace(connection: sa.Connection, key: str, contents: Sequence[bytes]) -> None:
    """Keep these updates in the place of all that there are."""
    connection.execute(updates.delete().where(updates.c.key == key))
    for number, content in enumerate(contents):
        add(connection, key, number, content)


def count(connection: sa.Connection) -> int:
    """How many texts there are."""
    return connection.scalar(sa.select(sa.func.count()).select_from(texts)) or 0
