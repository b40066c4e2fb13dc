from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.parsing.durations import brief_duration, read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90), ("1.5", 1.5), ("90s", 90), ("1h30m", 5400), ("1h 30min", 5400), ("1.5h", 5400), ("2d", 172_800),
        ("1d2h3m4s", 93_784), ("0.5S", 0.5), ("0", 0),
    ],
)  # fmt: skip
def test_durations_as_people_write_them(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "soon", "-1s", "1h30", "30m1h", "1e3", "nan", "inf", "1y", "9" * 400, "²s"])
def test_what_is_no_duration(text: str) -> None:
    assert read_duration(text) is None


@given(st.integers(0, 10**8))
def test_what_is_shown_can_be_typed(seconds: int) -> None:
    read = read_duration(brief_duration(seconds))
    assert read is not None
    assert 0 <= seconds - read < max(1, 3600 if seconds >= 86_400 else 60)
