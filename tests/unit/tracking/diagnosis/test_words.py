"""Numbers in sentences."""

from __future__ import annotations

import math

import pytest

from jupyter_crispdm.tracking.diagnosis.words import number, steps


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (0.123456, "0.1235"), (-0.5, "-0.5"), (12.3456, "12.35"), (999.94, "999.9"),
        (1234.5, "1,234"), (123_456.0, "123,456"), (1e7, "1.000e+07"), (9.99e-5, "9.990e-05"), (1e-4, "0.0001"),
        (math.nan, "not a number"), (math.inf, "infinite"), (-math.inf, "infinite"), (5e-324, "4.941e-324"),
    ],
)  # fmt: skip
def test_values_have_four_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("step", "text"), [(0, "0"), (999, "999"), (12_345, "12,345"), (-3, "-3"), (10**12, "1,000,000,000,000")]
)
def test_steps_have_their_thousands_apart(step: int, text: str) -> None:
    assert steps(step) == text
