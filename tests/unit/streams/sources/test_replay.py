"""A recorded stream, played once more."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.streams.batch import numbers_of
from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.recording.recorder import Recorder
from jupyter_crispdm.streams.sources.port import Message
from jupyter_crispdm.streams.sources.replay import LONGEST_PAUSE, ReplaySource, Span
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    directory = tmp_path / "line"
    directory.mkdir()
    record(directory, np.arange(100.0) / 10)
    return directory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "again"
    directory.mkdir()
    return directory


def record(directory: Path, times: Any) -> None:
    recorder = Recorder(directory)
    texts: list[str | None] = [f"part {number}" if number % 2 else None for number in range(len(times))]
    recorder.append({"time": 1.6e9 + times, "value": times * 2, "part": texts})
    recorder.close()


class Player:
    """A source with a clock that goes on while it sleeps."""

    def __init__(self, recording: Path, directory: Path, **span: Any) -> None:
        self.clock = FakeClock()
        self.source = ReplaySource(recording, directory, Span(**span), clock=self.clock, sleep=self._sleep)
        self.began = self.clock.monotonic()

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def play(self, most: int = 10_000) -> list[Message]:
        """So many messages, stored, or all of them."""
        played: list[Message] = []
        async with aclosing(self.source.read()) as reader:
            async for messages in reader:
                played += messages
                await self.source.stored(messages)
                if len(played) >= most:
                    break
        await self.source.close()
        return played

    @property
    def took(self) -> float:
        """Seconds that it has played."""
        return self.clock.monotonic() - self.began


@pytest.mark.parametrize("speed", [1, 10, 100])
@pytest.mark.proves("streams.replay")
async def test_it_plays_as_fast_as_it_is_told(recording: Path, directory: Path, speed: float) -> None:
    player = Player(recording, directory, speed=speed)
    mapped = Mapper()(await player.play())
    assert player.took == pytest.approx(9.9 / speed, abs=0.03)
    assert mapped.columns["value"][:3] == pytest.approx([0, 0.2, 0.4])
    assert mapped.columns["recorded"][-1] == pytest.approx(1.6e9 + 9.9)
    assert mapped.columns["part"][:2] == [None, "part 1"]
    assert np.diff(numbers_of(mapped.columns["time"])) == pytest.approx(np.full(99, 0.1 / speed), abs=1e-5)
    assert mapped.columns["time"][-1] == pytest.approx(player.clock.now(), abs=0.03)


@pytest.mark.proves("streams.replay")
async def test_it_goes_on_after_what_was_stored(recording: Path, directory: Path) -> None:
    first = Mapper()(await Player(recording, directory).play(20))
    rest = Mapper()(await Player(recording, directory).play())
    assert len(first) + len(rest) == 100
    assert rest.columns["value"][0] == pytest.approx(len(first) * 0.2)
    assert await Player(recording, directory).play() == []


async def test_a_span_of_time_is_played(recording: Path, directory: Path) -> None:
    mapped = Mapper()(await Player(recording, directory, start=1.6e9 + 2, end=1.6e9 + 3).play())
    assert len(mapped) == 11
    assert mapped.columns["value"][0] == pytest.approx(4)


async def test_it_repeats_when_it_is_told(recording: Path, directory: Path) -> None:
    mapped = Mapper()(await Player(recording, directory, speed=100, repeat=True).play(15))
    assert len(mapped) > 100
    assert list(mapped.columns["value"]).count(0.0) >= 2


@pytest.mark.proves("streams.replay")
async def test_long_pauses_are_cut_and_times_that_go_back_are_no_trouble(tmp_path: Path, directory: Path) -> None:
    odd = tmp_path / "odd"
    odd.mkdir()
    record(odd, np.array([0.0, 1.0, 100_000.0, 5.0, 6.0]))
    player = Player(odd, directory)
    mapped = Mapper()(await player.play())
    assert player.took == pytest.approx(1 + LONGEST_PAUSE + 0 + 1, abs=0.1)
    assert len(mapped) == 5
    assert np.all(np.diff(numbers_of(mapped.columns["time"])) >= 0)


async def test_where_nothing_is_recorded_it_says_so(tmp_path: Path, directory: Path) -> None:
    (tmp_path / "empty").mkdir()
    player = Player(tmp_path / "empty", directory)
    assert await player.play() == []
    assert player.source.trouble == "Nothing is recorded there."


async def test_another_recording_is_played_from_its_start(recording: Path, tmp_path: Path, directory: Path) -> None:
    await Player(recording, directory).play()
    (tmp_path / "other").mkdir()
    record(tmp_path / "other", np.arange(5.0))
    assert len(Mapper()(await Player(tmp_path / "other", directory).play())) == 5
