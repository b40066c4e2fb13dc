"""Lines of a log as a terminal shows them, from bytes in any pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.parsers.lines import LONGEST, Line, LineCutter


def cut(*pieces: bytes) -> list[Line]:
    cutter = LineCutter()
    lines = [line for piece in pieces for line in cutter.feed(piece)]
    return [*lines, *cutter.finish()]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\nb\n", [("a", True), ("b", True)]),
        (b"a\r\nb", [("a", True), ("b", True)]),
        (b"1\r2\r3\n", [("1", False), ("2", False), ("3", True)]),
        (b"\r 1%\r 2%", [(" 1%", False), (" 2%", True)]),
        (b"1/2\b\b\b2/2\n", [("1/2", False), ("2/2", True)]),
        (b"bar\r      \rtext\n", [("bar", False), ("text", True)]),
        (b"\x1b[1;31mred\x1b[0m plain\n", [("red plain", True)]),
        (b"\x1b]8;;http://a\x07link\x1b]8;;\x07\n", [("link", True)]),
        (b"up\x1b[A\x1b[2K\n", [("up", True)]),
        ("größer \N{FULL BLOCK}\n".encode(), [("größer \N{FULL BLOCK}", True)]),
        (b"bad \xff byte\n", [("bad \N{REPLACEMENT CHARACTER} byte", True)]),
        (b"\n\n\r\n", []),
        (b"", []),
    ],
)
def test_what_stands_in_a_line(data: bytes, lines: list[tuple[str, bool]]) -> None:
    assert cut(data) == [Line(*line) for line in lines]


def test_what_is_too_long_is_left_out_and_only_that() -> None:
    long = b"x" * (LONGEST * 5)
    cutter = LineCutter()
    assert cutter.feed(b"before\n" + long) == [Line("before", True)]
    assert cutter.feed(long) == []
    assert len(cutter.rest) <= 1
    assert cutter.feed(b"end of it\nafter\n") == [Line("after", True)]


def test_a_line_that_is_too_long_to_its_end_leaves_nothing() -> None:
    assert cut(b"x" * (LONGEST + 10)) == []


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\b", b"\x1b[1m", b"\xc3", b"\xa4", b" 1"]), max_size=20), st.data()
)
def test_pieces_do_not_matter(parts: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    if b"\x1b" not in whole or all(b"\x1b" not in piece[-4:] for piece in pieces):
        assert cut(*pieces) == cut(whole)
