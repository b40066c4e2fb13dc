"""The line that does not exist."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.sources.port import Message
from jupyter_crispdm.streams.sources.simulated import SimulatedSource
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


class Line:
    """A source with a clock that goes on while it sleeps."""

    def __init__(self, rate: float, seed: int | None = None, slow: float = 1.0) -> None:
        self.clock = FakeClock()
        self.slow = slow
        self._reader = SimulatedSource(rate, seed, clock=self.clock, sleep=self._sleep).read()

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds * self.slow)

    async def take(self, samples: int) -> dict[str, list[float]]:
        """So many samples, or some more."""
        columns: dict[str, list[float]] = {"time": [], "value": [], "probability": []}
        while len(columns["time"]) < samples:
            messages: Sequence[Message] = await anext(self._reader)
            for message in messages:
                payload: Any = message.payload
                for name, column in columns.items():
                    column.extend(payload[name])
        return columns


@pytest.mark.proves("streams.simulated", "monitor.sources")
async def test_it_swings_with_noise_and_has_defects_now_and_then() -> None:
    samples = await Line(100, seed=1).take(20_000)
    assert 35 < min(samples["value"]) < 41
    assert 60 < max(samples["value"]) < 70
    likely = [value for value in samples["probability"] if value > 0.5]
    assert 0.01 < len(likely) / len(samples["probability"]) < 0.2
    assert all(0 <= value <= 1 for value in samples["probability"])


@pytest.mark.proves("streams.simulated")
async def test_the_same_seed_makes_the_same_values() -> None:
    one, same, other = [(await Line(10, seed).take(100))["value"] for seed in (1, 1, 2)]
    assert one == same
    assert one != other


@pytest.mark.parametrize("rate", [0.5, 10, 1000, 5000])
async def test_it_keeps_its_rate_and_its_times_are_even(rate: float) -> None:
    line = Line(rate)
    began = line.clock.now()
    times = (await line.take(200))["time"]
    assert len(times) == pytest.approx((line.clock.now() - began) * rate, abs=1.5)
    assert all(later - earlier == pytest.approx(1 / rate, abs=1e-6) for earlier, later in itertools.pairwise(times))


async def test_a_slow_machine_keeps_the_rate_too() -> None:
    line = Line(100, slow=7)
    began = line.clock.now()
    times = (await line.take(1000))["time"]
    assert len(times) == pytest.approx((line.clock.now() - began) * 100, abs=1.5)


async def test_what_was_slept_through_is_not_all_made_up_for() -> None:
    line = Line(100)
    await line.take(10)
    line.clock.advance(100_000)
    assert len((await line.take(1))["time"]) <= 510


@pytest.mark.proves("streams.clock")
async def test_a_clock_that_is_set_changes_the_times_and_not_the_rate() -> None:
    line = Line(100)
    await line.take(10)
    line.clock._now -= 86400
    times = (await line.take(100))["time"]
    assert len(times) < 110
    assert times[-1] == pytest.approx(line.clock.now(), abs=0.02)


async def test_its_messages_fill_the_usual_columns() -> None:
    source = SimulatedSource(10, 1, clock=FakeClock())
    mapped = Mapper()([source._message(3)])
    assert list(mapped.columns) == ["time", "value", "probability"]
    assert len(mapped) == 3
    await source.stored([])
    await source.close()
