from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.jobs.notebooks.text import StreamText
from tests.support import grows_evenly
from tests.support import grows_evenly


def shown(*pieces: str) -> str:
    text = StreamText()
    for piece in pieces:
        text.feed(piece)
    return text.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a\nb\n", "a\nb\n"),
        ("10%\r20%\r30%\n", "30%\n"),
        ("10%\r", "10%\r"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("abc\b\bd", "ad"),
        ("a\n\b\bb", "a\nb"),
        ("ab\rc\bd", "d"),
        ("", ""),
    ],
)
def test_a_stream_reads_as_on_a_terminal(written: str, value: str) -> None:
    assert shown(written) == value
    assert shown(*written) == value


@given(st.lists(st.text("ab\r\n\b", max_size=8)))
def test_it_does_not_matter_where_a_stream_is_cut(pieces: list[str]) -> None:
    assert shown(*pieces) == shown("".join(pieces))


@given(st.text("ab\r\n\b"))
def test_the_length_is_told_without_looking(written: str) -> None:
    text = StreamText()
    text.feed(written)
    assert text.length == len(text.value.rstrip("\r"))


@pytest.mark.parametrize("unit", ["x", "x\b", "\r", "\b", "x\r", "\n"])
def test_a_line_without_an_end_takes_no_more_work_than_it_is_long(unit: str) -> None:
    """nbclient's regular expressions take a quarter of an hour for a megabyte."""
    assert grows_evenly(lambda amount: shown("y" * amount + unit * amount), 5_000)
    assert grows_evenly(lambda amount: shown("y" * amount, *[unit * 10] * (amount // 10)), 5_000)
