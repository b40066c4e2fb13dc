from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.streams.reading.columns import brief, brief_columns_of, columns_of, window_of
from tests.unit.streams.playing import BEGAN, batch


def test_columns_are_lists_and_the_numbers_of_the_samples_come_first() -> None:
    samples = batch(3, 2, state=["ok", None]).samples()
    assert list(columns_of(samples)) == ["seq", "time", "value", "state"]
    assert columns_of(samples)["seq"] == [3, 4]
    assert columns_of(samples)["state"] == ["ok", None]


def test_what_is_no_number_is_null_in_json() -> None:
    samples = batch(1, 3, load=np.array([np.nan, np.inf, -np.inf])).samples()
    for columns in (columns_of(samples), brief_columns_of(samples)):
        assert b'"load":[null,null,null]' in encode(columns)


@pytest.mark.parametrize(
    ("number", "told"),
    [(1 / 3, 0.333333333), (-2 / 3e5, -6.66666667e-06), (1234567891.25, 1234567891.0), (12345.678901234, 12345.6789),
     (9007199254740991.0, 9007199254740991.0), (0.0, 0.0), (1e300, 1e300), (5e-324, 5e-324), (0.5, 0.5)],
)  # fmt: skip
def test_viewers_get_nine_digits_of_a_fraction(number: float, told: float) -> None:
    assert brief(np.array([number])).tolist() == [told]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20))
def test_what_viewers_get_is_the_number_as_far_as_anybody_can_see(numbers: list[float]) -> None:
    given_numbers = np.array(numbers, np.float64)
    told = brief(given_numbers)
    finite = np.isfinite(given_numbers)
    assert np.array_equal(np.isfinite(told), finite)
    assert np.allclose(told[finite], given_numbers[finite], rtol=1e-8, atol=0)


def test_times_are_told_to_the_microsecond() -> None:
    samples = batch(1, 1, time=np.array([BEGAN + 0.12345678])).samples()
    assert brief_columns_of(samples)["time"] == [BEGAN + 0.123457]
    assert columns_of(samples)["time"] == [BEGAN + 0.12345678]


def test_an_empty_window_says_where_one_is() -> None:
    assert window_of(batch(1, 1).samples().where(np.array([False])), 7).seq == 7
    assert window_of(batch(1, 3).samples(), 0, "a file is torn").trouble == "a file is torn"
