"""Following a run while it goes on, for as long as somebody takes what comes.

The consumer pulls: who comes later gets more at once, nothing queues. The first news after a quiet time is
answered at once, a flood at most 60 times a second. A run may lie on a disk that hangs, and its program may put
anything there: all is read in the threads of `base.files.disk`, and what cannot be read is told as "trouble".
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import on_disk

from .logfile import LogReader
from .run import RunReader
from .types import Series, curve

_T = TypeVar("_T")
CURVE_POINTS = 2000
_FRAME_SECONDS = 1 / 60
_PATIENCE_SECONDS = 0.5


class Changes(Protocol):
    """The changes of one directory as one waiter sees them."""

    async def wait(self, timeout: float) -> bool:
        """Wait for the next change, at most `timeout` seconds."""


class Watcher(Protocol):
    """Who can tell when files directly in a directory are written."""

    def watch(self, path: Path) -> AbstractAsyncContextManager[Changes]:
        """Watch a directory; changes between two waits are remembered."""


async def follow_log(
    path: str | os.PathLike[str], since: int | None, ended: Callable[[], bool], watcher: Watcher
) -> AsyncGenerator[tuple[int, dict[str, Any]], None]:
    """The log from a byte on, as it grows: (end, {"text", "start", "end"}), "gap" where bytes are missing.

    A message without text and with "trouble" says why there is none, an empty "trouble" that there is again.
    `ended` is asked before each read; once it is true and all is told, a last {"ended": true} follows.
    """
    reader = LogReader(path, since)
    turns = _Turns(Path(path).parent, reader.close)
    said = ""
    try:
        async with watcher.watch(Path(path).parent) as changes:
            while True:
                over = ended()
                while piece := await turns.take(partial(reader.read, last=over)):
                    yield piece.end, piece.wire()
                if (trouble := turns.trouble or reader.trouble) != said:
                    said = trouble
                    yield reader.position, _nothing(reader.position, trouble=trouble)
                if over:
                    break
                await _news(changes)
        yield reader.position, _nothing(reader.position, ended=True)
    finally:
        turns.end()


async def follow_metrics(
    directory: str | os.PathLike[str],
    since: int | None,
    ended: Callable[[], bool],
    watcher: Watcher,
    points: int = CURVE_POINTS,
    names: Sequence[str] | None = None,
) -> AsyncGenerator[tuple[int, dict[str, Any]], None]:
    """The metrics from a cursor on, as they grow: (cursor, {"series", "cursor"}); None means all, thinned.

    At the end a last message without series says {"ended": true}. A cursor from somewhere else starts anew,
    and the message says {"reset": true}. "trouble" says why some of it cannot be read, an empty one that it can.
    """
    run = Path(directory)
    reader = RunReader(run)
    turns = _Turns(run, reader.close)
    try:
        cursor, extra = since or 0, {}
        first = await turns.take(partial(reader.since, cursor, points, names)) or (cursor, {})
        if first[0] < cursor:
            first = await turns.take(partial(reader.since, 0, points, names)) or (0, {})
            extra = {"reset": True}
        cursor, series = first
        if series or since is None or extra:
            yield cursor, {**_message(cursor, series), **extra}
        look = partial(_look, reader, points, names)
        async with aclosing(_growth(look, turns, run, cursor, ended, watcher)) as growth:
            async for cursor, message in growth:
                yield cursor, message
        yield cursor, {**_message(cursor, {}), "ended": True}
    finally:
        turns.end()


class _Turns:
    """The calls of one reader, in threads, one after another. The reader is closed when no call needs it any more."""

    def __init__(self, directory: Path, close: Callable[[], None]) -> None:
        self._directory, self._close = directory, close
        self._busy = threading.Lock()
        self._over = False
        self.trouble = ""

    async def take(self, call: Callable[[], _T]) -> _T | None:
        """What the call answers; None when the disk does not, and `trouble` then says so."""
        self.trouble = ""
        try:
            return await on_disk(self._directory, self._turn, call)
        except Unavailable as error:
            self.trouble = error.message
            return None

    def end(self) -> None:
        """Nobody takes another turn."""
        self._over = True
        if self._busy.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._busy.release()

    def _turn(self, call: Callable[[], _T]) -> _T | None:
        with self._busy:
            try:
                return None if self._over else call()
            finally:
                if self._over:
                    self._close()


class _News(NamedTuple):
    """What one look at a run found, and in which folder the next news will appear."""

    cursor: int
    series: dict[str, Series]
    trouble: str
    folder: Path


def _look(
    reader: RunReader, points: int, names: Sequence[str] | None, run: Path, watched: Path, cursor: int
) -> _News:
    """Nothing when another folder is to be watched first: what is written there meanwhile would be missed."""
    folder = _written_folder(run)
    if folder != watched:
        return _News(cursor, {}, reader.trouble, folder)
    cursor, series = reader.since(cursor, points, names)
    return _News(cursor, series, reader.trouble, folder)


async def _growth(
    look: Callable[[Path, Path, int], _News],
    turns: _Turns,
    run: Path,
    cursor: int,
    ended: Callable[[], bool],
    watcher: Watcher,
) -> AsyncGenerator[tuple[int, dict[str, Any]], None]:
    folder, said = await turns.take(partial(_written_folder, run)) or run, ""
    while True:
        async with watcher.watch(folder) as changes:
            watched = folder
            while True:
                over = ended()
                found = await turns.take(partial(look, run, watched, cursor))
                found = found or _News(cursor, {}, turns.trouble, folder)
                cursor, folder = found.cursor, found.folder
                if folder != watched:
                    break
                if found.series or found.trouble != said:
                    news = {} if found.trouble == said else {"trouble": found.trouble}
                    said = found.trouble
                    yield cursor, {**_message(cursor, found.series), **news}
                if over:
                    return
                await _news(changes)


def _written_folder(run: Path) -> Path:
    """Where news will appear: programs in Python write below metrics/, others beside it."""
    return run / "metrics" if (run / "metrics").is_dir() and not (run / "metrics.jsonl").exists() else run


async def _news(changes: Changes) -> None:
    """Wait for a change or a moment, and then for the frame's end when changes come faster than frames."""
    clock = asyncio.get_running_loop().time
    before = clock()
    await changes.wait(_PATIENCE_SECONDS)
    if (early := _FRAME_SECONDS - (clock() - before)) > 0:
        await asyncio.sleep(early)


def _nothing(position: int, **said: Any) -> dict[str, Any]:
    return {"text": "", "start": position, "end": position, **said}


def _message(cursor: int, series: dict[str, Series]) -> dict[str, Any]:
    curves = {name: msgspec.to_builtins(curve(one)) for name, one in series.items()}
    return {"series": curves, "cursor": cursor}
