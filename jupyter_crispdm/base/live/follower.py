"""Topics of logs: one task a topic reads on for all who follow, and once for all at the same place.

Who is ready for more is served up to the end that the log had at the last look: so readers who come, stall or catch up
meet there, and share what is read and encoded from then on. The first news after a quiet time is told at once, a flood
once a frame, at most 60 times a second. A log may lie on a disk that hangs: it is read in the threads of
`base.files.disk`, and what cannot be read is told as "trouble".
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from jupyter_crispdm.base.errors import CrispdmError, Unavailable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.wire import encode as encoded

from .core.log import Glancing, InEpochs, LogEntry, Place, Source, State, Step, entry, moved, step
from .core.message import Encode, Message
from .outlet import Reader

_T = TypeVar("_T")
FRAME_SECONDS = 1 / 60
_PATIENCE_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Changes(Protocol):
    """The changes of one directory as one waiter sees them."""

    @property
    def only_written(self) -> bool:
        """Whether files that were there were written, and nothing else happened, in what the last wait answered for."""

    async def wait(self, timeout: float) -> bool:
        """Wait for the next change, at most `timeout` seconds."""

    def wake(self) -> None:
        """Let who waits go on."""


class Watcher(Protocol):
    """Who can tell when files directly in a directory are written."""

    def watch(self, path: Path) -> AbstractAsyncContextManager[Changes]:
        """Watch a directory; changes between two waits are remembered."""


def _nothing() -> None:
    """Nobody keeps the channel."""


class _Ahead(NamedTuple):
    """What was read of a log in the turn that looked at it: from `start` to `end`."""

    state: State
    start: int
    found: LogEntry
    end: int


class LogChannel:
    """One log as it is followed.

    `is_over` is asked before each look; `forget` is called when nobody follows any more.
    """

    def __init__(
        self,
        topic: str,
        source: Source,
        folder: Path,
        is_over: Callable[[], bool],
        watcher: Watcher,
        forget: Callable[[], object] = _nothing,
        encode: Encode = encoded,
        frame: float = FRAME_SECONDS,
    ) -> None:
        self._topic, self._source, self._is_over, self._watcher = topic, source, is_over, watcher
        self._forget, self._encode, self._frame = forget, encode, frame
        self._turns = Turns(folder, source.close)
        self._state = State("", 0, folder)
        self._ahead: _Ahead | None = None
        self._epochs = 0
        self._readers: set[Reader] = set()
        self._hungry: dict[Reader, None] = {}
        self._asked = asyncio.Event()
        self._changes: Changes | None = None
        self._due = 0.0  # when the log must be looked at as a whole again
        self._framed = float("-inf")  # when the last change was let through
        self._task: asyncio.Task[None] | None = None

    def join(self, reader: Reader) -> None:
        """Let a reader follow."""
        self._readers.add(reader)
        self._want(reader)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def leave(self, reader: Reader) -> None:
        """A reader follows no more."""
        self._readers.discard(reader)
        self._hungry.pop(reader, None)
        if not self._readers and self._task is not None:
            self._task.cancel()
            self._task = None
            self._turns.end()
            self._forget()

    def take(self, reader: Reader) -> Message | None:
        """What was read for a reader; once it is taken, the next is read."""
        message, reader.slot = reader.slot, None
        if message is None and reader in self._readers:
            self._want(reader)
        return message

    def _want(self, reader: Reader) -> None:
        self._hungry[reader] = None
        if step(reader.place, self._state) is not None:
            self._asked.set()
            if self._changes is not None:
                self._changes.wake()

    async def _run(self) -> None:
        try:
            await self._follow()
        except CrispdmError as error:  # whoever could read it may do so no more
            self._fail(error)
        except Exception as error:  # a log that breaks must not look like a quiet one
            _log.exception("The topic %s broke", self._topic)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        for reader in [*self._readers]:
            reader.fail(error)

    async def _follow(self) -> None:
        while True:
            folder = self._state.folder
            async with self._watcher.watch(folder) as self._changes:
                is_glance = False
                while True:
                    self._state = await self._look(is_glance)
                    if self._state.folder != folder:
                        break
                    is_glance = False
                    if await self._serve(self._state):
                        is_glance = await self._news(self._changes)
                    else:
                        await asyncio.sleep(self._frame)

    async def _look(self, is_glance: bool) -> State:
        """How the log is now. Of a disk that does not answer nobody knows what it holds.

        What follows for who knows all so far is read in the same turn: it is what most looks are for.
        """
        last, is_over = self._state, self._is_over()
        is_waited_for = any(one.place.cursor == last.end and not one.is_resting for one in self._hungry)
        found = await self._turns.take(partial(self._look_on, is_glance and not is_over, is_over, last, is_waited_for))
        if found is None:
            self._ahead, self._due = None, time.monotonic() + _PATIENCE_SECONDS
            return State("", 0, last.folder, trouble=self._turns.trouble)
        state, self._ahead = found
        return state

    def _look_on(
        self, is_glance: bool, is_over: bool, last: State, is_waited_for: bool
    ) -> tuple[State, _Ahead | None]:
        state = self._source.glance() if is_glance and isinstance(self._source, Glancing) else None
        if state is None:
            self._due = time.monotonic() + _PATIENCE_SECONDS
            state = self._source.look(is_over)
        if isinstance(self._source, InEpochs) and any(one.by_epoch for one in [*self._readers]):
            self._epochs = self._source.epochs(state)
        if not is_waited_for or not last.epoch or state.epoch != last.epoch or state.end <= last.end:
            return state, None
        part = self._source.read(last.end, state)
        return state, None if part is None else _Ahead(state, last.end, *part)

    async def _serve(self, state: State) -> bool:
        """Tell all who are ready what there is, up to the end that was seen; False when the log became another."""
        self._asked.clear()
        while groups := self._groups(state):
            for place, readers in groups.items():
                what = step(place, state)
                if what is not None and not await self._serve_some(readers, place, state, what):
                    return False
        return True

    def _groups(self, state: State) -> dict[Place, list[Reader]]:
        """Who is ready and does not know all, by place."""
        groups: dict[Place, list[Reader]] = {}
        for reader in self._hungry:
            what = None if reader.is_resting else step(reader.place, state)
            if what is not None and not self._waits_for_epoch(reader, state, what):
                groups.setdefault(reader.place, []).append(reader)
        return groups

    def _waits_for_epoch(self, reader: Reader, state: State, what: Step) -> bool:
        """Whether a reader who wants news once an epoch has had this epoch's."""
        if not reader.by_epoch or not isinstance(self._source, InEpochs):
            return False
        return what.brings and not state.is_over and reader.epochs == self._epochs

    async def _serve_some(self, readers: list[Reader], place: Place, state: State, what: Step) -> bool:
        """Read on for readers at one place; False when that is not the log that was looked at."""
        end, found = what.start or 0, self._source.nothing(what.start or 0)
        if what.brings:
            part = await self._part(what.start, state)
            if part is None:
                return False
            found, end = part
        after = moved(place, state, end, what)
        told = entry(place, state, found, what)
        message = Message(
            self._topic, end, told, after.epoch, last=state.is_over and not what.brings, encode=self._encode
        )
        for reader in readers:
            if reader in self._hungry and reader.place == place:
                del self._hungry[reader]
                reader.place, reader.slot, reader.epochs = after, message, self._epochs
                reader.wake()
        return True

    async def _part(self, start: int | None, state: State) -> tuple[LogEntry, int] | None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.state is state and ahead.start == start:
            return ahead.found, ahead.end
        return await self._turns.take(partial(self._source.read, start, state))

    async def _news(self, changes: Changes) -> bool:
        """Wait for a change, a reader or a moment, and for the frame's end when changes come faster than frames.

        A look that was only due begins no frame: what comes right after it is the first news after a quiet time.
        Answers whether a glance will do: nothing but files that are known was written, and a whole look is not yet due.
        """
        has_changed = has_more = False
        if self._state.is_over:
            await self._asked.wait()
        elif not self._asked.is_set():
            has_changed = await changes.wait(max(0.0, self._due - time.monotonic()))
            has_more = has_changed and not changes.only_written
        if has_changed:
            early = self._framed + self._frame - time.monotonic()
            if early > 0 and not self._asked.is_set():
                await asyncio.sleep(early)
            self._framed = time.monotonic()
        return not has_more and time.monotonic() < self._due


class Turns:
    """The calls of one source, in threads, one after another. It is closed when no call needs it any more."""

    def __init__(self, folder: Path, close: Callable[[], None]) -> None:
        self._folder, self._close = folder, close
        self._busy = threading.Lock()
        self._over = False
        self.trouble = ""

    async def take(self, call: Callable[[], _T]) -> _T | None:
        """What the call answers; None when the disk does not, and `trouble` then says so."""
        self.trouble = ""
        try:
            return await on_disk(self._folder, self._turn, call)
        except Unavailable as error:
            self.trouble = error.message
            return None

    async def keep(self, call: Callable[[], _T]) -> _T | None:
        """What the call answers, however long the disk takes: for what is said once only. None after the end."""
        return await asyncio.to_thread(self._turn, call)

    def end(self) -> None:
        """Nobody takes another turn."""
        self._over = True
        if self._busy.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._busy.release()

    def _turn(self, call: Callable[[], _T]) -> _T | None:
        try:
            with self._busy:
                return None if self._over else call()
        finally:
            if self._over:  # looked at when it is free again: whoever ended it meanwhile could not close it
                self.end()
