"""Follows a file, or all files of a folder, from the place that was stored last."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.live.follower import Turns

from ..port import Message
from .follower import Follower, LineFollower, Piece
from .lines import CsvLines, JsonLines
from .position import Position, Positions, read_positions, write_positions
from .tables import TableFollower

AT_ONCE = 1000
MOST_FILES = 10_000
MOST_OPEN = 100
_PAUSE_SECONDS = 0.2
_WRITE_SECONDS = 1.0
_FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".log": "jsonl",
}  # fmt: skip

Mark = tuple[str, Position]


class FileSource:
    """What is written to files, line by line or a table at a time. A place is remembered once its samples are stored.

    In a folder the files are read in the order of their names; hidden ones are left out. With `from_start` false, what
    was there before the first start is left out too.
    """

    def __init__(
        self, path: Path, directory: Path, kind: str = "auto", *, from_start: bool = True, clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._path, self._directory, self._kind, self._from_start = path, directory, kind, from_start
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._positions: Positions | None = None
        self._followers: dict[str, Follower] = {}
        self._written = self._clock.monotonic()
        self._changed = False
        self._troubles: dict[str, str] = {}
        self._turns = Turns(path, self._let_go)

    @property
    def trouble(self) -> str:
        """Which file cannot be read, and why."""
        return next(iter(self._troubles.values()), "")

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """What is new in the files."""
        while True:
            if messages := await self._turns.keep(self._look):
                yield messages
            else:
                await self._sleep(_PAUSE_SECONDS)

    async def stored(self, messages: Sequence[Message]) -> None:
        """Remember the places; written down once a second at most, for a place that is too early only doubles."""
        if self._positions is None:
            return
        for message in messages:
            if isinstance(message.mark, tuple):
                name, position = message.mark
                self._positions.files[name] = position
                self._changed = True
        if self._clock.monotonic() - self._written >= _WRITE_SECONDS:
            await self._write()

    async def close(self) -> None:
        """Remember the places, and let go of the files once no look that was left needs them any more."""
        await self._write()
        self._turns.end()

    async def _write(self) -> None:
        if self._positions is not None and self._changed:
            self._written, self._changed = self._clock.monotonic(), False
            await asyncio.to_thread(write_positions, self._directory, self._positions)

    def _let_go(self) -> None:
        for follower in self._followers.values():
            follower.close()
        self._followers.clear()

    def _look(self) -> list[Message]:
        """What is new, of the files in their order."""
        try:
            names = self._names()
        except OSError as error:
            self._troubles = {"": _why(self._path, error)}
            return []
        self._troubles.pop("", None)
        self._begin(names)
        self._forget_those_that_are_gone(set(names))
        messages: list[Message] = []
        for name in names:
            for piece in self._pieces(name, AT_ONCE - len(messages)):
                messages.append(Message(piece.payload, self._clock.now(), (name, piece.after)))
            if len(messages) >= AT_ONCE:
                break
        if len(self._followers) > MOST_OPEN:
            for follower in self._followers.values():
                follower.close()
        return messages

    def _begin(self, names: Sequence[str]) -> None:
        """At the first look: where it goes on."""
        if self._positions is not None:
            return
        self._positions = read_positions(self._directory, str(self._path))
        if self._positions is not None:
            return
        self._positions = Positions(str(self._path))
        if not self._from_start:
            for name in names:
                try:
                    self._positions.files[name] = self._follower(name).skip()
                except OSError as error:
                    self._troubles[name] = _why(self._path / name, error)
            write_positions(self._directory, self._positions)

    def _names(self) -> list[str]:
        """The files to follow: the empty name for the path itself. Raises OSError."""
        if not self._path.is_dir():
            os.stat(self._path)
            return [""]
        with os.scandir(self._path) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        return sorted(name for name in names if name[0] not in "._" and self._kind_of(name))[:MOST_FILES]

    def _pieces(self, name: str, most: int) -> list[Piece]:
        try:
            pieces = self._follower(name).read(most)
        except OSError as error:
            self._troubles[name] = _why(self._path / name, error)
            return []
        self._troubles.pop(name, None)
        return pieces

    def _follower(self, name: str) -> Follower:
        follower = self._followers.get(name)
        if follower is None:
            path = self._path / name if name else self._path
            position = self._positions.files.get(name) if self._positions is not None else None
            kind = self._kind_of(path.name) or "jsonl"
            if kind == "parquet":
                follower = TableFollower(path, position)
            else:
                follower = LineFollower(path, position, CsvLines if kind == "csv" else JsonLines)
            self._followers[name] = follower
        return follower

    def _kind_of(self, name: str) -> str:
        return _FORMATS.get(os.path.splitext(name)[1].lower(), "") if self._kind == "auto" else self._kind

    def _forget_those_that_are_gone(self, names: set[str]) -> None:
        for name in self._followers.keys() - names:
            self._followers.pop(name).close()
            self._troubles.pop(name, None)
        if self._positions is not None:
            for name in self._positions.files.keys() - names:
                del self._positions.files[name]


def _why(path: Path, error: OSError) -> str:
    reason = getattr(error, "reason", "") or f"'{path.name}': {error.strerror or error}"
    return f"{reason}."
