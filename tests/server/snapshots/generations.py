"""Processes that save a page without end, one after another: each is killed, and the next one goes on.

``python -m tests.server.snapshots.generations DIR`` imports everything once. For each line on its standard input it
forks a process that says what it finds saved in DIR and reads a line `NUMBER STEPS`. It goes on with save NUMBER, says
so of each that is done, and kills itself after so many steps on the disk; with 0 steps it waits for somebody to do it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

import jupyter_crispdm.app
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.snapshots.keeping import Keeper
from jupyter_crispdm.snapshots.limits import Limits
from jupyter_crispdm.snapshots.manager import SnapshotManager
from jupyter_crispdm.snapshots.types import NewWork
from jupyter_crispdm.snapshots.values import INLINE, ValueFiles
from jupyter_crispdm.snapshots.works import WorkManager

OWNER, PAGE, NAME = "ada", "home", "kept"
State = dict[str, Any]


def values_of(number: int) -> State:
    """Fields of which two go together, one of them in a file."""
    return {"small": number, "large": f"{number:07}" * (INLINE // 7 + 1)}


def after(state: State | None, number: int) -> State | None:
    """What must be there when save `number` is done: a page's fields, or None when it was forgotten."""
    kind = number % 7
    if kind == 6:
        return None
    if kind in (0, 3):
        return {f"{part}/{name}": value for part in "xy" for name, value in values_of(number).items()}
    part = "x" if kind in (1, 4) else "y"
    return {**(state or {}), **{f"{part}/{name}": value for name, value in values_of(number).items()}}


class Feed:
    """Nobody follows."""

    def changed(self, **_: str) -> None:
        pass


class Desk:
    """The room of snapshots in a directory."""

    def __init__(self, directory: Path) -> None:
        assert jupyter_crispdm.app.ROUTES, "importing the app declares every table"
        self.database = Database.in_directory(directory)
        self.database.start_sync()
        self.folder = directory / "snapshots" / "values"
        limits, clock = Limits(), SystemClock()
        self.keeper = Keeper(self.database, ValueFiles(self.folder), limits.accept)
        self.pages = SnapshotManager(self.keeper, limits, clock, Feed())
        self.works = WorkManager(self.keeper, limits, clock)

    async def found(self) -> tuple[State | None, int, list[str]]:
        """What is saved, its revision, and what of it is lost."""
        try:
            page = await self.pages.get(OWNER, PAGE)
        except NotFound:
            return None, 0, []
        return _plain(page.values), page.revision, page.lost

    async def kept(self) -> State | None:
        """What is saved under a name."""
        try:
            work = await self.works.load(OWNER, PAGE, NAME)
        except NotFound:
            return None
        assert work.lost == []
        values: State = _plain(work.values)
        return values

    async def save(self, number: int) -> int:
        """Do save `number`; the page's revision, or 0."""
        wanted = after({}, number)
        if wanted is None:
            await self.pages.forget(OWNER)
            return 0
        if number % 7 in (0, 3):
            return (await self.pages.put(OWNER, PAGE, wanted, UNSET)).revision
        return (await self.pages.patch(OWNER, PAGE, wanted, UNSET)).revision


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def die_after(steps: int, database: Database) -> None:
    """Count what goes to the disk and end without a word at one of these steps, before or after it."""
    left = iter(range(steps - 1, -1, -1))

    def step(*_: object, **__: object) -> None:
        if next(left, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("fsync", "replace", "unlink"):
        setattr(os, name, _stepping(getattr(os, name), step))
    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(database._engine, event, step)


def _stepping(call: Any, step: Any) -> Any:
    def stepping(*args: Any, **named: Any) -> Any:
        step()
        result = call(*args, **named)
        step()
        return result

    return stepping


async def live(directory: Path) -> None:
    desk = Desk(directory)
    state, revision, lost = await desk.found()
    print("found", os.getpid(), json.dumps([state, revision, lost, await desk.kept()]), flush=True)
    number, steps = map(int, sys.stdin.readline().split())
    await asyncio.to_thread(desk.keeper.sweep)
    if steps:
        die_after(steps, desk.database)
    while True:
        saved = await desk.save(number)
        if saved and number % 7 == 5:
            await desk.works.save(OWNER, PAGE, NAME, NewWork())
        print("saved", number, saved, flush=True)
        number += 1


def main() -> None:
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(live(Path(sys.argv[1])))
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
