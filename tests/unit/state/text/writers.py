"""People who write, each in a document of their own, and the manager in a directory of its own."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from pycrdt import Doc, Text

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Forbidden
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


class Everybody:
    """May read every text but the analysts'."""

    async def check(self, key: str, role: Role, action: str) -> None:
        if key == "analysts" and role is Role.VIEWER:
            raise Forbidden("It is not for you.", key=key)


class Desk:
    """A manager over a database in a directory; `again` is what a restart of the server leaves."""

    def __init__(self, directory: Path, limits: Limits | None = None) -> None:
        self._directory, self._limits = directory, limits or Limits()
        self._open()

    def _open(self) -> None:
        self.database = Database.in_directory(self._directory)
        self.database.start_sync()
        self.clock = FakeClock()
        self.texts = TextManager(DatabaseKeeping(self.database, self._limits), self.clock, self._limits, Everybody())

    def close(self) -> None:
        """Let go of the database."""
        self.database.close_sync()

    def again(self) -> None:
        """Begin anew with what was kept."""
        self.close()
        self._open()

    async def write(self, update: bytes, key: str = "notes") -> int:
        """Merge an update; how many there are now."""
        return (await self.texts.write(key, update, "ada")).seq

    async def read(self, key: str = "notes") -> str:
        """What a text says."""
        return (await self.texts.get(key)).text

    async def whole(self, key: str = "notes") -> Writer:
        """Somebody who begins with the text as it is."""
        found: SharedText = await self.texts.get(key)
        return Writer(b64decode(found.update))
