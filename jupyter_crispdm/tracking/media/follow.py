"""What a run keeps with a step, followed while it goes on.

The cursor is one number for both lists: the bytes that were read of what the program writes, and below it, in the last
26 bits, of what the server gathered. No more than that is read of either, so it never falls while the lists grow.
"""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_crispdm.base.files.regular import Unreadable, regular_file, stat_regular
from jupyter_crispdm.base.live.core.log import State

from .index import FILES, READ_BYTES, MediaIndex, listed
from .types import MediaFact

_BITS = READ_BYTES.bit_length() - 1
_LARGEST = READ_BYTES - 1
_BLOCK_BYTES = 1 << 18


class MediaSource:
    """The pieces of a run's directory, as their topic reads them. Of very many at once some are told."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lists = [_List(directory / name, directory.parent) for name in FILES]

    def look(self, over: bool) -> State:
        """How far the lists have come, and in which folder the next line will appear."""
        recorded, gathered = self._lists
        for one in self._lists:
            one.look()
        end = recorded.end << _BITS | gathered.end
        folder = gathered.path.parent if gathered.epoch and not recorded.epoch else self._directory
        return State(self._epoch, end, folder, over, recorded.trouble or gathered.trouble)

    def read(self, start: int | None, state: State) -> tuple[MediaFact, int] | None:
        """The pieces after a cursor; None when the lists are others by now."""
        if state.epoch != self._epoch:
            return None
        index = MediaIndex(self._directory)
        for number, (begin, end) in enumerate(zip(_parts(start or 0), _parts(state.end), strict=True)):
            index.read(number, begin, end)
        return MediaFact(listed(index), state.end), state.end

    def nothing(self, at: int) -> MediaFact:
        """No pieces."""
        return MediaFact([], at)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _epoch(self) -> str:
        epochs = [one.epoch for one in self._lists]
        return "-".join(epochs) if any(epochs) else ""


class _List:
    """One of the lists: where its last whole line ends. Each byte is looked at once."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self._below = path, root
        self.epoch, self.end, self.trouble = "", 0, ""
        self._seen = 0
        self._rewritten = 0

    def look(self) -> None:
        """See how far it has come; one that is replaced or cut begins anew."""
        try:
            found = stat_regular(self.path, below=self._below)
        except OSError as error:
            self.epoch, self.end, self._seen = "", 0, 0
            self.trouble = _said(error)
            return
        self.trouble = ""
        size = min(found.st_size, _LARGEST)
        self._rewritten += size < self._seen
        epoch = f"{found.st_ino:x}.{self._rewritten}"
        if epoch != self.epoch:
            self.epoch, self.end, self._seen = epoch, 0, 0
        if size > self._seen:
            self._scan(size)

    def _scan(self, size: int) -> None:
        try:
            with regular_file(self.path, below=self._below) as file:
                while self._seen < size:
                    block = os.pread(file.fileno(), min(_BLOCK_BYTES, size - self._seen), self._seen)
                    if not block:
                        return
                    last = block.rfind(b"\n")
                    self.end = self._seen + last + 1 if last >= 0 else self.end
                    self._seen += len(block)
        except OSError as error:
            self.trouble = _said(error)


def _said(error: OSError) -> str:
    return f"Some of what was kept cannot be read: {error.reason}." if isinstance(error, Unreadable) else ""


def _parts(cursor: int) -> tuple[int, int]:
    """Of a cursor the byte in each of the lists."""
    return min(cursor >> _BITS, _LARGEST), cursor & _LARGEST
