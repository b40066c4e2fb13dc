"""Values: whatever is lost on the way, whoever is slow, the newest value arrives, and nothing older is kept."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.core.value import Value
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.models.types import Model, ModelFormat, ModelsFact, ModelVersion

from .network import Connection, Frame

FIRST = 1000


def changed(value: Value, truth: Any) -> None:
    value.changed()
    value.put(value.newest, truth)


def test_a_newcomer_gets_the_value_and_then_nothing_until_it_changes() -> None:
    value = Value("models", FIRST)
    assert value.misses(None)
    value.put(value.newest, {"n": 0})
    first = value.after(None)
    assert first is not None
    assert Frame.of(first) == Frame(FIRST, None, {"n": 0})
    assert value.after(first.seq) is None
    changed(value, {"n": 1})
    second = value.after(first.seq)
    assert second is not None
    assert Frame.of(second) == Frame(FIRST + 1, None, {"n": 1})


def test_a_change_during_the_reading_is_read_again() -> None:
    value = Value("models", FIRST)
    number = value.newest
    value.changed()
    value.put(number, {"n": "before or after the change"})
    assert value.misses(number)
    value.put(value.newest, {"n": "after it"})
    assert not value.misses(None)
    value.put(number, {"n": "late"})
    message = value.after(number)
    assert message is not None
    assert Frame.of(message).data == {"n": "after it"}


def test_a_number_from_another_life_of_the_server_gets_the_value() -> None:
    value = Value("models", FIRST)
    value.put(value.newest, {"n": 0})
    for cursor in (FIRST - 5, FIRST + 5):
        assert value.after(cursor) is not None


def test_what_is_hidden_is_not_told() -> None:
    value = Value("models", FIRST, narrow=lambda fact: {"n": fact["n"]} if fact["shown"] else None)
    value.put(value.newest, {"n": 0, "secret": 1, "shown": True})
    message = value.after(None)
    assert message is not None
    assert Frame.of(message).data == {"n": 0}
    changed(value, {"n": 1, "shown": False})
    assert value.after(FIRST) is None
    assert not value.misses(FIRST)


def test_it_is_encoded_once_for_all_and_not_at_all_for_nobody() -> None:
    encoded: list[Any] = []

    def counted(fact: Any) -> bytes:
        encoded.append(fact)
        return encode(fact)

    value = Value("models", FIRST, encode=counted)
    for number in range(100):
        changed(value, {"n": number})
    assert encoded == []
    messages = {value.after(cursor) for cursor in [None, *range(FIRST, FIRST + 100)]}
    assert [len(message.frame) for message in messages if message is not None]
    assert encoded == [{"n": 99}]


def version(number: int) -> ModelVersion:
    return ModelVersion(
        "unet_digits", number, ModelFormat.torch, "segmentation", [str(one) for one in range(10)], {}, {"epochs": 40},
        "20261128-203122-abcdef", "server", datetime(2026, 11, 28, tzinfo=timezone.utc), 123, "0" * 64,
    )  # fmt: skip


def test_800_versions_of_a_model_are_kept_once() -> None:
    """Each registration tells the whole registry: a thousand of them were kept once, 784 MiB."""
    value = Value("models", FIRST)
    for number in range(1, 801):
        changed(value, ModelsFact([Model("unet_digits", number, {}, [version(one) for one in range(1, number + 1)])]))
        message = value.after(value.newest - 1)
        assert message is not None
        assert value.size < 2.1 * len(message.frame), "the newest, as data and as a frame"
        assert len(message.frame) > 100 * number


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["change", "read", "send", "arrive", "cut", "restart"]), st.integers(0, 3)), max_size=60
)


@pytest.mark.proves("live.core", "live.values")
@given(steps=STEPS)
def test_whatever_is_lost_on_the_way_the_newest_value_arrives(steps: list[Step]) -> None:
    life, truth = FIRST, 0
    value, connection = Value("v", life), Connection()
    sent: int | None = None
    cursor: int | None = None
    known: Any = None
    reading = value.newest
    steps = [*steps, ("cut", 0), ("read", 0), ("send", 0), ("arrive", 9)]
    for kind, amount in steps:
        if kind == "change":
            truth += 1
            value.changed()
        elif kind == "read":
            reading = value.newest
            value.put(reading, {"n": truth})
        elif kind == "send":
            message = value.after(sent)
            if message is not None:
                connection.send(message)
                sent = message.seq
        elif kind == "arrive":
            for frame in connection.arrive(amount):
                assert known is None or frame.data["n"] >= known, "never older than before"
                cursor, known = frame.seq, frame.data["n"]
        elif kind == "cut":
            connection, sent = Connection(), cursor
        else:
            life += 10_000
            value, connection, sent = Value("v", life), Connection(), cursor
    assert known == truth


@pytest.mark.proves("live.values", "live.newest-with-period")
@given(changes=st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_a_slow_reader_gets_only_newest_values(changes: list[int]) -> None:
    value, cursor, truth, received = Value("v", FIRST), None, 0, []
    for count in changes:
        for _ in range(count):
            truth += 1
            changed(value, {"n": truth})
        if count == 0:
            value.put(value.newest, {"n": truth})
        message: Message | None = value.after(cursor)
        if message is not None:
            assert Frame.of(message).data == {"n": truth}
            cursor = message.seq
            received.append(message)
    assert len(received) <= len(changes)
