"""The chain: what each stage makes, the same over plain and async sources, and that nothing runs ahead."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.streaming import (
    Event,
    Malformed,
    NeedsEventLoop,
    StageFailed,
    Stream,
    TimedOut,
)
from jupyter_crispdm.streaming.sources import Opening
from jupyter_crispdm.streaming.stages import alive, batched, throttled, within
from jupyter_crispdm.streaming.waits import NotYet, PlainPull, PlainWaits
from tests.support import soon


async def each(items: Any) -> AsyncIterator[Any]:
    """The same items, as an async source."""
    for item in items:
        await asyncio.sleep(0)
        yield item


async def both(items: list[Any], chain: Any) -> list[Any]:
    """What a chain makes of the items, which is the same whatever kind of source it has."""
    plain = list(chain(Stream(items)))
    assert [item async for item in chain(Stream(items))] == plain
    assert [item async for item in chain(Stream(each(items)))] == plain
    return plain


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def is_odd(number: int) -> bool:
    await asyncio.sleep(0)
    return number % 2 == 1


class Counted:
    """A source that counts what is asked of it."""

    def __init__(self, items: list[Any]) -> None:
        self.items, self.asked, self.closed = items, 0, 0

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            self.asked += 1
            yield item

    def close(self) -> None:
        self.closed += 1


@pytest.mark.proves("stream.class", "streaming.chainable")
async def test_the_chain_of_the_surface() -> None:
    rows = [b'{"loss": 1', b'.5}\n{"loss"', b': 0.25}\n{"loss": 9}\n']
    chain = await both(rows, lambda stream: (
        stream.lines().json().map(lambda row: row["loss"]).filter(lambda loss: loss < 2).sse(ids=True)
    ))  # fmt: skip
    assert chain == [b"id: 1\ndata: 1.5\n\n", b"id: 2\ndata: 0.25\n\n"]


async def test_a_stage_asks_for_an_item_only_when_it_is_asked() -> None:
    source = Counted([*range(100)])
    stream = Stream(source).map(lambda number: number + 1).filter(lambda number: number % 2).sse()
    assert source.asked == 0
    reader = iter(stream)
    next(reader)
    assert source.asked == 1
    next(reader)
    assert source.asked == 3


async def test_a_slow_reader_holds_the_source() -> None:
    source = Counted([*range(100)])
    async for number in Stream(source).batch(2).map(sum).timeout(60):
        assert source.asked <= number + 2
        await asyncio.sleep(0)


class TestChanging:
    """Stages that change what comes."""

    async def test_map_and_filter(self) -> None:
        chain = await both([1, 2, 3], lambda stream: stream.map(str).filter(lambda text: text != "2"))
        assert chain == ["1", "3"]

    async def test_functions_may_be_async(self) -> None:
        assert [item async for item in Stream([1, 2, 3]).filter(is_odd).map(doubled)] == [2, 6]

    async def test_take(self) -> None:
        assert await both([1, 2, 3], lambda stream: stream.take(2)) == [1, 2]
        assert await both([1, 2, 3], lambda stream: stream.take(0)) == []
        source = Counted([1, 2, 3])
        assert list(Stream(source).take(2)) == [1, 2]
        assert (source.asked, source.closed) == (2, 1)

    async def test_batch(self) -> None:
        assert await both([1, 2, 3, 4, 5], lambda stream: stream.batch(2)) == [[1, 2], [3, 4], [5]]
        assert await both([], lambda stream: stream.batch(2)) == []
        with pytest.raises(ValueError, match="at least one"):
            Stream([1]).batch(0)

    async def test_a_stream_is_a_source(self) -> None:
        assert await both([1, 2], lambda stream: Stream(stream.map(str)).map(int)) == [1, 2]

    async def test_an_iterable_is_read_anew_each_time(self) -> None:
        stream = Stream([1, 2]).map(str)
        assert [*stream] == [*stream] == ["1", "2"]


class Slow(PlainWaits):
    """Time that a test moves; a pull gives up where the item takes longer."""

    def __init__(self) -> None:
        self.time, self.pauses = 0.0, list[float]()

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def pull(self, items: Any) -> Any:
        return SlowPull(self, items)


class SlowPull(PlainPull[Any]):
    """Items are pairs: how long it takes, and what comes."""

    def __init__(self, waits: Slow, items: Any) -> None:
        super().__init__(items)
        self._waits, self._asked = waits, list[tuple[float, Any]]()

    async def within(self, seconds: float | None) -> Any:
        if not self._asked:
            took, item = await super().within(None)
            self._asked = [(self._waits.time + took, item)]
        ready, item = self._asked[0]
        if seconds is not None and ready > self._waits.time + seconds:
            self._waits.time += seconds
            raise NotYet
        self._waits.time = max(self._waits.time, ready)
        self._asked.clear()
        return item


def timed(*pairs: tuple[float, Any]) -> Any:
    async def items() -> AsyncIterator[Any]:
        for pair in pairs:
            yield pair

    return items()


class TestTime:
    """Stages that know the time, which is told."""

    async def test_a_batch_waits_for_its_first_item_so_long(self) -> None:
        waits = Slow()
        items = timed((9, "a"), (1, "b"), (1, "c"), (5, "d"), (0, "e"), (0, "f"))
        assert [batch async for batch in batched(items, waits, 3, 2.0)] == [["a", "b", "c"], ["d", "e", "f"]]
        items = timed((0, "a"), (1, "b"), (1.5, "c"), (9, "d"))
        assert [batch async for batch in batched(items, waits, 3, 2.0)] == [["a", "b"], ["c"], ["d"]]

    async def test_throttled_items_have_time_between_them_and_none_is_left_out(self) -> None:
        waits = Slow()
        async for _ in throttled(timed(1, 2, 3), waits, 5.0):  # type: ignore[arg-type]
            waits.time += 2.0
        assert waits.pauses == [3.0, 3.0]

    async def test_what_does_not_come_in_time_ends_the_stream(self) -> None:
        items = within(timed((4, "a"), (6, "b")), Slow(), 5.0)
        assert await anext(items) == "a"
        with pytest.raises(TimedOut, match="timeout: nothing came for 5 s"):
            await anext(items)

    async def test_what_blocks_for_too_long_is_found_out_afterwards(self) -> None:
        waits = Slow()

        async def blocking() -> AsyncIterator[tuple[float, str]]:
            waits.time += 6
            yield 0, "late"

        with pytest.raises(TimedOut, match="an item took longer than 5 s"):
            await anext(within(blocking(), waits, 5.0))  # type: ignore[arg-type]

    async def test_a_quiet_stream_shows_that_it_lives(self) -> None:
        pieces = alive(timed((1, b"a"), (11, b"b"), (0, b"c")), Slow(), 5.0, b"!")
        assert [piece async for piece in pieces] == [b"a", b"!", b"!", b"b", b"c"]

    async def test_in_an_event_loop_an_item_that_takes_longer_is_still_waited_for(self) -> None:
        gate = asyncio.Event()

        async def late() -> AsyncIterator[int]:
            await gate.wait()
            yield 7

        pieces = aiter(Stream(late()).sse(heartbeat=0.001))
        assert await soon(anext(pieces)) == b": still here\n\n"
        gate.set()
        while (piece := await soon(anext(pieces))) == b": still here\n\n":
            pass
        assert piece == b"data: 7\n\n"

    async def test_in_an_event_loop_it_times_out(self) -> None:
        with pytest.raises(TimedOut):
            await soon(anext(aiter(Stream(never()).timeout(0.001))))

    async def test_a_throttled_stream_loses_nothing_in_an_event_loop(self) -> None:
        assert [item async for item in Stream(each([1, 2, 3])).throttle(0.001)] == [1, 2, 3]
        assert list(Stream([1, 2, 3]).throttle(0.0001)) == [1, 2, 3]


async def never() -> AsyncIterator[int]:
    await asyncio.Event().wait()
    yield 0


class TestSending:
    """What goes out."""

    async def test_events(self) -> None:
        items = ["one\ntwo", b"three", {"a": 1}, None, Event("x", "i", "n", 5)]
        assert await both(items, lambda stream: stream.sse(retry=9)) == [
            b"retry: 9\n\n",
            b"data: one\ndata: two\n\n",
            b"data: three\n\n",
            b'data: {"a":1}\n\n',
            b"data: null\n\n",
            b"id: i\nevent: n\nretry: 5\ndata: x\n\n",
        ]

    async def test_events_have_ids_that_a_function_tells(self) -> None:
        chain = await both([{"id": "a"}], lambda stream: stream.sse(ids=lambda row: row["id"]))
        assert chain == [b'id: a\ndata: {"id":"a"}\n\n']

    async def test_lines_of_json(self) -> None:
        assert await both(["a\n", {"b": [1]}], Stream.ndjson) == [b'"a\\n"\n', b'{"b":[1]}\n']

    async def test_text(self) -> None:
        assert await both(["é", b"\xff", 7], Stream.text) == ["é".encode(), b"\xff", b"7"]

    async def test_what_cannot_be_written_names_the_stage(self) -> None:
        for stage in ("sse", "ndjson"):
            with pytest.raises(StageFailed, match=f"{stage}: TypeError") as refused:
                list(getattr(Stream([object()]), stage)())
            assert refused.value.stage == stage

    async def test_what_is_sent_is_read_again(self) -> None:
        rows = [{"text": "é\u2028\n", "n": n} for n in range(3)]
        for form in ("sse", "ndjson"):
            assert list(getattr(Stream(rows), form)().json()) == rows

    async def test_a_quiet_stream_of_lines_sends_empty_ones(self) -> None:
        pieces = aiter(Stream(never()).ndjson(heartbeat=0.001))
        assert await soon(anext(pieces)) == b"\n"
        await pieces.aclose()  # type: ignore[attr-defined]


class TestErrors:
    """What goes wrong names where."""

    async def test_a_function_that_fails_is_named_and_its_error_is_the_cause(self) -> None:
        def broken(row: int) -> int:
            return 1 // row

        for chain in (Stream([1, 0]).map(broken), Stream([1, 0]).filter(broken)):
            with pytest.raises(StageFailed, match=r"(map|filter)\(broken\): ZeroDivisionError") as refused:
                list(chain)
            assert isinstance(refused.value.__cause__, ZeroDivisionError)
            with pytest.raises(StageFailed):
                _ = [item async for item in chain]

    async def test_it_is_named_once(self) -> None:
        def broken(row: int) -> int:
            raise KeyError("loss")

        with pytest.raises(StageFailed) as refused:
            list(Stream([1]).map(broken).map(str).filter(bool).batch(2))
        assert str(refused.value) == "map(broken): KeyError: 'loss'"

    async def test_what_a_source_raises_comes_as_it_is(self) -> None:
        def source() -> Iterator[bytes]:
            yield b'{"a": 1}'
            raise ConnectionResetError("gone")

        rows = iter(Stream(source()).json().map(str))
        assert next(rows) == "{'a': 1}"
        with pytest.raises(ConnectionResetError):
            next(rows)

    async def test_what_comes_before_an_error_is_given_first(self) -> None:
        rows = iter(Stream([b"1 2 x"]).json())
        assert [next(rows), next(rows)] == [1, 2]
        with pytest.raises(Malformed):
            next(rows)

    async def test_a_plain_loop_cannot_wait(self) -> None:
        for stream in (Stream(each([1])), Stream([1]).map(doubled)):
            with pytest.raises(NeedsEventLoop, match="async for"):
                list(stream)

    async def test_a_source_that_only_looks_async_is_read_in_a_plain_loop(self) -> None:
        async def at_once(number: int) -> int:
            return number + 1

        assert list(Stream([1, 2]).map(at_once)) == [2, 3]


async def test_a_source_that_never_waits_leaves_the_loop_to_others() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    async for _ in Stream(range(10_000)):
        pass
    counting.cancel()
    assert turns > 100


def test_a_file_is_a_source(tmp_path: Path) -> None:
    path = tmp_path / "rows.ndjson"
    path.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(5)))
    file = path.open("rb")
    assert sum(Stream(file).json().map(lambda row: row["n"])) == 10
    assert file.closed


def test_an_opening_closes_all_whatever_goes_wrong_at_one() -> None:
    closed = []

    class Closing:
        def __init__(self, name: str) -> None:
            self.name = name

        def close(self) -> None:
            closed.append(self.name)
            if self.name == "b":
                raise OSError("b is stuck")

    async def close() -> None:
        opening = Opening(PlainWaits(), opened=[Closing("a"), Closing("b"), Closing("c")])
        with pytest.raises(OSError, match="b is stuck"):
            await opening.close()

    asyncio.run(close())
    assert closed == ["c", "b", "a"]


@pytest.mark.proves("streaming.light")
def test_importing_it_imports_nothing_heavy() -> None:
    heavy = {"numpy", "tornado", "jupyter_server", "sqlalchemy", "pyarrow", "httpx", "traitlets", "torch", "starlette"}
    code = "import sys; from jupyter_crispdm.streaming import Stream; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert heavy.isdisjoint(loaded)
