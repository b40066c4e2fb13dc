"""Bytes as they come become messages, wherever they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streaming.errors import TooLong
from jupyter_crispdm.streams.sources.http.parsing import LARGEST, EventParser, LineParser, Parser

EVENTS = (
    b"\xef\xbb\xbf: a comment\r\nid: 1\r\ndata: first\r\n\r\n"
    b"data:second\ndata:  line\n\n"
    b"event: named\rid\rdata: third\r\r"
    b"retry: 10\n\nid: 9\n\ndata\n\n"
    b"data: never ended"
)
EXPECTED = [(b"first", "1"), (b"second\n line", "1"), (b"third", ""), (b"", "9")]


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(places)]


def parsed(parser: Parser, parts: list[bytes]) -> list[tuple[bytes, str]]:
    return [message for part in parts for message in parser.feed(part)]


@given(st.lists(st.integers(0, 10_000), max_size=12))
@pytest.mark.proves("streams.http-source")
def test_events_are_read_wherever_they_are_cut(cuts: list[int]) -> None:
    assert parsed(EventParser(), pieces(EVENTS, cuts)) == EXPECTED


@given(st.lists(st.integers(0, 10_000), max_size=12))
@pytest.mark.proves("streams.http-source")
def test_lines_are_read_wherever_they_are_cut(cuts: list[int]) -> None:
    data = b'{"v": 1}\n\n\x1e{"v": 2}\r\n  \n{"v": "\xe2\x82\xac"}\n{"v"'
    assert [line for line, _ in parsed(LineParser(), pieces(data, cuts))] == [
        b'{"v": 1}', b'{"v": 2}', b'{"v": "\xe2\x82\xac"}',
    ]  # fmt: skip


@pytest.mark.proves("streams.http-faults")
def test_what_is_no_text_is_passed_on_as_it_is() -> None:
    """A message that is damaged is counted as such by whoever reads it, not made good here."""
    assert parsed(EventParser(), [b"data: \xff\n\n"]) == [(b"\xff", "")]


def test_no_id_is_remembered_that_is_longer_than_any_header() -> None:
    assert parsed(EventParser(), [b"id: " + b"7" * 5000 + b"\ndata: x\n\n"]) == [(b"x", "7" * 1000)]


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_break_a_parser(parts: list[bytes]) -> None:
    for parser in (EventParser(), LineParser()):
        assert all(isinstance(payload, bytes) for payload, _ in parsed(parser, parts))


@pytest.mark.parametrize("make", [EventParser, LineParser])
@pytest.mark.proves("streams.http-faults")
def test_a_message_without_an_end_is_refused(make: type[Parser]) -> None:
    parser = make()
    with pytest.raises(TooLong):
        parsed(parser, [b"x" * (LARGEST // 5)] * 10)


@pytest.mark.proves("streams.http-faults")
def test_an_event_of_too_many_lines_is_refused() -> None:
    with pytest.raises(TooLong):
        parsed(EventParser(), [b"data: " + b"x" * (LARGEST // 5) + b"\n"] * 10)
