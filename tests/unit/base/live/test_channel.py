"""Topics of facts on the loop: who is woken, what is read, and what one that fails does to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.live import channel as channels
from jupyter_crispdm.base.live.channel import FactsChannel, TableChannel, ValueChannel
from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.core.table import Table
from jupyter_crispdm.base.live.core.value import Value
from jupyter_crispdm.base.wire import encode
from tests.support import eventually
from tests.unit.base.live.test_outlet import Wire


class Truth:
    """What a topic is read from: it may be slow, it may fail, and it counts."""

    def __init__(self, value: Any = 0) -> None:
        self.value, self.read = value, 0
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> Any:
        """The truth, once the gate is open."""
        self.read += 1
        value = self.value
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return value


def of_value(truth: Truth, **options: Any) -> ValueChannel:
    return ValueChannel(Value("v", 10, narrow=options.pop("narrow", None)), truth.load, **options)


def of_table(truth: Truth, **options: Any) -> TableChannel:
    return TableChannel(Table("t", 10, keep=options.pop("keep", 100)), truth.load, **options)


Made = Callable[..., FactsChannel]
BOTH = pytest.mark.parametrize("made", [of_value, of_table])


def follow(channel: FactsChannel, wire: Wire, topic: str = "x", since: int | None = None) -> None:
    wire.outlet.follow(topic, channel, Place(since), None)


def facts(wire: Wire) -> list[Any]:
    """What was sent since the last look."""
    sent, wire.sent = wire.sent, []
    return [msgspec.json.decode(message.data) for messages in sent for message in messages]


async def settle() -> None:
    """Let the loop turn until all that is due has been done."""
    for _ in range(20):
        await asyncio.sleep(0)


async def told(wire: Wire) -> list[Any]:
    await settle()
    return facts(wire)


@BOTH
async def test_who_comes_is_told_the_truth_and_all_who_come_together_share_one_reading(made: Made) -> None:
    truth = Truth({"n": 1})
    channel, wires = made(truth), [Wire() for _ in range(20)]
    for wire in wires:
        follow(channel, wire)
    assert [await told(wire) for wire in wires] == [[{"n": 1}]] * 20
    assert truth.read == 1


@BOTH
async def test_nothing_is_read_before_somebody_comes_and_after_the_last_has_left(made: Made) -> None:
    truth = Truth()
    channel, wire = made(truth), Wire()
    await settle()
    assert truth.read == 0
    follow(channel, wire)
    await settle()
    wire.outlet.close()
    if isinstance(channel, ValueChannel):
        channel.changed()
    await settle()
    assert truth.read == 1


@BOTH
async def test_a_reading_that_nobody_waits_for_is_given_up(made: Made) -> None:
    truth = Truth()
    truth.gate.clear()
    channel, wire = made(truth), Wire()
    follow(channel, wire)
    await settle()
    wire.outlet.close()
    await settle()
    truth.gate.set()
    late = Wire()
    follow(channel, late)
    assert await told(late) == [0]
    assert (truth.read, facts(wire)) == (2, [])


@BOTH
async def test_a_truth_that_cannot_be_read_is_told_to_all_and_can_be_followed_again(made: Made) -> None:
    truth, forgot = Truth(), list[int]()
    truth.error = NotFound("It is gone.")
    channel, wires = made(truth, forget=lambda: forgot.append(1)), [Wire(), Wire()]
    for wire in wires:
        follow(channel, wire)
    await settle()
    assert ([wire.failed for wire in wires], [len(wire.outlet) for wire in wires]) == ([["x"], ["x"]], [0, 0])
    assert forgot == [1]
    truth.error = None
    follow(channel, wires[0])
    assert await told(wires[0]) == [0]


async def test_a_value_that_cannot_be_shown_is_told_and_no_quiet_topic() -> None:
    """Whoever waited for it waited for ever."""
    channel, wire = of_value(Truth({}), narrow=lambda fact: fact["missing"]), Wire()
    follow(channel, wire)
    await settle()
    assert (wire.failed, len(wire.outlet)) == (["x"], 0)


@BOTH
async def test_a_fact_that_cannot_be_encoded_is_told_and_spoils_no_other_topic_of_the_connection(made: Made) -> None:
    """What the same connection was about to get of other topics was lost with it."""
    good, bad, wire = of_value(Truth("good")), made(Truth(object())), Wire()
    follow(bad, wire, "bad")
    follow(good, wire, "good")
    assert await told(wire) == ["good"]
    assert (wire.failed, len(wire.outlet)) == (["bad"], 1)
    good.changed()
    assert await told(wire) == ["good"]


async def test_a_connection_that_breaks_while_it_is_told_keeps_no_other_from_the_news() -> None:
    """All who came after it in the round were told nothing, then and at every later change."""
    truth = Truth(1)
    channel, wires = of_value(truth), [Wire() for _ in range(3)]

    def broken(messages: Any) -> bool:
        raise OSError("the connection is gone")

    for wire in wires:
        follow(channel, wire)
    await settle()
    wires[0].outlet._send = broken
    for newest in (2, 3):
        truth.value = newest
        channel.changed()
        await settle()
    assert [facts(wire) for wire in wires[1:]] == [[1, 2, 3]] * 2
    assert len(wires[0].outlet) == 0


async def test_a_change_during_a_reading_is_read_too() -> None:
    truth = Truth("old")
    channel, wire = of_value(truth), Wire()
    truth.gate.clear()
    follow(channel, wire)
    await settle()
    truth.value = "new"
    channel.changed()
    truth.gate.set()
    assert (await told(wire))[-1] == "new"
    assert truth.read == 2


async def test_many_changes_at_once_are_read_once_more() -> None:
    truth = Truth()
    channel, wire = of_value(truth), Wire()
    follow(channel, wire)
    await settle()
    truth.gate.clear()
    for number in range(100):
        truth.value = number
        channel.changed()
        await asyncio.sleep(0)
    truth.gate.set()
    assert (await told(wire))[-1] == 99
    assert truth.read <= 3


async def test_a_value_that_comes_back_to_somebody_who_has_it_is_not_sent() -> None:
    truth = Truth("same")
    channel, wire = of_value(truth), Wire()
    follow(channel, wire, since=10)
    assert await told(wire) == []
    assert truth.read == 0, "the number says that they have it"


async def test_all_who_follow_are_woken_though_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_AT_ONCE", 3)
    truth = Truth({"all": True})
    channel, wires = of_table(truth), [Wire() for _ in range(10)]
    for wire in wires:
        follow(channel, wire)
    await settle()
    for number in range(3):
        channel.tell("row", number)
    assert [(await told(wire))[-1] for wire in wires] == [2] * 10
    assert truth.read == 1


async def test_who_leaves_during_a_round_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_AT_ONCE", 1)
    channel, first, second = of_table(Truth({})), Wire(), Wire()
    for wire in (first, second):
        follow(channel, wire)
    await settle()
    facts(second)

    def leave_the_other(messages: Any) -> bool:
        second.outlet.close()
        return True

    first.outlet._send = leave_the_other
    channel.tell("row", 1)
    assert await told(second) == []


async def test_the_whole_of_a_table_is_not_kept_once_all_have_it() -> None:
    truth = Truth({"rows": ["x" * 1000]})
    channel, wire = of_table(truth), Wire()
    follow(channel, wire)
    await settle()
    assert (channel._whole, channel._after_gap) == (None, None)
    late = Wire()
    follow(channel, late)
    assert await told(late) == [{"rows": ["x" * 1000]}]
    assert truth.read == 2


async def test_who_was_away_too_long_hears_of_the_gap_and_who_is_new_does_not() -> None:
    channel, away, new, here = of_table(Truth({"all": 1}), keep=2), Wire(), Wire(), Wire()
    follow(channel, here)
    await settle()
    for row in range(5):
        channel.tell(row, row)
        await settle()
    follow(channel, away, since=11)
    follow(channel, new)
    assert (await told(away), await told(new)) == ([{"gap": True, "all": 1}], [{"all": 1}])
    assert await told(here) == [{"all": 1}, 0, 1, 2, 3, 4]


async def test_rows_that_change_while_the_table_is_read_come_after_it() -> None:
    truth = Truth({"rows": 0})
    truth.gate.clear()
    channel, wire = of_table(truth), Wire()
    follow(channel, wire)
    await settle()
    channel.tell("a", "newer")
    truth.gate.set()
    assert await told(wire) == [{"rows": 0}, "newer"]


@BOTH
async def test_what_is_held_while_somebody_follows_is_let_go_once(made: Made) -> None:
    held: list[str] = []

    @contextmanager
    def followed() -> Iterator[None]:
        held.append("in")
        yield
        held.append("out")

    channel = made(Truth(), followed=followed)
    for _ in range(2):
        wires = [Wire(), Wire()]
        for wire in wires:
            follow(channel, wire)
        await settle()
        for wire in [*wires, *wires]:
            wire.outlet.close()
    assert held == ["in", "out"] * 2


@BOTH
async def test_a_stranger_who_leaves_ends_nothing(made: Made) -> None:
    forgot: list[int] = []
    channel, wire, stranger = made(Truth(5), forget=lambda: forgot.append(1)), Wire(), Wire()
    other = made(Truth())
    follow(other, stranger)
    follow(channel, wire)
    channel.leave(stranger.outlet._readers["x"])
    assert (await told(wire), forgot) == ([5], [])


def test_a_message_is_encoded_when_it_is_needed_and_then_no_more() -> None:
    made: list[Any] = []

    def counted(fact: Any) -> bytes:
        made.append(fact)
        return encode(fact)

    message = Message("t", 1, {"a": 1}, encode=counted)
    assert made == []
    assert (message.data, message.json, message.frame) == (message.data, message.json, message.frame)
    assert made == [{"a": 1}]


async def test_the_log_says_which_topic_failed_and_how(caplog: pytest.LogCaptureFixture) -> None:
    """What we foresaw is a line, and what we did not is a traceback."""
    for error, has_traceback in ((NotFound("It is gone."), False), (ZeroDivisionError("of ours"), True)):
        caplog.clear()
        truth, wire = Truth(), Wire()
        truth.error = error
        follow(of_value(truth), wire)
        await eventually(partial(getattr, wire, "failed"))
        [record] = [record for record in caplog.records if record.name == channels.__name__]
        assert str(error) in record.getMessage()
        assert bool(record.exc_info and record.exc_info[0]) is has_traceback
