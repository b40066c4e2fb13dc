"""A production line that does not exist: a sine with noise, and a probability of defects that rises now and then."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import numpy as np

from jupyter_crispdm.base.clock import Clock, SystemClock

from .port import Message

_PERIOD_SECONDS = 20.0
_MIDDLE, _SWING, _NOISE = 50.0, 10.0, 0.8
#: How often a defect begins, how many samples it lasts, and how far it moves the value.
_BEGINS, _LASTS, _SHIFT = 0.004, (5, 25), 6.0
_SHORTEST_PAUSE = 0.05
#: Of what was slept through, such as a laptop's night, no more than this is made up for.
_CATCH_UP_SECONDS = 5.0


class SimulatedSource:
    """`rate` samples a second, some at a time. The same `seed` makes the same values."""

    trouble = ""

    def __init__(
        self, rate: float, seed: int | None = None, *, clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._rate = rate
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._chance = np.random.default_rng(seed)
        self._made = 0
        self._defect = 0

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Samples when they are due, by a clock that never jumps."""
        last = self._clock.monotonic()
        owed = 0.0
        while True:
            await self._sleep(max(1 / self._rate, _SHORTEST_PAUSE))
            now = self._clock.monotonic()
            owed += min(now - last, _CATCH_UP_SECONDS) * self._rate
            last = now
            if owed >= 1:
                count = int(owed)
                owed -= count
                yield [self._message(count, owed)]

    async def stored(self, messages: Sequence[Message]) -> None:
        """Nothing waits for that."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _message(self, count: int, since: float = 0.0) -> Message:
        """The next samples; the last of them was due so long ago, in parts of one sample."""
        now = self._clock.now()
        time = [now - (since + count - 1 - place) / self._rate for place in range(count)]
        value, probability = zip(*(self._sample() for _ in range(count)), strict=True)
        return Message({"time": time, "value": list(value), "probability": list(probability)}, now)

    def _sample(self) -> tuple[float, float]:
        angle = 2 * math.pi * self._made / (self._rate * _PERIOD_SECONDS)
        value = _MIDDLE + _SWING * math.sin(angle) + _NOISE * float(self._chance.standard_normal())
        self._made += 1
        if self._defect == 0 and self._chance.random() < _BEGINS:
            self._defect = int(self._chance.integers(*_LASTS))
        if self._defect == 0:
            return value, float(self._chance.beta(2, 18))
        self._defect -= 1
        return value + _SHIFT, float(self._chance.beta(18, 3))
