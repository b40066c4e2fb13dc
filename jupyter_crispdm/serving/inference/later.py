"""What is noted while requests are answered, and written now and then by a thread."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Later(ABC, Generic[_T]):
    """Notes of a kind, written every few `seconds`. What does not fit is left out and told as not `kept`.

    No fault of the disk or of what was noted reaches a request: it is told once, and again when it is another.
    """

    def __init__(self, kept: str, seconds: float) -> None:
        self._kept, self._seconds = kept, seconds
        self._waiting: list[_T] = []
        self._size = self._left_out = 0
        self._fault = ""
        self._writing: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Write until it is cancelled; then what is left."""
        try:
            while True:
                await asyncio.sleep(self._seconds)
                await self.write()
        finally:
            if self._writing is not None:  # it goes on, or still waits for a thread; what is left comes after it
                await asyncio.wait([self._writing])
            self._try(self._taken())

    async def write(self) -> None:
        """Write what was noted so far."""
        if self._waiting:
            self._writing = asyncio.get_running_loop().run_in_executor(None, self._try, self._taken())
            await asyncio.shield(self._writing)

    def _note(self, entry: _T, size: int, room: int) -> None:
        """Note something for later, unless what waits is then larger than the `room`, in the unit of `size`."""
        if self._size + size > room:
            self._left_out += 1
        else:
            self._size += size
            self._waiting.append(entry)

    @abstractmethod
    def _write(self, entries: Sequence[_T]) -> None:
        """Write some notes, at least one, in a thread. Raises OSError, ImportError, ValueError."""

    def _taken(self) -> list[_T]:
        taken, self._waiting, self._size = self._waiting, [], 0
        if self._left_out:
            _log.warning("%d requests were left out of %s.", self._left_out, self._kept)
            self._left_out = 0
        return taken

    def _try(self, entries: Sequence[_T]) -> None:
        if not entries:
            return
        try:
            self._write(entries)
            self._fault = ""
        except (OSError, ImportError, ValueError) as error:
            if str(error) != self._fault:
                _log.warning("Requests cannot be kept in %s: %s", self._kept, error)
            self._fault = str(error)
