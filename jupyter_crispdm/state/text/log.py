"""The updates of one text as a live log: held in memory, numbered within an epoch, told from any number on."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.files.watch import Changes
from jupyter_crispdm.base.live.core.log import State

from .. import entries
from ..entries import Guard
from .document import Document
from .types import TextFact

_PART = 1024 * 1024


@dataclass(eq=False)
class Updates:
    """The updates of one epoch, and the document that they make. What is told once stays as it is.

    The epoch begins with the number `since`: with which version the value of the same key had ended last by then.
    """

    epoch: str
    document: Document
    contents: list[bytes] = field(default_factory=list)
    is_new: bool = False
    """Whether nothing of it is kept yet."""

    @classmethod
    def of(cls, epoch: str, contents: Sequence[bytes], *, is_new: bool = False) -> Updates:
        """These updates, and the document made of them."""
        return cls(epoch, Document(contents), list(contents), is_new)

    @property
    def since(self) -> int:
        """After which end of a value it began."""
        number, begun, _ = self.epoch.partition("-")
        return int(number) if begun else 0

    @property
    def size(self) -> int:
        """The bytes of all of them."""
        return sum(map(len, self.contents))

    def add(self, content: bytes) -> None:
        """One more was kept that the document has merged."""
        self.contents.append(content)
        self.is_new = False

    def extend(self, contents: Sequence[bytes]) -> None:
        """Others were kept that the document has not merged."""
        for content in contents:
            self.document.apply(content)
            self.add(content)

    def renew(self) -> None:
        """Make the document anew: it has merged what is not to be told."""
        self.document = Document(self.contents)


class Entry:
    """One text that is open: its updates, once they were read, who may read them, and the turns of those who write."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.turn = asyncio.Lock()
        self.updates: Updates | None = None
        self.guard = Guard()

    @property
    def folder(self) -> Path:
        """What stands for the text where a log's directory is asked for."""
        return Path(self.key)


class TextSource:
    """The log of a text that was read, as its topic reads it to those of a role."""

    def __init__(self, entry: Entry, role: Role) -> None:
        self._entry, self._role = entry, role

    def look(self, over: bool) -> State:
        """How many updates there are; none where they belong to a value that has ended. Raises Forbidden."""
        updates = self._updates  # before the guard, which is never older then
        entries.check(self._entry.key, self._entry.guard, self._role, "read")
        if updates.since < self._entry.guard.ended:
            return State("", 0, self._entry.folder)
        return State(updates.epoch, len(updates.contents), self._entry.folder)

    def read(self, start: int | None, state: State) -> tuple[TextFact, int] | None:
        """Updates after the first `start`, about a mebibyte of them at a time."""
        updates, begin = self._updates, start or 0
        if updates.epoch != state.epoch:
            return None
        part: list[str] = []
        room = _PART
        for content in updates.contents[begin : state.end]:
            if part and len(content) > room:
                break
            room -= len(content)
            part.append(b64encode(content).decode())
        return TextFact(start=begin, updates=part), begin + len(part)

    def nothing(self, at: int) -> TextFact:
        """Word of the log alone."""
        return TextFact(start=at)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _updates(self) -> Updates:
        assert self._entry.updates is not None, "only a text that was read is followed"
        return self._entry.updates


class Bells:
    """Tells who follows a text that something was written: what a `Watcher` is for logs in files."""

    def __init__(self) -> None:
        self._waiting: dict[Path, set[Changes]] = {}

    def ring(self, folder: Path) -> None:
        """Something was written."""
        for changes in self._waiting.get(folder, ()):
            changes.mark()

    @asynccontextmanager
    async def watch(self, path: Path) -> AsyncIterator[Changes]:
        """Hear of a text; what is written between two waits is remembered."""
        changes = Changes(notified=True)
        self._waiting.setdefault(path, set()).add(changes)
        try:
            yield changes
        finally:
            self._waiting[path].discard(changes)
            if not self._waiting[path]:
                del self._waiting[path]
