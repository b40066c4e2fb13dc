"""A stream that is cut and gone on with: each piece once, whatever is cut when; and what is refused before that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from random import Random

import pytest

from jupyter_crispdm.base.errors import BadRequest, Gone, TooManyRequests
from jupyter_crispdm.streaming import Event
from jupyter_crispdm.streaming.resume import Bounds, Replay, Replays
from tests.support import eventually, soon


class Source:
    """Numbers up to an end, as text; it tells how often it was opened, and whether it is open."""

    def __init__(self, end: int = 10) -> None:
        self.end = end
        self.openings: list[int] = []
        self.open = 0
        self.gate: asyncio.Event | None = None
        self.error: Exception | None = None

    async def after(self, done: int) -> AsyncIterator[str]:
        self.openings.append(done)
        self.open += 1
        try:
            for number in range(done + 1, self.end + 1):
                if self.gate is not None:
                    await self.gate.wait()
                yield f"{number}"
            if self.error is not None:
                raise self.error
        finally:
            self.open -= 1


async def some(replay: Replay, after: int, number: int) -> list[Event]:
    """The next so many events; then the reader goes."""
    stream = replay.after(after)
    read: list[Event] = []
    try:
        async for event in stream:
            read.append(event)
            if len(read) == number:
                break
    finally:
        await stream.aclose()
    return read


def number_of(event: Event) -> int:
    return int(event.id.rpartition("-")[2])


async def test_a_reader_gets_all_with_ids_that_name_the_stream() -> None:
    replay = Replay(Source(3).after)
    events = await some(replay, 0, 99)
    assert [event.data for event in events] == ["1", "2", "3"]
    assert [event.id for event in events] == [f"{replay.name}-{number}" for number in (1, 2, 3)]


@pytest.mark.proves("streaming.resume")
@pytest.mark.parametrize("linger", [0.0, 60.0])
async def test_what_is_cut_anywhere_however_often_arrives_exactly_once(linger: float) -> None:
    source, random = Source(2_000), Random(7)
    replay = Replay(source.after, Bounds(linger=linger))
    seen: list[str] = []
    at = 0
    while len(seen) < 2_000:
        # the reader has taken more from the server than has reached the other side
        events = await some(replay, at, random.randrange(1, 120))
        arrived = events[: random.randrange(0, len(events) + 1)]
        seen += [event.data for event in arrived]
        at = number_of(arrived[-1]) if arrived else at
    assert seen == [str(number) for number in range(1, 2_001)]
    await replay.aclose()
    assert source.open == 0


async def test_the_source_is_closed_when_its_reader_goes_and_goes_on_after_what_it_made() -> None:
    source = Source()
    replay = Replay(source.after)
    assert [event.data for event in await some(replay, 0, 4)] == ["1", "2", "3", "4"]
    assert source.open == 0
    assert [event.data for event in await some(replay, 2, 99)] == [str(number) for number in range(3, 11)]
    assert source.openings == [0, 4]


async def test_a_source_that_lingers_is_not_opened_again() -> None:
    source = Source()
    replay = Replay(source.after, Bounds(linger=60))
    await some(replay, 0, 4)
    assert source.open == 1
    assert len(await some(replay, 4, 99)) == 6
    assert source.openings == [0]


async def test_a_source_is_let_go_when_nobody_comes_back() -> None:
    source = Source()
    replay = Replay(source.after, Bounds(linger=0.001))
    await some(replay, 0, 4)
    await eventually(lambda: source.open == 0)


async def test_a_piece_that_came_while_the_reader_left_is_not_lost() -> None:
    source = Source(3)
    source.gate = asyncio.Event()
    replay = Replay(source.after, Bounds(linger=60))
    waiting = asyncio.ensure_future(some(replay, 0, 1))
    await eventually(lambda: source.open)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    source.gate.set()
    assert [event.data for event in await soon(some(replay, 0, 99))] == ["1", "2", "3"]
    assert source.openings == [0]


async def test_a_new_reader_ends_the_one_before() -> None:
    source = Source(4)
    source.gate = asyncio.Event()
    replay = Replay(source.after)
    dead = asyncio.ensure_future(some(replay, 0, 99))
    await eventually(lambda: source.open)
    new = asyncio.ensure_future(some(replay, 0, 99))
    await asyncio.sleep(0)
    source.gate.set()
    assert [event.data for event in await soon(new)] == ["1", "2", "3", "4"]
    assert await soon(dead) == []


async def test_the_end_can_be_heard_again() -> None:
    source = Source(3)
    replay = Replay(source.after)
    await some(replay, 0, 99)
    assert [event.data for event in await some(replay, 1, 99)] == ["2", "3"]
    assert await some(replay, 3, 99) == []
    assert source.openings == [0]


async def test_what_broke_the_source_is_told_to_each_who_reads_to_there() -> None:
    source = Source(2)
    source.error = OSError("the model is gone")
    replay = Replay(source.after)
    for after, left in ((0, 2), (1, 1)):
        read = aiter(replay.after(after))
        for _ in range(left):
            await anext(read)
        with pytest.raises(OSError, match="the model is gone"):
            await anext(read)


@pytest.mark.proves("streaming.gap")
@pytest.mark.parametrize("bounds", [Bounds(pieces=3), Bounds(characters=4)])
async def test_who_asks_for_what_is_no_longer_kept_is_told_so_before_anything_is_sent(bounds: Bounds) -> None:
    replay = Replay(Source().after, bounds)
    await some(replay, 0, 99)
    with pytest.raises(Gone) as refused:
        replay.after(2)
    assert refused.value.status == 410
    assert refused.value.details["newest"] == f"{replay.name}-10"
    oldest = int(refused.value.details["oldest"].rpartition("-")[2])
    assert [number_of(event) for event in await some(replay, oldest - 1, 99)] == [*range(oldest, 11)]


async def test_what_was_never_sent_is_refused() -> None:
    replay = Replay(Source().after)
    with pytest.raises(BadRequest) as refused:
        replay.after(1)
    assert refused.value.details == {"field": "Last-Event-ID"}


async def test_what_cannot_be_made_again_is_gone_once_it_is_let_go() -> None:
    replay = Replay(Source().after, reopens=False)
    await some(replay, 0, 4)
    with pytest.raises(Gone, match="Begin anew"):
        replay.after(4)


async def test_a_reader_that_never_began_holds_nothing() -> None:
    source = Source()
    replay = Replay(source.after)
    async with aclosing(replay.after(0)):
        pass
    assert source.openings == []


class TestReplays:
    """The replays of a server."""

    async def test_an_id_leads_back_to_its_stream(self) -> None:
        replays = Replays()
        replay = await replays.begin("ada", Source().after)
        last = (await some(replay, 0, 4))[-1]
        assert replays.find("ada", last.id) == (replay, 4)
        await replays.aclose()

    @pytest.mark.parametrize("text", ["7", "", "zz-1", "0123456789abcdef-", "0123456789abcdef-1\n"])
    async def test_what_is_no_id_of_ours_is_refused(self, text: str) -> None:
        with pytest.raises(BadRequest):
            Replays().find("ada", text)

    async def test_nobody_finds_what_is_somebody_elses(self) -> None:
        replays = Replays()
        replay = await replays.begin("ada", Source().after)
        last = (await some(replay, 0, 4))[-1]
        with pytest.raises(Gone):
            replays.find("bob", last.id)

    async def test_a_caller_reads_a_few_at_a_time_and_those_left_make_room(self) -> None:
        replays = Replays(Bounds(each=2, linger=60))
        sources = [Source() for _ in range(4)]
        left = await replays.begin("ada", sources[0].after)
        await some(left, 0, 1)
        readers = []
        for source in sources[1:3]:
            replay = await replays.begin("ada", source.after)
            readers.append(aiter(replay.after(0)))
            await anext(readers[-1])
        assert sources[0].open == 0
        with pytest.raises(Gone):
            replays.find("ada", f"{left.name}-1")
        with pytest.raises(TooManyRequests) as refused:
            await replays.begin("ada", sources[3].after)
        assert refused.value.details["retry_after"] == 1
        await replays.begin("bob", sources[3].after)
        for reader in readers:
            await reader.aclose()  # type: ignore[attr-defined]
        await replays.aclose()

    async def test_all_of_them_are_bounded_too(self) -> None:
        replays = Replays(Bounds(all=2))
        names = [(await replays.begin(f"caller {number}", Source().after)).name for number in range(3)]
        with pytest.raises(Gone):
            replays.find("caller 0", f"{names[0]}-1")
        replays.find("caller 2", f"{names[2]}-1")

    async def test_what_nobody_came_back_to_is_forgotten(self) -> None:
        replays = Replays(Bounds(forget=-1))
        first = await replays.begin("ada", Source().after)
        await some(first, 0, 99)
        await replays.begin("bob", Source().after)
        with pytest.raises(Gone):
            replays.find("ada", f"{first.name}-1")

    async def test_closing_closes_what_lingers(self) -> None:
        source = Source()
        replays = Replays(Bounds(linger=60))
        await some(await replays.begin("ada", source.after), 0, 4)
        assert source.open == 1
        await replays.aclose()
        assert source.open == 0
