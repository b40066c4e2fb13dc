"""Lines out of bytes cut anywhere."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streaming import Malformed, Stream, TooLong
from jupyter_crispdm.streaming.splitting import LineSplitter
from tests.support import grows_evenly
from tests.unit.streaming.cutting import cut, each_byte, fed, in_two

LINES = st.lists(st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", "é€😀".encode(), b" ", b"\x00"])).map(b"".join)


def as_files_have_it(whole: bytes) -> list[str]:
    """The lines that Python's own text files see."""
    text = io.TextIOWrapper(io.BytesIO(whole), "utf-8", newline=None).read()
    return text.split("\n")[: -1 if text.endswith("\n") or not text else None]


@pytest.mark.proves("streaming.cut-anywhere")
@given(cut(LINES))
def test_however_it_is_cut_the_lines_are_those_of_the_whole(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given
    assert list(Stream(pieces).lines()) == as_files_have_it(whole)
    assert list(Stream(each_byte(whole)).lines()) == as_files_have_it(whole)


def test_a_line_end_of_two_bytes_may_be_cut() -> None:
    for pieces in in_two(b"a\r\nb\r\n\r\nc"):
        assert fed(LineSplitter(), pieces) == [b"a", b"b", b"", b"c"]


def test_a_character_may_be_cut() -> None:
    for pieces in in_two("é€😀\n€".encode()):
        assert list(Stream(pieces).lines()) == ["é€😀", "€"]


def test_text_is_taken_as_well_as_bytes() -> None:
    assert list(Stream(["a\nb", "c\n"]).lines()) == ["a", "bc"]
    pieces: list[Any] = [bytearray(b"a\nb"), memoryview(b"c")]
    assert list(Stream(pieces).lines()) == ["a", "bc"]


def test_other_separators_of_unicode_end_no_line() -> None:
    assert list(Stream(["a\u2028b\x0bc\x85d\n"]).lines()) == ["a\u2028b\x0bc\x85d"]


def test_what_is_no_utf_8_is_told_or_replaced() -> None:
    with pytest.raises(Malformed, match="lines: a line is no UTF-8"):
        list(Stream([b"a\xffb\n"]).lines())
    assert list(Stream([b"a\xffb\n"]).lines(errors="replace")) == ["a\N{REPLACEMENT CHARACTER}b"]
    with pytest.raises(Malformed, match="UTF-8"):
        list(Stream(["\ud800"]).lines())


def test_what_is_neither_bytes_nor_text_is_refused() -> None:
    with pytest.raises(Malformed, match="lines: expected bytes or text, not int"):
        list(Stream([1]).lines())  # type: ignore[misc]


@pytest.mark.parametrize("pieces", [[b"x" * 11], [b"x" * 11 + b"\n"], [b"x" * 6, b"x" * 5, b"\n"]])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(pieces: list[bytes]) -> None:
    assert list(Stream([b"x" * 10, b"\n"]).lines(largest=10)) == ["x" * 10]
    with pytest.raises(TooLong, match="lines: a line is over 10 bytes") as refused:
        list(Stream(pieces).lines(largest=10))
    assert refused.value.stage == "lines"


def test_a_long_line_in_small_pieces_costs_no_more_than_its_length() -> None:
    assert grows_evenly(lambda size: fed(LineSplitter(), [b"x"] * size), 4_000)
