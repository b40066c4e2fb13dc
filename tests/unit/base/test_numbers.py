"""Numbers that came over the wire."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.numbers import is_whole, number, whole


@pytest.mark.proves("numbers.odd")
@pytest.mark.parametrize(
    "text", ["", "²", "١٢", "１２", "1_000", " 1", "1 ", "+1", "9" * 5000, "1e3", "0x1", "1.0", "-"]
)
def test_no_whole_number(text: str) -> None:
    assert not is_whole(text)
    with pytest.raises(BadRequest, match="'limit' must be a whole number"):
        whole(text, "limit")


def test_whole_numbers_have_bounds() -> None:
    assert whole("0017", "limit") == 17
    assert whole("-3", "since", low=-5) == -3
    for text in ("-1", "11"):
        with pytest.raises(BadRequest) as refused:
            whole(text, "limit", high=10)
        assert refused.value.details == {"field": "limit"}


@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "1e999", "²", "1_0.0", "٣", ".", "e5", "1" * 5000])
def test_no_number(text: str) -> None:
    with pytest.raises(BadRequest, match="'period' must be a number"):
        number(text, "period")


def test_numbers() -> None:
    assert [number(text, "period") for text in ("1", "-1.5", ".5", "2.", "1e3")] == [1.0, -1.5, 0.5, 2.0, 1000.0]
    with pytest.raises(BadRequest, match="from 0 to 60"):
        number("61", "period", low=0, high=60)
