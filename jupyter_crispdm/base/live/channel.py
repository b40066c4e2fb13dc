"""Topics of published facts on the event loop: who follows them, and reading the truth for them, once for all.

A change costs nothing while nobody follows. Otherwise all readers are woken at the loop's next turn, some at a time,
so that others are answered in between.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

from jupyter_crispdm.base.errors import CrispdmError

from .core.message import Message
from .core.table import Table
from .core.value import Value
from .outlet import Reader

Load = Callable[[], Awaitable[Any]]
Followed = Callable[[], AbstractContextManager[Any]]

_AT_ONCE = 256
_log = logging.getLogger(__name__)


class FactsChannel(ABC):
    """What topics of values and of tables share: readers, rounds in which they are woken, reading the truth.

    `load` reads the truth. `followed` is entered while somebody follows. `forget` is called when nobody does any more.
    """

    def __init__(
        self, load: Load, followed: Followed = nullcontext, forget: Callable[[], object] | None = None
    ) -> None:
        self._load, self._followed, self._forget = load, followed, forget
        self._readers: dict[Reader, None] = {}
        self._held = ExitStack()
        self._loading: asyncio.Task[None] | None = None
        self._is_due = False
        self._rounds = 0

    def join(self, reader: Reader) -> None:
        """Let a reader follow."""
        if not self._readers:
            self._held.enter_context(self._followed())
        self._readers[reader] = None
        reader.wake()

    def leave(self, reader: Reader) -> None:
        """A reader follows no more."""
        known = reader in self._readers
        self._readers.pop(reader, None)
        if self._readers or not known:
            return
        self._held.close()
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        if self._forget is not None:
            self._forget()

    @abstractmethod
    def take(self, reader: Reader) -> Message | None:
        """The next message for a reader."""

    @abstractmethod
    def _put(self, number: int, value: Any) -> None:
        """The truth, as it was read when the topic had this number, or later."""

    @abstractmethod
    def _number(self) -> int:
        """The topic's newest number."""

    @property
    def _is_in_round(self) -> bool:
        """Whether readers are being told what was read."""
        return self._rounds > 0

    def _tell(self) -> None:
        """Wake all readers at the loop's next turn."""
        if self._readers and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._begin_round)

    def _begin_round(self) -> None:
        self._is_due = False
        self._rounds += 1
        self._go_round([*self._readers])

    def _go_round(self, readers: Sequence[Reader]) -> None:
        for reader in readers[:_AT_ONCE]:
            if reader in self._readers:
                _wake(reader)
        if len(readers) > _AT_ONCE:
            asyncio.get_running_loop().call_soon(self._go_round, readers[_AT_ONCE:])
        else:
            self._rounds -= 1
            self._end_round()

    def _end_round(self) -> None:  # noqa: B027 - most topics let go of nothing
        """All readers know what was read."""

    def _read(self) -> None:
        """Read the truth, unless that is going on."""
        if self._loading is None:
            self._loading = asyncio.get_running_loop().create_task(self._read_now())

    async def _read_now(self) -> None:
        number = self._number()
        try:
            value = await self._load()
            self._loading = None
            self._put(number, value)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._loading = None
            self._fail(error)
            return
        self._tell()

    def _fail(self, error: Exception) -> None:
        unforeseen = None if isinstance(error, CrispdmError) else error
        _log.warning("A topic could not be read: %s", error, exc_info=unforeseen)
        for reader in [*self._readers]:
            reader.fail(error)


class ValueChannel(FactsChannel):
    """A topic of one value."""

    def __init__(self, value: Value, load: Load, **rest: Any) -> None:
        super().__init__(load, **rest)
        self.value = value

    def changed(self) -> None:
        """The value is another one now: read it for those who follow."""
        self.value.changed()
        if self._readers:
            self._read()

    def take(self, reader: Reader) -> Message | None:
        """The newest value, unless the reader has it."""
        if self.value.misses(reader.place.cursor):
            self._read()
            if not self._is_in_round:
                return None
        message = self.value.after(reader.place.cursor)
        if message is not None:
            reader.place = reader.place.at(message.seq)
        return message

    def _put(self, number: int, value: Any) -> None:
        self.value.put(number, value)
        if number != self.value.newest and self._readers:
            self._read()

    def _number(self) -> int:
        return self.value.newest


class TableChannel(FactsChannel):
    """A topic of rows."""

    def __init__(self, table: Table, load: Load, **rest: Any) -> None:
        super().__init__(load, **rest)
        self.table = table
        self._whole: Message | None = None
        self._after_gap: Message | None = None

    def tell(self, row: Hashable, fact: Any) -> None:
        """What became of a row."""
        self.table.tell(row, fact)
        self._tell()

    def take(self, reader: Reader) -> Message | None:
        """The next fact for a reader; the whole table for who is new, or too far behind."""
        cursor = reader.place.cursor
        if cursor is not None and self.table.serves(cursor):
            message = self.table.after(cursor)
        else:
            message = self._of_all(missed=cursor is not None)
        if message is not None:
            reader.place = reader.place.at(message.seq)
        return message

    def _of_all(self, missed: bool) -> Message | None:
        if self._whole is None or not self.table.serves(self._whole.seq):
            self._read()
            return None
        if not missed:
            return self._whole
        self._after_gap = self._after_gap or self._whole.after_gap()
        return self._after_gap

    def _put(self, number: int, value: Any) -> None:
        self._whole, self._after_gap = self.table.whole(number, value), None

    def _end_round(self) -> None:
        if not self._is_in_round and not self._is_due:
            self._whole = self._after_gap = None

    def _number(self) -> int:
        return self.table.newest


def _wake(reader: Reader) -> None:
    """Wake a reader; a connection that breaks at it keeps no other reader from the news."""
    try:
        reader.wake()
    except Exception:
        _log.exception("A connection broke at the topic %s", reader.topic)
        reader.outlet.close()
