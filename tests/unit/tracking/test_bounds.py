"""What a program reports, cut to what can be told to everybody."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.bounds import MORE, MOST_BYTES, MOST_NAMES, depth, merged, plain_parameters, plain_value


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [None, True, 1, -(2**63), 1.5, "text", [1, {"a": [2]}], {"x": {}}, nested(10)])
def test_what_is_small_stays_as_it_is(value: Any) -> None:
    assert plain_value(value) == value


@pytest.mark.proves("lists.one-job")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x" * 5000, "(5,000 characters, not shown)"),
        (2**64, "a number of 65 bits"),
        (["\ud800"], "cannot be told on"),
        (nested(11), "nested more than 10 deep"),
        (nested(100_000), "nested more than 10 deep"),
        (list(range(5000)), "bytes, not shown"),
    ],
)
def test_what_is_not_says_so_in_its_place(value: Any, said: str) -> None:
    shown = plain_value(value)
    assert said in shown
    assert len(shown) < 300


def test_depth() -> None:
    values: list[Any] = [1, [], {"a": 1}, [[1]], {"a": [{}]}]
    assert [depth(value, 50) for value in values] == [0, 0, 1, 2, 2]


def test_names_and_bytes_are_bounded_and_it_is_said() -> None:
    many = plain_parameters({f"n{number}": number for number in range(10_000)})
    assert len(many) == MOST_NAMES + 1
    assert "more parameters" in many[MORE]
    large = plain_parameters({f"n{number}": "x" * 4000 for number in range(100)})
    assert len(msgspec.json.encode(large)) < MOST_BYTES + 1000
    assert MORE in large
    assert merged(large, {"n0": 1})["n0"] == 1
    assert MORE in merged(large, {})
    assert merged({"a": 1}, {"a": 2, "b": 3}) == {"a": 2, "b": 3}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(st.dictionaries(st.text(), JSON))
def test_whatever_is_reported_can_be_told_on(values: dict[str, Any]) -> None:
    msgspec.json.encode(plain_parameters(values))
