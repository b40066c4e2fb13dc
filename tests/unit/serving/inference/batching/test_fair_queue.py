"""Callers take turns; time is a fake clock's, and nothing sleeps."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import CrispdmError, Unavailable
from jupyter_crispdm.serving.inference.batching.fair_queue import WHOLE, Capacity, FairQueue
from tests.support import FakeClock


class Line:
    """Turns, and who had one in which order."""

    def __init__(self, slots: int = 1, waiting: int = 100, each: int = 50) -> None:
        self.clock = FakeClock()
        self.queue = FairQueue(Capacity(slots, waiting, each), self.clock)
        self.served: list[str] = []
        self.gate = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, caller: str, seconds: float = 0.0) -> None:
        async with self.queue.turn(caller):
            self.served.append(caller)
            await self.gate.wait()
            self.clock.advance(seconds)

    async def arrive(self, *callers: str, seconds: float = 0.0) -> list[asyncio.Task[None]]:
        """Everybody stands in line, in this order."""
        tasks = [asyncio.create_task(self.ask(caller, seconds)) for caller in callers]
        self.tasks += tasks
        for _ in range(3):
            await asyncio.sleep(0)
        return tasks

    async def finish(self) -> None:
        self.gate.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.mark.proves("floods.predictions")
async def test_callers_take_turns_whoever_asked_for_more_first() -> None:
    line = Line()
    await line.arrive(*["greedy"] * 6, "modest", "modest")
    await line.finish()
    assert line.served == ["greedy", "greedy", "modest", "greedy", "modest", "greedy", "greedy", "greedy"]


@pytest.mark.proves("clients.left")
async def test_a_caller_who_leaves_leaves_no_work_behind() -> None:
    line = Line()
    tasks = await line.arrive("working", *["gone"] * 6, "here")
    for task in tasks[1:7]:
        task.cancel()
    await line.finish()
    assert line.served == ["working", "here"]
    assert (line.queue.waiting, line.queue.working) == (0, 0)


async def test_a_turn_that_comes_in_the_moment_in_which_its_caller_leaves_is_handed_on() -> None:
    line = Line()
    _, second, _ = await line.arrive("a", "b", "c")
    line.gate.set()
    await asyncio.sleep(0)  # "a" goes on; "b" is called and not awake yet
    second.cancel()
    await line.finish()
    assert line.served[-1] == "c"
    assert line.queue.working == 0


async def test_a_caller_s_own_line_is_bounded_and_keeps_nobody_else_out() -> None:
    line = Line(waiting=10, each=4)
    tasks = await line.arrive(*["greedy"] * 20, "modest")
    refused = [task for task in tasks if task.done()]
    assert len(refused) == 15
    error = refused[0].exception()
    assert isinstance(error, Unavailable)
    assert error.details["retry_after"] >= 1
    await line.finish()
    assert "modest" in line.served


async def test_when_all_room_is_taken_the_newest_of_the_longest_line_gives_way() -> None:
    line = Line(waiting=6, each=6)
    tasks = await line.arrive(*["greedy"] * 7, "modest")
    assert [task.done() for task in tasks] == [*[False] * 6, True, False]
    more = await line.arrive("greedy")
    assert isinstance(more[0].exception(), Unavailable)
    await line.finish()
    assert Counter(line.served) == {"greedy": 6, "modest": 1}


async def test_how_long_to_wait_is_learnt_from_how_long_turns_take() -> None:
    line = Line(slots=2)
    await line.arrive(*["a"] * 20, seconds=10.0)
    before = line.queue.pause
    await line.finish()
    line.gate.clear()
    await line.arrive(*["a"] * 12)
    assert before < line.queue.pause <= 60
    await line.finish()


async def test_those_who_wait_are_told_when_it_is_in_vain() -> None:
    line = Line()
    tasks = await line.arrive("a", "b", "c")
    line.queue.close(Unavailable("withdrawn"))
    with pytest.raises(Unavailable, match="withdrawn"):
        await line.ask("d")
    await line.finish()
    assert [str(task.exception()) for task in tasks[1:]] == ["withdrawn"] * 2
    assert tasks[0].exception() is None
    await line.queue.quiet()


async def test_who_leaves_costs_their_caller_no_place_in_the_line() -> None:
    line = Line()
    tasks = await line.arrive("working", "a", "a", "b", "c")
    line.gate.set()
    tasks[1].cancel()  # at the head of the line when the turn is handed on
    tasks[0].cancel()
    await line.finish()
    assert line.served == ["working", "a", "b", "c"]


async def test_small_turns_share_a_slot_and_a_whole_one_waits_for_all_of_it() -> None:
    line = Line()
    order: list[str] = []
    gates = {name: asyncio.Event() for name in ("small", "whole")}

    async def ask(caller: str, share: int, gate: str) -> None:
        async with line.queue.turn(caller, share):
            order.append(caller)
            await gates[gate].wait()

    small = [asyncio.create_task(ask(f"small {number}", WHOLE // 2, "small")) for number in range(2)]
    await asyncio.sleep(0)
    whole = asyncio.create_task(ask("whole", WHOLE, "whole"))
    await asyncio.sleep(0)
    late = asyncio.create_task(ask("late", WHOLE // 2, "small"))
    await asyncio.sleep(0)
    assert (order, line.queue.working, line.queue.waiting) == (["small 0", "small 1"], 2, 2)
    gates["small"].set()
    await asyncio.gather(*small)
    await asyncio.sleep(0)
    assert order[2:] == ["whole"]
    gates["whole"].set()
    await asyncio.gather(whole, late)
    assert order[2:] == ["whole", "late"]
    assert (line.queue.working, line.queue.waiting) == (0, 0)


async def test_who_leaves_the_head_of_the_line_lets_smaller_ones_in() -> None:
    line = Line()
    entered = asyncio.Event()

    async def small() -> None:
        async with line.queue.turn("small", 1):
            entered.set()

    async with line.queue.turn("here", 1):
        whole = asyncio.create_task(line.ask("whole"))
        await asyncio.sleep(0)
        behind = asyncio.create_task(small())
        await asyncio.sleep(0)
        assert not entered.is_set()
        whole.cancel()
        await behind
        assert entered.is_set()


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=40),
    st.integers(1, 3),
    st.integers(1, 12),
)
def test_every_turn_ends_free_and_none_waits_longer_than_one_round(
    arrivals: list[tuple[str, bool]], slots: int, each: int
) -> None:
    async def scenario() -> None:
        line = Line(slots, waiting=20, each=each)
        tasks = await line.arrive(*[caller for caller, _ in arrivals])
        for task, (_, leaves) in zip(tasks, arrivals, strict=True):
            if leaves:
                task.cancel()
        with suppress(CrispdmError):
            await line.finish()
        assert (line.queue.waiting, line.queue.working) == (0, 0)
        stayed = Counter(caller for (caller, leaves), task in zip(arrivals, tasks, strict=True)
                         if not task.cancelled() and task.exception() is None)  # fmt: skip
        rest = line.served[slots:]
        for caller in stayed:
            gap = 0
            last = max((index for index, name in enumerate(rest) if name == caller), default=-1)
            for name in rest[: last + 1]:
                gap = 0 if name == caller else gap + 1
                assert gap <= 3

    asyncio.run(scenario())
