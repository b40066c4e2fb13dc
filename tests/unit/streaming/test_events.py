"""Server-Sent Events, by the standard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streaming import Event, StageFailed, Stream, TooLong
from jupyter_crispdm.streaming.events import EventParser, comment, retry_field, written
from tests.unit.streaming.cutting import cut, each_byte, fed, in_two

EVERYTHING = (
    b"\xef\xbb\xbf: hello\n"
    b"retry: 3000\r\n"
    b"id: 1\r"
    b"data: first\r\ndata:  second\rdata\ndata:\xe2\x82\xac\n"
    b"\n"
    b"event: named\ndata: x\nid\n\n"
    b"event: lost\n\n"
    b"id: a\0b\nretry: soon\nretry: -1\nretry:\xd9\xa3\nfoo: bar\ndata:y\r\n\r\n"
    b"data: never ends"
)
READ = [
    Event("first\n second\n\n€", "1", "", 3000),
    Event("x", "", "named", 3000),
    Event("y", "", "", 3000),
]


def parsed(whole: bytes) -> list[Event]:
    return fed(EventParser(), [whole])


def test_all_that_the_standard_says() -> None:
    assert parsed(EVERYTHING) == READ


@pytest.mark.proves("streaming.cut-anywhere")
def test_it_may_be_cut_at_every_byte() -> None:
    assert fed(EventParser(), each_byte(EVERYTHING)) == READ
    for pieces in in_two(EVERYTHING):
        assert fed(EventParser(), pieces) == READ


@given(cut(st.lists(st.sampled_from([b"data", b":", b" ", b"id", b"\r", b"\n", b"\r\n", b"x", b"\0", b"\xef\xbb\xbf",
                                     b"event", b"retry", b"7", b"\xff"])).map(b"".join)))  # fmt: skip
def test_however_it_is_cut_the_events_are_those_of_the_whole(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given
    assert fed(EventParser(), pieces) == parsed(whole)


class TestIds:
    """The id that a client that connects again sends."""

    def test_an_id_holds_for_the_events_after_it(self) -> None:
        assert [event.id for event in parsed(b"id: 5\ndata: a\n\ndata: b\n\n")] == ["5", "5"]

    def test_an_empty_id_forgets_it(self) -> None:
        assert [event.id for event in parsed(b"id: 5\ndata: a\n\nid:\ndata: b\n\ndata: c\n\n")] == ["5", "", ""]

    def test_an_id_with_nul_is_no_id(self) -> None:
        assert [event.id for event in parsed(b"id: 5\ndata: a\n\nid: 6\0\ndata: b\n\n")] == ["5", "5"]

    def test_an_event_without_data_moves_it_on_all_the_same(self) -> None:
        parser = EventParser()
        assert fed(parser, [b"id: 5\n\n"]) == []
        assert parser.last_id == "5"
        assert list(parser.feed(b"data: a\n\n")) == [Event("a", "5")]

    def test_an_event_that_is_cut_does_not_move_it_on(self) -> None:
        parser = EventParser()
        assert len(fed(parser, [b"id: 5\ndata: a\n\nid: 6\ndata: b\n"])) == 1
        assert parser.last_id == "5"


def test_an_empty_line_of_data_is_data() -> None:
    assert parsed(b"data\n\n") == [Event("")]
    assert parsed(b"data\ndata\n\n") == [Event("\n")]


def test_only_one_space_is_taken_away() -> None:
    assert parsed(b"data:  x \n\n") == [Event(" x ")]


@pytest.mark.parametrize("mark", [b"\n\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"])
def test_a_byte_order_mark_is_taken_away_only_where_it_begins(mark: bytes) -> None:
    assert parsed(mark + b"data: x\n\n") == []


def test_the_name_holds_for_one_event() -> None:
    assert [event.name for event in parsed(b"event: a\ndata: x\n\ndata: y\n\n")] == ["a", ""]


@pytest.mark.parametrize("pieces", [[b"data: " + b"x" * 30], [b"data: xxxxx\n"] * 5, [b": " + b"x" * 30]])
def test_an_event_without_end_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(TooLong, match=r"events: .* over 20 bytes"):
        list(Stream(pieces).events(largest=20))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)
ONE_LINE = TEXT.map(lambda text: text.replace("\r", "").replace("\n", ""))


@given(st.lists(st.builds(Event, TEXT, ONE_LINE, ONE_LINE, st.none() | st.integers(0, 10**9)), max_size=5))
def test_what_is_written_is_read_again(events: list[Event]) -> None:
    read = fed(EventParser(), [b"".join(map(written, events))])
    assert [event.data for event in read] == [event.data.replace("\r\n", "\n").replace("\r", "\n") for event in events]
    assert [event.name for event in read] == [event.name for event in events]
    last_id = ""
    for event, again in zip(events, read, strict=True):
        last_id = event.id or last_id
        assert again.id == last_id


def test_no_event_is_written_with_an_empty_id() -> None:
    assert written(Event("x")) == b"data: x\n\n"


@pytest.mark.parametrize("event", [Event("x", id="a\nb"), Event("x", id="\0"), Event("x", name="a\rdata: y")])
def test_nothing_is_written_that_would_be_read_as_something_else(event: Event) -> None:
    with pytest.raises(ValueError, match="line ends or NUL"):
        written(event)
    with pytest.raises(StageFailed, match="sse: ValueError"):
        list(Stream([event]).sse())


def test_signs_of_life_and_pauses_are_no_events() -> None:
    parser = EventParser()
    assert fed(parser, [comment("still here"), retry_field(250)]) == []
    assert parser.retry == 250
    with pytest.raises(ValueError, match="line ends"):
        comment("a\n")
