"""Configurations that come with a model file are believed only after a look."""

from __future__ import annotations

from typing import Any

import pytest
from crispdm.algorithms._config import flag, names, one_of, only, whole_number, whole_numbers
from hypothesis import given
from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def test_what_is_right_is_handed_on() -> None:
    only({"a": 1}, ("a", "b"))
    assert names({"a": ["x", 2]}, "a") == ("x", "2")
    assert whole_number({"a": 3}, "a", 1, 5, 2) == 3
    assert whole_number({}, "a", 1, 5, 2) == 2
    assert whole_numbers({"a": [1, 2]}, "a", 1, 5, 1, 3) == (1, 2)
    assert whole_numbers({}, "a", 1, 5, 1, 3, (4,)) == (4,)
    assert (flag({}, "a"), flag({"a": True}, "a")) == (False, True)
    assert (one_of({}, "a", ("x", "y")), one_of({"a": "y"}, "a", ("x", "y"))) == ("x", "y")


@pytest.mark.parametrize("given", [[], ["a", "a"], "ab", None, ["a", "b", "c", "d"], {"a": 1}])
def test_names_are_a_list_of_different_ones(given: Any) -> None:
    with pytest.raises(ValueError, match=r"'config\.classes' must be a list of 1 to 3 different names"):
        names({"classes": given}, "classes", 3)


def test_keys_that_nobody_knows_are_named() -> None:
    with pytest.raises(ValueError, match="unknown keys: eval, z"):
        only({"z": 1, "eval": 2, "a": 3}, ("a",))


@given(ANYTHING)
def test_anything_is_right_or_refused_in_words(value: Any) -> None:
    config = {"key": value}
    checks = (
        lambda: whole_number(config, "key", -3, 3, 0),
        lambda: whole_numbers(config, "key", -3, 3, 1, 2),
        lambda: one_of(config, "key", ("a", "b")),
        lambda: flag(config, "key"),
        lambda: names(config, "key"),
    )
    for check in checks:
        said = ""
        try:
            assert check() is not None
        except ValueError as error:
            said = str(error)
        assert not said or "'config.key'" in said
        assert len(said) < 300
