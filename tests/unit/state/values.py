"""Values in a directory of their own."""

from __future__ import annotations

from pathlib import Path

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.state.backends.database import DatabaseBackend
from jupyter_crispdm.state.entries import Limits
from jupyter_crispdm.state.leases import Holder
from jupyter_crispdm.state.manager import Caller, StateManager
from tests.support import FakeClock

ADA = Caller("ada", Role.ANALYST)


class Values:
    """A manager over a database, and the keys that it said have ended; `again` is what a restart leaves."""

    def __init__(self, directory: Path) -> None:
        self._directory, self.clock, self.ended = directory, FakeClock(), list[str]()
        self.holder = Holder("ada")
        self._open()

    def _open(self) -> None:
        self.database = Database.in_directory(self._directory)
        self.database.start_sync()
        self.backend = DatabaseBackend(self.database, self.clock)
        self.manager = StateManager(self.backend, Limits(), self.clock, lambda key: None)
        self.manager.on_ended(self._end)

    async def _end(self, key: str) -> None:
        self.ended.append(key)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close_sync()

    async def again(self) -> None:
        """Begin anew with what was kept."""
        self.close()
        self._open()
        await self.backend.start(lambda key: None, lambda key, ticket: None)
