"""People who write, each in a document of their own, and the manager in a directory of its own."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from pycrdt import Doc, Text

from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.state import entries
from jupyter_crispdm.state.entries import Guard
from jupyter_crispdm.state.text import store
from jupyter_crispdm.state.text.keeping import DatabaseKeeping
from jupyter_crispdm.state.text.limits import Limits
from jupyter_crispdm.state.text.manager import TextManager
from jupyter_crispdm.state.text.types import SharedText
from tests.support import FakeClock


class Writer:
    """Somebody's copy of a text; what they write is among `said`, as updates."""

    def __init__(self, whole: bytes = b"", who: int | None = None) -> None:
        self.doc = Doc[Text](client_id=who)
        self.text = self.doc.get("text", type=Text)
        if whole:
            self.doc.apply_update(whole)
        self.said: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.said.append(event.update))

    def write(self, at: int, what: str) -> bytes:
        """Insert something; the update that does it."""
        self.text.insert(at, what)
        return self.said[-1]

    def delete(self, begin: int, end: int) -> bytes:
        """Delete something; the update that does it."""
        del self.text[begin:end]
        return self.said[-1]

    def hear(self, update: bytes) -> None:
        """Take what somebody else wrote."""
        self.doc.apply_update(update)
        self.said.clear()

    def __str__(self) -> str:
        return str(self.text)


ADA = entries.Writer("ada", Role.ANALYST)


class Guards:
    """Who may read and write which text: everybody, unless something else is said."""

    def __init__(self, **guards: Guard) -> None:
        self.guards = guards

    async def guard(self, key: str) -> Guard:
        return self.guards.get(key, Guard())

    def restrict(self, key: str) -> None:
        """A value is put beside the text that is for analysts."""
        self.guards[key] = self.guards.get(key, Guard())._replace(read=UserRole.ANALYST, write=UserRole.ANALYST)

    def end(self, key: str, version: int = 2) -> None:
        """The value of a key is deleted, or its time is over."""
        self.guards[key] = Guard(ended=version)


class Desk:
    """A manager over a database in a directory; `again` is what a restart of the server leaves."""

    def __init__(self, directory: Path, limits: Limits | None = None) -> None:
        self._directory, self._limits = directory, limits or Limits()
        self.access = Guards()
        self._open()

    def _open(self) -> None:
        self.database = Database.in_directory(self._directory)
        self.database.start_sync()
        self.clock = FakeClock()
        self.texts = TextManager(DatabaseKeeping(self.database, self._limits), self.clock, self._limits, self.access)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close_sync()

    def again(self) -> None:
        """Begin anew with what was kept."""
        self.close()
        self._open()

    async def write(self, update: bytes, key: str = "notes") -> int:
        """Merge an update; how many there are now."""
        return (await self.texts.write(key, update, ADA)).seq

    async def read(self, key: str = "notes", role: Role = Role.ANALYST) -> str:
        """What a text says."""
        return (await self.texts.get(key, role)).text

    def kept(self, key: str = "notes") -> bytes:
        """All that the database holds of a text."""
        found = self.database.read_sync(lambda connection: store.find(connection, key))
        return b"" if found is None else b"".join(found[1])

    async def whole(self, key: str = "notes") -> Writer:
        """Somebody who begins with the text as it is."""
        found: SharedText = await self.texts.get(key, Role.ANALYST)
        return Writer(b64decode(found.update))
