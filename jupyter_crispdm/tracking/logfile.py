"""A log as text: its last lines, and what is new. Memory stays flat however long the log or a line is.

The bytes of a log are numbered anew when its middle is dropped (the worker's limit), when another file takes its place,
or when a program cuts it or writes it anew. Each begins another epoch: the size of a file beside the log counts them,
by the worker before and after it drops bytes, and by whoever else finds that the bytes are others.
"""

from __future__ import annotations

import codecs
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.files.regular import Unreadable, open_regular, stat_regular
from jupyter_crispdm.base.live.core.log import State

from .logtimes import LogTimes
from .types import LogFact

TAIL_BYTES = 1 << 16
PIECE_BYTES = 1 << 16
BEHIND_BYTES = 8 << 20
_TAIL_LIMIT = 4 << 20
_BLOCK_BYTES = 1 << 16
_FINGERPRINT_BYTES = 64
_LONGEST_CHARACTER = 4
#: Of the file beside a log whose size counts its epochs: see worker.output.loglimit.
CUTS_SUFFIX = ".cuts"


def tail_lines(path: str | os.PathLike[str], count: int, limit: int = _TAIL_LIMIT) -> list[str]:
    """The last `count` lines, out of at most the last `limit` bytes; none when there is no file. Raises Unreadable."""
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return []
    try:
        data = _last_bytes(descriptor, count, limit)
    finally:
        os.close(descriptor)
    lines = data.decode("utf-8", "replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines[-count:] if count > 0 else []


def _last_bytes(descriptor: int, count: int, limit: int) -> bytes:
    end = position = os.fstat(descriptor).st_size
    blocks: list[bytes] = []
    newlines = 0
    while position > max(0, end - limit) and newlines <= count:
        start = max(0, position - _BLOCK_BYTES, end - limit)
        block = os.pread(descriptor, position - start, start)
        newlines += block.count(b"\n")
        blocks.append(block)
        position = start
    return b"".join(reversed(blocks))


class Mark(NamedTuple):
    """Where a log ended at the last look, and the bytes before that: whether they still stand there is looked at."""

    epoch: str
    end: int
    before: bytes


#: Of the logs that were followed last.
_marks: dict[str, Mark] = {}
_MOST_MARKS = 1000


class LogSource:
    """The log at a path, as its topic reads it; it may grow, be cut, be replaced, and not be there yet.

    Newcomers begin at a line within the last 64 KiB, and so does who is more than 8 MiB behind, with a gap. Only whole
    characters are told, so every end is a good place to go on at; what is not UTF-8 becomes U+FFFD.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._root = self._path.parent.parent
        self._cuts_path = self._path.with_name(self._path.name + CUTS_SUFFIX)
        self._descriptor: int | None = None
        self._trouble = ""
        self._rewritten = 0  # how often its bytes were found to be others, where that cannot be counted beside it
        self._mark = _marks.get(str(self._path), Mark("", 0, b""))
        self._times = LogTimes(self._path)

    def look(self, over: bool) -> State:
        """How the log is now; `over` says that nobody will write any more."""
        size = self._size()
        if size is None:
            return State("", 0, self._path.parent, over, self._trouble)
        if self._mark.epoch == self._epoch and not self._holds(self._mark):
            self._count()
        epoch = self._epoch
        end = size if over else size - self._begun(size)
        first = max(0, end - _FINGERPRINT_BYTES)
        self._mark = Mark(epoch, end, self._pread(end - first, first))
        return State(epoch, end, self._path.parent, over, self._trouble)

    def read(self, start: int | None, state: State) -> tuple[LogFact, int] | None:
        """Text from a byte on, at most 64 KiB of it; None when the log has another epoch by now."""
        is_far = start is not None and state.end - start > BEHIND_BYTES
        first = self._beginning(state.end) if start is None or is_far else start
        data = self._pread(min(PIECE_BYTES, state.end - first), first)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(data, first + len(data) == state.end)
        end = first + len(data) - len(decoder.getstate()[0])
        if not self._is_still(state) or (end == first < state.end):
            return None
        times = self._times.newest(first, end, is_begun=first == start and not is_far)
        return LogFact(text, first, end, gap=is_far, times=times), end

    def bytes_at(self, start: int, count: int) -> bytes:
        """Bytes of the file that was looked at last; fewer at its end."""
        return self._pread(count, start)

    def is_still(self, state: State) -> bool:
        """Whether what was read since a look is of the epoch that was seen then."""
        return self._is_still(state)

    def handed_on(self) -> int | None:
        """Another descriptor of the file that was looked at last, for another process; None where there is none."""
        return None if self._descriptor is None else os.dup(self._descriptor)

    def nothing(self, at: int) -> LogFact:
        """No text."""
        return LogFact("", at, at)

    def close(self) -> None:
        """Let go of the file. Whoever opens it next knows where it ended."""
        _marks.pop(str(self._path), None)
        _marks[str(self._path)] = self._mark
        if len(_marks) > _MOST_MARKS:
            _marks.pop(next(iter(_marks), ""), None)
        self._let_go()

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def _epoch(self) -> str:
        """What the numbers of the opened file's bytes hang on."""
        if self._descriptor is None:
            return ""
        try:
            cuts = stat_regular(self._cuts_path, below=self._root).st_size
        except OSError:
            cuts = 0
        epoch = f"{os.fstat(self._descriptor).st_ino:x}-{cuts}"
        return f"{epoch}.{self._rewritten}" if self._rewritten else epoch

    def _is_still(self, state: State) -> bool:
        """Whether what was read since the look is of the epoch that was seen then."""
        return state.epoch == "" or (self._epoch == state.epoch and self._holds(self._mark))

    def _holds(self, mark: Mark) -> bool:
        return self._pread(len(mark.before), mark.end - len(mark.before)) == mark.before

    def _count(self) -> None:
        """Say to every reader that the bytes are others than before."""
        before = self._epoch
        with suppress(OSError):
            counter = open_regular(self._cuts_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, below=self._root)
            try:
                os.write(counter, b".")
            finally:
                os.close(counter)
        if self._epoch == before:
            self._rewritten += 1

    def _size(self) -> int | None:
        """Open the file that has the path now, and tell its size."""
        self._trouble = ""
        try:
            return self._opened(stat_regular(self._path, below=self._root))
        except Unreadable as error:
            self._trouble = f"The log cannot be read: {error.reason}."
        except OSError:  # between two files, or not yet there
            pass
        return None if self._descriptor is None else os.fstat(self._descriptor).st_size

    def _opened(self, named: os.stat_result) -> int:
        if self._descriptor is not None:
            opened = os.fstat(self._descriptor)
            if (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino):
                return opened.st_size
            self._let_go()
        self._descriptor = open_regular(self._path, below=self._root)
        return os.fstat(self._descriptor).st_size

    def _begun(self, size: int) -> int:
        """How many bytes at the end belong to a character that is not complete."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        first = max(0, size - _LONGEST_CHARACTER)
        decoder.decode(self._pread(size - first, first))
        return len(decoder.getstate()[0])

    def _beginning(self, end: int) -> int:
        """Where a newcomer begins."""
        start = max(0, end - TAIL_BYTES)
        if not start:
            return 0
        head = self._pread(end - start, start)
        line = head.find(b"\n") + 1
        return start + (line if 0 < line < len(head) else _continuation(head))

    def _pread(self, count: int, start: int) -> bytes:
        return b"" if self._descriptor is None or count <= 0 else os.pread(self._descriptor, count, start)


def _continuation(data: bytes) -> int:
    """How many bytes at the start belong to a character that began before."""
    count = 0
    while count < min(3, len(data)) and data[count] & 0xC0 == 0x80:
        count += 1
    return count
