"""The table of runs that were pushed. It may be lost: a run is then found on the server by its tag."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata

_log = logging.getLogger(__name__)
_AT_ONCE = 500

pushes_table = sa.Table(
    "run_pushes",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("pushed", sa.Text, nullable=False),
)


class Pushed(msgspec.Struct, frozen=True):
    """A run that was pushed: which one (`mark`), to the server at `uri`, where it is `run` of an `experiment`.

    `models` are the versions that its tag names, `trouble` says what of it was left out.
    """

    mark: str
    uri: str
    experiment: str
    run: str
    models: str = ""
    trouble: str = ""


class PushStore:
    """Typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, Pushed]:
        """Every run that was pushed, by its id."""
        query = sa.select(pushes_table.c.id, pushes_table.c.pushed)
        rows = await self._database.read(lambda connection: [(one.id, one.pushed) for one in connection.execute(query)])
        found: dict[str, Pushed] = {}
        for id, text in rows:
            try:
                found[id] = msgspec.json.decode(text, type=Pushed)
            except (msgspec.DecodeError, UnicodeDecodeError):
                _log.warning("What is kept of the pushed run %r cannot be read and is left out.", id)
        return found

    async def put(self, id: str, pushed: Pushed) -> None:
        """Note that a run was pushed. Raises StorageFull."""
        row = {"id": id, "pushed": msgspec.json.encode(pushed).decode()}

        def change(connection: sa.Connection) -> None:
            connection.execute(sa.delete(pushes_table).where(pushes_table.c.id == id))
            connection.execute(sa.insert(pushes_table), row)

        await self._database.write(change)

    async def forget(self, ids: Sequence[str]) -> None:
        """Forget runs that are gone. Raises StorageFull."""

        def change(connection: sa.Connection) -> None:
            for at in range(0, len(ids), _AT_ONCE):
                connection.execute(sa.delete(pushes_table).where(pushes_table.c.id.in_(ids[at : at + _AT_ONCE])))

        if ids:
            await self._database.write(change)
