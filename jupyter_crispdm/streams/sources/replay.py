"""A recorded stream once more, as fast as it was or faster."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from jupyter_crispdm.base.clock import Clock, SystemClock

from ..batch import TIME, Samples
from ..recording.reading import Recording
from .memory import Memory
from .port import Message

AT_ONCE = 1000
#: Of a pause in the recording, such as a night, no more than this is waited for.
LONGEST_PAUSE = 10.0
_SHORTEST, _LONGEST = 0.02, 0.25
_FILE = "replay.json"
#: The column with the time at which a sample was taken; `time` is when it is played.
RECORDED = "recorded"


@dataclass(frozen=True)
class Span:
    """What is played of a recording, and how: `speed` times as fast, between two times, again and again."""

    speed: float = 1.0
    start: float | None = None
    end: float | None = None
    repeat: bool = False


class Place(msgspec.Struct, frozen=True):
    """The last sample of a recording that was played and stored."""

    recording: str
    seq: int


class ReplaySource:
    """Plays the samples of another stream's directory. It ends with the recording, unless it repeats."""

    def __init__(
        self, recording: Path, directory: Path, span: Span, *, clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._path, self._span = recording, span
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._memory = Memory(directory / _FILE, self._clock)
        self._recording = Recording(recording)
        self._due = 0.0
        self._before: float | None = None
        self.trouble = ""

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Samples when they are due."""
        place = await asyncio.to_thread(self._memory.read, Place)
        after = place.seq if place is not None and place.recording == str(self._path) else 0
        while True:
            self._due, self._before, played = self._clock.monotonic(), None, False
            pieces = self._recording.iterate(self._span.start, self._span.end)
            while (samples := await asyncio.to_thread(_next, pieces)) is not None:
                async for message in self._play(samples.where(samples.seq > after)):
                    played = True
                    yield [message]
            self.trouble = self._recording.trouble or ("" if played or after else "Nothing is recorded there.")
            if not self._span.repeat:
                return
            after = 0
            await self._sleep(_LONGEST)

    async def stored(self, messages: Sequence[Message]) -> None:
        """Remember the last sample."""
        if messages and isinstance(messages[-1].mark, int):
            await self._memory.keep(Place(str(self._path), messages[-1].mark))

    async def close(self) -> None:
        """Remember the place."""
        await self._memory.close()

    async def _play(self, samples: Samples) -> AsyncGenerator[Message, None]:
        times = self._moments(samples)
        begin = 0
        while begin < len(times):
            now = self._clock.monotonic()
            end = min(int(np.searchsorted(times, now, side="right")), begin + AT_ONCE)
            if end > begin:
                yield self._message(samples, times, begin, end)
                begin = end
            else:
                await self._sleep(min(max(float(times[begin]) - now, _SHORTEST), _LONGEST))

    def _moments(self, samples: Samples) -> np.ndarray[Any, np.dtype[np.float64]]:
        """When each is due, by the clock that never jumps. Times that go back, and long pauses, are evened out."""
        times = np.nan_to_num(samples.time, nan=0.0)
        before = times[0] if self._before is None and len(times) else self._before
        gaps = np.diff(times, prepend=before if before is not None else 0.0) / self._span.speed
        moments = self._due + np.cumsum(np.clip(gaps, 0.0, LONGEST_PAUSE))
        if len(times):
            self._before, self._due = float(times[-1]), float(moments[-1])
        return moments

    def _message(self, samples: Samples, moments: Any, begin: int, end: int) -> Message:
        """Some rows; their times are those at which they were due."""
        offset = self._clock.now() - self._clock.monotonic()
        columns: dict[str, Any] = {
            name: column[begin:end] if isinstance(column, list) else _plain(column[begin:end])
            for name, column in samples.columns.items()
            if name != TIME
        }
        columns[RECORDED] = _plain(samples.time[begin:end])
        columns[TIME] = (moments[begin:end] + offset).tolist()
        return Message(columns, self._clock.now(), int(samples.seq[end - 1]))


def _next(pieces: Iterator[Samples]) -> Samples | None:
    return next(pieces, None)


def _plain(column: Any) -> list[float | None]:
    return [None if math.isnan(value) else value for value in column.tolist()]
