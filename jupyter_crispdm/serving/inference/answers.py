"""Answers that were given to a key, in shared memory of a fixed size: the newest, for some minutes.

The memory has two halves. One is filled, record behind record; when it is full the other one, which holds what is
oldest, is emptied and filled next. A record counts from the moment in which its mark is written, which is last. So a
process that is killed at any moment leaves whole records only, and the next one reads them.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

SIZE = 32 << 20
SECONDS = 600.0
_RECORD = struct.Struct("<4s32s32sdHII")  # mark, name, print, when, status, length of the headers, of the body
_MARK, _NOTHING = b"KEPT", b"\0\0\0\0"
_MOST = 20_000
_TOO_LARGE = 1
"""The status of a record that has no answer: it was too large."""


@dataclass(frozen=True)
class Answer:
    """What a client was told."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True)
class Kept:
    """A record: for which request, when, and where its answer lies."""

    print: bytes
    when: float
    read: Callable[[], Answer | None]


def shared_memory() -> mmap.mmap:
    """Memory that a process and those that it forks have in common; it takes room as it is written."""
    return mmap.mmap(-1, SIZE)


class AnswerStore:
    """The answers in a memory, also those that another process kept there."""

    def __init__(self, memory: mmap.mmap | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = shared_memory() if memory is None else memory
        self._clock = clock
        size = len(self._memory) // 2
        self._halves = (_Half(self._memory, 0, size), _Half(self._memory, size, size))
        self._largest = size // 4
        newest = [max((kept.when for kept in half.kept.values()), default=0.0) for half in self._halves]
        self._active = int(newest[1] > newest[0])

    def find(self, name: bytes) -> Kept | None:
        """What was answered to a name, if that is not too long ago."""
        for half in (self._halves[self._active], self._halves[1 - self._active]):
            kept = half.kept.get(name)
            if kept is not None:
                return kept if self._clock() - kept.when < SECONDS else None
        return None

    def keep(self, name: bytes, print: bytes, answer: Answer) -> None:
        """Keep an answer; of one that is too large, that it was given."""
        headers = msgspec.json.encode([[one.decode("latin-1") for one in pair] for pair in answer.headers])
        if len(headers) + len(answer.body) > self._largest:
            answer, headers = Answer(_TOO_LARGE, [], b""), b""
        if not self._halves[self._active].has_room(len(headers) + len(answer.body)):
            self._active = 1 - self._active
            self._halves[self._active].clear()
        self._halves[self._active].add(name, print, self._clock(), answer.status, headers, answer.body)


class _Half:
    """One half of the memory."""

    def __init__(self, memory: mmap.mmap, start: int, size: int) -> None:
        self._memory, self._start, self._limit = memory, start, start + size
        self.kept: dict[bytes, Kept] = {}
        self._end = start
        for name, kept, end in self._records():
            self.kept[name], self._end = kept, end

    def has_room(self, size: int) -> bool:
        return self._end + 2 * _RECORD.size + size <= self._limit and len(self.kept) < _MOST

    def clear(self) -> None:
        self._mark(self._start, _NOTHING)
        self._end = self._start
        self.kept.clear()

    def add(self, name: bytes, print: bytes, when: float, status: int, headers: bytes, body: bytes) -> None:
        start = self._end
        end = start + _RECORD.size + len(headers) + len(body)
        self._mark(end, _NOTHING)
        record = _RECORD.pack(_NOTHING, name, print, when, status, len(headers), len(body))
        self._memory[start:end] = b"".join((record, headers, body))
        self._mark(start, _MARK)
        self.kept[name], self._end = self._kept(start), end

    def _records(self) -> Iterator[tuple[bytes, Kept, int]]:
        start = self._start
        while start + _RECORD.size <= self._limit and self._memory[start : start + len(_MARK)] == _MARK:
            _, name, _, _, _, headers, body = _RECORD.unpack_from(self._memory, start)
            end = start + _RECORD.size + headers + body
            yield name, self._kept(start), end
            start = end

    def _kept(self, start: int) -> Kept:
        _, _, print, when, status, headers, body = _RECORD.unpack_from(self._memory, start)
        place = start + _RECORD.size

        def read() -> Answer | None:
            if status == _TOO_LARGE:
                return None
            pairs = msgspec.json.decode(self._memory[place : place + headers], type=list[tuple[str, str]])
            told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
            return Answer(status, told, self._memory[place + headers : place + headers + body])

        return Kept(print, when, read)

    def _mark(self, place: int, mark: bytes) -> None:
        self._memory[place : place + len(mark)] = mark
