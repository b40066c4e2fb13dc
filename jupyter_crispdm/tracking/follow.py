"""Following a run while it goes on, for as long as somebody takes what comes.

The consumer pulls: who comes later gets more at once, nothing queues. The first news after a quiet time is
answered at once, a flood at most 60 times a second. Reads of what was just written come from memory, so they
happen on the event loop; only a whole curve is read in a thread.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Any, Protocol

import msgspec

from .logfile import LogReader
from .run import RunReader
from .types import Series, curve

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

    `ended` is asked before each read; once it is true and all is told, a last {"ended": true} follows.
    """
    reader = LogReader(path, since)
    try:
        async with watcher.watch(Path(path).parent) as changes:
            while True:
                over = ended()
                while piece := reader.read(last=over):
                    yield piece.end, piece.wire()
                    await asyncio.sleep(0)
                if over:
                    break
                await _news(changes)
        end = reader.position
        yield end, {"text": "", "start": end, "end": end, "ended": True}
    finally:
        reader.close()


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
    and the message says {"reset": true}.
    """
    run = Path(directory)
    reader = RunReader(run)
    try:
        cursor, extra = since or 0, {}
        first = await asyncio.to_thread(reader.since, cursor, points, names)
        if first[0] < cursor:
            first, extra = await asyncio.to_thread(reader.since, 0, points, names), {"reset": True}
        cursor, series = first
        if series or since is None or extra:
            yield cursor, {**_message(cursor, series), **extra}
        async with aclosing(_growth(reader, run, cursor, ended, watcher, points, names)) as growth:
            async for cursor, series in growth:
                yield cursor, _message(cursor, series)
        yield cursor, {**_message(cursor, {}), "ended": True}
    finally:
        reader.close()


async def _growth(
    reader: RunReader,
    run: Path,
    cursor: int,
    ended: Callable[[], bool],
    watcher: Watcher,
    points: int,
    names: Sequence[str] | None,
) -> AsyncGenerator[tuple[int, dict[str, Series]], None]:
    folder = _written_folder(run)
    while True:
        async with watcher.watch(folder) as changes:
            while folder == _written_folder(run):
                over = ended()
                cursor, series = reader.since(cursor, points, names)
                if series:
                    yield cursor, series
                if over:
                    return
                await _news(changes)
        folder = _written_folder(run)


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


def _message(cursor: int, series: dict[str, Series]) -> dict[str, Any]:
    curves = {name: msgspec.to_builtins(curve(one)) for name, one in series.items()}
    return {"series": curves, "cursor": cursor}
