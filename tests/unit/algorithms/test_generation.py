from __future__ import annotations

from typing import Any

import pytest
from crispdm.algorithms._generation import MOST_PROMPT, MOST_TOKENS, SEEDS, Generation, StopWatch
from crispdm.algorithms._options import OptionError
from hypothesis import given
from hypothesis import strategies as st

LETTERS = st.text("ab", max_size=30)


def test_a_request_that_says_nothing_gets_what_is_usual() -> None:
    assert Generation.parse({}) == Generation("", "", 256, 1.0, 0, 1.0, (), None)


def test_what_is_none_is_as_if_it_were_not_said() -> None:
    names = ("prompt", "written", "max_tokens", "temperature", "top_k", "top_p", "stop", "seed")
    assert Generation.parse(dict.fromkeys(names)) == Generation.parse({})


def test_what_is_not_known_is_left_alone() -> None:
    assert Generation.parse({"user": "somebody", "logit_bias": {}}) == Generation.parse({})


def test_everything_that_can_be_chosen_is_taken() -> None:
    chosen = {
        "prompt": "ab", "written": "c", "max_tokens": 3.0, "temperature": 0, "top_k": 4, "top_p": 0.5,
        "stop": ["x", ""], "seed": 7,
    }  # fmt: skip
    assert Generation.parse(chosen) == Generation("ab", "c", 3, 0.0, 4, 0.5, ("x",), 7)


def test_one_text_is_one_stop() -> None:
    assert Generation.parse({"stop": "\n\n"}).stop == ("\n\n",)


def test_a_seed_may_be_negative() -> None:
    assert Generation.parse({"seed": -1}).seed == SEEDS - 1


@pytest.mark.proves("text.limits")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", 7),
        ("prompt", ["a"]),
        ("prompt", "a" * (MOST_PROMPT + 1)),
        ("written", 7),
        ("written", "a" * (MOST_TOKENS + 1)),
        ("max_tokens", 0),
        ("max_tokens", -1),
        ("max_tokens", 1.5),
        ("max_tokens", "7"),
        ("max_tokens", True),
        ("max_tokens", MOST_TOKENS + 1),
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("temperature", float("nan")),
        ("temperature", "hot"),
        ("top_k", -1),
        ("top_p", 1.1),
        ("stop", 7),
        ("stop", ["a"] * 9),
        ("stop", ["a" * 201]),
        ("stop", [7]),
        ("seed", 2**63),
        ("seed", "x"),
        ("seed", float("inf")),
    ],
)
def test_a_value_that_cannot_be_followed_is_named(field: str, value: Any) -> None:
    with pytest.raises(OptionError, match=f"'{field}' must be ") as caught:
        Generation.parse({field: value})
    assert caught.value.field == field
    assert len(str(caught.value)) < 400


def test_text_without_stops_comes_through_at_once() -> None:
    watch = StopWatch(())
    assert [watch.take(letter) for letter in "abc"] == ["a", "b", "c"]
    assert watch.rest() == ""


def test_what_may_begin_a_stop_waits_until_it_is_known() -> None:
    watch = StopWatch(["END"])
    assert [watch.take(letter) for letter in "aENb"] == ["a", "", "", "ENb"]


def test_text_ends_before_a_stop() -> None:
    watch = StopWatch(["END"])
    assert [watch.take(letter) for letter in "aEND"] == ["a", "", "", ""]
    assert watch.stopped
    assert watch.rest() == ""


def test_what_waits_in_the_end_is_no_stop() -> None:
    watch = StopWatch(["END"])
    watch.take("aEN")
    assert not watch.stopped
    assert watch.rest() == "EN"


@given(LETTERS, st.lists(st.text("ab", min_size=1, max_size=4), max_size=3), st.data())
def test_however_text_is_cut_it_ends_before_the_first_stop(text: str, stops: list[str], data: st.DataObject) -> None:
    ends = [text.find(stop) + len(stop) for stop in stops if stop in text]
    watch, shown, left = StopWatch(stops), "", text
    while left and not watch.stopped:
        size = data.draw(st.integers(1, len(left)))
        shown += watch.take(left[:size])
        left = left[size:]
    shown += watch.rest()
    assert watch.stopped == bool(ends)
    assert text.startswith(shown)
    assert not any(stop in shown for stop in stops)
    if not ends:
        assert shown == text
