"""The curves of a job, as they grow: a sample for each step that it logged."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.live.follower import Turns
from jupyter_crispdm.tracking.run import RunReader
from jupyter_crispdm.tracking.types import Series

from .memory import Memory
from .port import Message

AT_ONCE = 2000
_PAUSE_SECONDS = 0.5
_FILE = "metrics.json"
_OWN = ("time", "step")


class Place(msgspec.Struct, frozen=True):
    """A row of a run."""

    run: str
    epoch: str
    row: int


class _Found(NamedTuple):
    """What a look found, and the row up to which it went on."""

    messages: list[Message]
    trouble: str
    epoch: str
    at: int


class MetricsSource:
    """Follows the metrics of a run's directory. What was logged at one step and time is one sample."""

    def __init__(
        self, run: Path, directory: Path, names: Sequence[str] = (), *, clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._run, self._names = run, list(names) or None
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._memory = Memory(directory / _FILE, self._clock)
        self._reader = RunReader(run)
        self._turns = Turns(run, self._reader.close)
        self._at = 0
        self._epoch = ""
        self.trouble = ""

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Samples as they are logged."""
        place = await asyncio.to_thread(self._memory.read, Place)
        if place is not None and place.run == str(self._run):
            self._epoch, self._at = place.epoch, place.row
        while True:
            found = await self._turns.take(self._look)
            if found is None:  # what a disk says too late is said again: nobody has gone on
                self.trouble = self._turns.trouble
                await self._sleep(_PAUSE_SECONDS)
                continue
            self.trouble, self._epoch, self._at = found.trouble, found.epoch, found.at
            if found.messages:
                yield found.messages
            else:
                await self._sleep(_PAUSE_SECONDS)

    async def stored(self, messages: Sequence[Message]) -> None:
        """Remember the row."""
        if messages and isinstance(messages[-1].mark, Place):
            await self._memory.keep(messages[-1].mark)

    async def close(self) -> None:
        """Let go of the files, once no look that was left needs them any more."""
        await self._memory.close()
        self._turns.end()

    def _look(self) -> _Found:
        end = self._reader.look()
        trouble = self._reader.trouble or ("" if self._run.is_dir() else "The job's directory is not there.")
        epoch = self._reader.epoch
        begin = self._at if epoch == self._epoch else 0
        at = min(end, begin + AT_ONCE)
        if at <= begin:
            return _Found([], trouble, epoch, begin)
        columns = joined(self._reader.between(begin, at, names=self._names))
        mark = Place(str(self._run), epoch, at)
        return _Found([Message(columns, self._clock.now(), mark)] if columns else [], trouble, epoch, at)


def joined(series: Mapping[str, Series]) -> dict[str, list[Any]]:
    """Curves as a table: a row for what was logged together, in the order of time."""
    rows: dict[tuple[float, int], dict[str, float]] = {}
    for name, one in series.items():
        for step, value, time in zip(one.step.tolist(), one.value.tolist(), one.time.tolist(), strict=True):
            rows.setdefault((time if math.isfinite(time) else 0.0, step), {})[name] = value
    places = sorted(rows)
    if not places:
        return {}
    columns: dict[str, list[Any]] = {"time": [time or None for time, _ in places], "step": [step for _, step in places]}
    for name in series:
        own = f"metric_{name}" if name in _OWN else name
        columns[own] = [rows[place].get(name) for place in places]
    return columns
