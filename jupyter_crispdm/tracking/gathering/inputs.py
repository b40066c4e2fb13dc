"""One file that is read on: a log, whose middle may be dropped, or a tracker's file, which may be written anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from ..logtimes import LogTimes
from ..points import Reader
from .formats.format import Format, Found
from .state import InputState

_PIECE_BYTES = 256 << 10
_WINDOW_BYTES = 32 << 20
_NEWS_BYTES = 1 << 20
_TIMED_BYTES = 4 << 10
_MARK_BYTES = 64
_SEARCHED_BYTES = 2 << 20
_CUT = b"[crispdm] The log reached its limit"


class Input(Protocol):
    """What is read."""

    state: InputState
    trouble: str

    def is_quiet(self) -> bool:
        """Whether nothing is new, without opening anything."""

    def read(self, time: float, *, over: bool) -> tuple[list[Found], bool]:
        """What the next bytes say, a quarter of a MiB of them or more, and whether there are others.

        Raises Anew when the file was written anew, OSError.
        """


class Anew(Exception):
    """The file holds something else than what was read of it: all that came of it is void."""


class FileInput:
    """Another tracker's file."""

    def __init__(self, path: Path, below: Path, state: InputState, format: Format) -> None:
        self.state, self.trouble = state, ""
        self._path, self._below, self._format = path, below, format
        self._window = _PIECE_BYTES
        self._seen: tuple[int, int] | None = None

    def is_quiet(self) -> bool:
        """Whether it was not written since it was read to its end."""
        if self._format.is_other:
            return True
        try:
            found = os.lstat(self._path)
        except OSError:
            return True
        return self._seen == (found.st_size, found.st_mtime_ns)

    def read(self, time: float, *, over: bool) -> tuple[list[Found], bool]:
        """What the next bytes say."""
        self.trouble = ""
        if self._format.is_other:
            return [], False
        try:
            with regular_file(self._path, below=self._below) as file:
                return self._read(file, time)
        except FileNotFoundError:  # moved away, or just being replaced: what was read of it stays
            return [], False
        except Unreadable as error:
            self.trouble = error.reason
            return [], False

    def _read(self, file: IO[bytes], time: float) -> tuple[list[Found], bool]:
        found = os.fstat(file.fileno())
        if self._seen == (found.st_size, found.st_mtime_ns):
            return [], False
        state = self.state
        if found.st_size < state.position or not _holds(file, state):
            raise Anew
        data = os.pread(file.fileno(), self._window, state.position)
        said, used = self._format.take(data, time)
        at, seen = state.position + used, state.position + len(data)
        state.memory = self._format.state()
        state.before, state.position, state.file = _before(file, at), at, found.st_ino
        more = seen < found.st_size and bool(used)
        if not used and len(data) == self._window and self._window < _WINDOW_BYTES:
            self._window, more = min(4 * self._window, _WINDOW_BYTES), True
        elif used:
            self._window = _PIECE_BYTES
        self._seen = None if more else (found.st_size, found.st_mtime_ns)
        return list(said), more


class LogInput:
    """The log of a job. When its middle is dropped it goes on after the gap; what was found before stays."""

    def __init__(self, path: Path, below: Path, state: InputState, reader: Reader) -> None:
        self.state, self.trouble = state, ""
        self._path, self._below, self._reader = path, below, reader
        self._ended = False

    def is_quiet(self) -> bool:
        """Whether it is as long as when it was read to its end."""
        try:
            return os.lstat(self._path).st_size == self.state.position
        except OSError:
            return True

    def read(self, time: float, *, over: bool) -> tuple[list[Found], bool]:
        """What the next bytes say, and once it is over, its last line without an end."""
        self.trouble = ""
        try:
            with regular_file(self._path, below=self._below) as file:
                said, more = self._read(file, time)
        except FileNotFoundError:
            said, more = [], False
        except Unreadable as error:
            self.trouble, said, more = error.reason, [], False
        if over and not more and not self._ended:
            self._ended = True
            said += self._reader.finish(time)
            self.state.memory = self._reader.state()
        return said, more

    def _timed(self, data: bytes, size: int, now: float) -> Iterator[tuple[bytes, float]]:
        """What was just printed is of now; of what was printed before, when is told beside the log."""
        if size - self.state.position <= _NEWS_BYTES and self.state.position:
            yield data, now
            return
        parts = range(0, len(data), _TIMED_BYTES)
        times = LogTimes(self._path).of([self.state.position + start for start in parts])
        for start, when in zip(parts, times, strict=True):
            yield data[start : start + _TIMED_BYTES], now if when is None else when

    def _read(self, file: IO[bytes], time: float) -> tuple[list[Found], bool]:
        size, state = os.fstat(file.fileno()).st_size, self.state
        said: list[Found] = []
        if size < state.position or (state.position and not _holds(file, state)):
            state.position = _after_gap(file, size, state.before)
            said += self._reader.feed(b"\n", time)
        elif size == state.position:
            return said, False
        data = os.pread(file.fileno(), _PIECE_BYTES, state.position)
        for part, when in self._timed(data, size, time):
            said += self._reader.feed(part, when)
        state.position += len(data)
        state.before, state.memory = _before(file, state.position), self._reader.state()
        return said, state.position < size


def _holds(file: IO[bytes], state: InputState) -> bool:
    """Whether what was read last still stands where it stood."""
    before = state.before
    return os.pread(file.fileno(), len(before), state.position - len(before)) == before


def _before(file: IO[bytes], position: int) -> bytes:
    start = max(0, position - _MARK_BYTES)
    return os.pread(file.fileno(), position - start, start)


def _after_gap(file: IO[bytes], size: int, before: bytes) -> int:
    """Where to go on in a log that was cut: after what was read last, or after the gap; else at its start."""
    start = max(0, size - _SEARCHED_BYTES)
    end = os.pread(file.fileno(), size - start, start)
    gap = end.rfind(_CUT)
    known = end.find(before, max(0, gap)) if len(before) == _MARK_BYTES else -1
    if known >= 0:
        return start + known + len(before)
    return start + gap if gap >= 0 else 0
