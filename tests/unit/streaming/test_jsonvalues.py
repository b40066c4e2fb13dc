"""JSON values out of bytes cut anywhere: the same as those of the whole."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streaming import Malformed, Stream, TooLong
from jupyter_crispdm.streaming.jsonvalues import JsonParser, ValueParser
from tests.support import grows_evenly
from tests.unit.streaming.cutting import cut, each_byte, fed, in_two

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
NO_ARRAYS = VALUES.filter(lambda value: not isinstance(value, list))
SPACE = st.sampled_from(["", " ", "\n", "\r\n", "\t\n "])


@st.composite
def one_after_the_other(draw: st.DrawFn) -> bytes:
    """Values with some space after each, as json.dumps writes them in either of two ways."""
    texts = []
    for value in draw(st.lists(NO_ARRAYS, max_size=5)):
        text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2])))
        texts.append(text + (draw(SPACE) if text[0] in '{"' else "\n"))
    return (draw(SPACE) + "".join(texts)).encode()


def by_the_book(whole: bytes) -> list[Any]:
    """Python's own parser, on the whole."""
    text, at, values = whole.decode(), 0, []
    while (rest := text[at:].lstrip()) != "":
        at = len(text) - len(rest)
        value, at = json.JSONDecoder().raw_decode(text, at)
        values.append(value)
    return values


def read(pieces: list[bytes], **options: Any) -> list[Any]:
    return list(Stream(pieces).json(**options))


@pytest.mark.proves("streaming.cut-anywhere")
@given(cut(one_after_the_other()))
def test_values_one_after_the_other_are_those_of_the_whole(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given
    expected = by_the_book(whole)
    assert read([whole]) == expected
    assert read(pieces) == expected
    assert read(each_byte(whole)) == expected


@given(cut(st.lists(VALUES, max_size=5).map(lambda values: json.dumps(values, indent=1, ensure_ascii=False).encode())))
def test_the_items_of_an_array_come_one_by_one(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given
    assert read(pieces) == json.loads(whole)
    assert read(each_byte(whole)) == json.loads(whole)


@given(cut(st.lists(VALUES, max_size=5).map(lambda values: "".join(f"{json.dumps(v)}\n" for v in values).encode())))
def test_in_lines_an_array_stays_one(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given
    expected = [json.loads(line) for line in whole.splitlines()]
    assert list(Stream(pieces).lines().json()) == expected


EVENTS = (
    b': hi\n\nid: 1\ndata: {"a":\ndata: "\xe2\x82\xac"}\n\n'
    b"event: x\ndata: [1, 2]\n\ndata:\n\ndata: 3\n\ndata: [DONE]\n\n"
)


def test_events_are_recognized_wherever_they_are_cut() -> None:
    for whole in (EVENTS, b"\xef\xbb\xbf\n\r\n" + EVENTS[6:]):
        assert read(each_byte(whole)) == [{"a": "€"}, [1, 2], 3]
        for pieces in in_two(whole):
            assert read(pieces) == [{"a": "€"}, [1, 2], 3]
            assert list(Stream(pieces).lines().json()) == [{"a": "€"}, [1, 2], 3]
            assert list(Stream(pieces).events().json()) == [{"a": "€"}, [1, 2], 3]


@pytest.mark.parametrize("begin", [b"data: ", b"event: x\ndata: ", b"id: 5\ndata: ", b"retry: 5\ndata: ", b":\ndata: "])
def test_each_field_of_an_event_may_come_first(begin: bytes) -> None:
    assert read(each_byte(begin + b"7\n\n")) == [7]


@pytest.mark.parametrize("word", [b"true", b"false", b"null", b"-1.5e3", b"0", b'"data: 1"', b'"\\""', b'"\\\\"'])
def test_a_lone_value_ends_with_the_input(word: bytes) -> None:
    for pieces in in_two(word):
        assert read(pieces) == [json.loads(word)]


def test_several_in_one_piece_come_one_at_a_time() -> None:
    asked: list[Any] = []
    stream = Stream([b'{"a":1}{"a":2}{"a":']).json().map(asked.append)
    next(iter(stream))
    assert asked == [{"a": 1}]


def test_a_byte_order_mark_is_no_value() -> None:
    for pieces in in_two(b'\xef\xbb\xbf{"a":1}'):
        assert read(pieces) == [{"a": 1}]
    assert list(Stream(["\ufeff1\n2\n"]).lines().json()) == [1, 2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"a":1', "ends in the middle"),
        (b"[1", "ends in the middle"),
        (b"[1,", "ends in the middle"),
        (b'"abc', "ends in the middle"),
        (b'"abc\\', "ends in the middle"),
        (b"[1 2]", "expected ',' or ']'"),
        (b"[,1]", "expected a value"),
        (b"[1,]", "expected a value"),
        (b"[1,,2]", "expected a value"),
        (b"]", "expected a value"),
        (b"}", "expected a value"),
        (b"1,2", "expected a value"),
        (b'{"a" 1}', "expected"),
        (b"{]}", "json: "),
        (b"truefalse", "json: "),
        (b"NaN", "json: "),
        (b"'a'", "json: "),
        (b"<html>", "json: "),
        (b"dat", "json: "),
        (b'"\xff"', "json: "),
        (b'{"a": "\x01"}', "json: "),
    ],
)
def test_what_is_no_json_is_refused_however_it_is_cut(text: bytes, why: str) -> None:
    for pieces in in_two(text):
        with pytest.raises(Malformed, match=why) as refused:
            read(pieces)
        assert refused.value.stage == "json"


@given(cut(st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"1", b" ", b"tr", b"ue", b"\xff",
                                     b"data:", b"\n"])).map(b"".join)))  # fmt: skip
def test_rubbish_is_refused_alike_however_it_is_cut(given: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = given

    def outcome(pieces: list[bytes]) -> object:
        values = []
        try:
            for value in Stream(pieces).json():
                values.append(value)
        except Malformed:
            return values, "refused"
        return values, "read"

    assert outcome(pieces) == outcome([whole]) == outcome(each_byte(whole))


def test_what_is_nested_too_deep_is_refused_before_it_is_read() -> None:
    for deepest, fits in ((5, True), (4, False)):
        for whole in (b'{"a":[[[[]]]]}', b"[[[[[]]]]]"):
            if fits:
                read([whole], deepest=deepest)
            else:
                with pytest.raises(Malformed, match="nested more than 4 deep"):
                    read([whole], deepest=deepest)
    with pytest.raises(Malformed, match="nested more than 64 deep"):
        list(Stream([b"[" * 100_000]).lines().json())
    with pytest.raises(Malformed, match="nested more than 64 deep"):
        read([b'{"a":' * 100_000])


def test_brackets_in_text_nest_nothing() -> None:
    whole = json.dumps({"a": "[{" * 500, "b": '"[' * 100}).encode()
    assert read([whole]) == [json.loads(whole)]
    assert list(Stream([whole]).lines().json()) == [json.loads(whole)]


@pytest.mark.parametrize("text", [b'"' + b"x" * 50, b'{"a": "' + b"x" * 50, b"1" * 50, b"[1, 2, " + b"3" * 50])
def test_what_has_no_end_is_refused_before_it_fills_the_memory(text: bytes) -> None:
    with pytest.raises(TooLong, match="over 20 bytes"):
        read(each_byte(text), largest=20)


@pytest.mark.parametrize("text", [b'"' + b"x" * 50 + b'"', b"data: " + b"1" * 50 + b"\n\n"])
def test_what_is_too_long_is_refused_in_one_piece_too(text: bytes) -> None:
    for stream in (Stream([text]), Stream([text]).lines()):
        with pytest.raises(TooLong):
            list(stream.json(largest=20))


def test_a_long_array_needs_no_memory() -> None:
    pieces = (b"[" if number == 0 else b"," + b"1" * 10 for number in range(1_000))
    with pytest.raises(Malformed, match="expected a value"):
        list(Stream(pieces).json(largest=20))
    many = [b"[0", *[b", 1111111111"] * 1_000, b"]"]
    assert sum(Stream(many).json(int, largest=20)) == 1_111_111_111_000


def test_values_have_a_type() -> None:
    class Row(msgspec.Struct):
        loss: float
        step: int = 0

    assert list(Stream([b'{"loss":1', b',"step":2}']).json(Row)) == [Row(1.0, 2)]
    with pytest.raises(Malformed, match=r"Expected `float`, got `str` - at `\$\.loss`"):
        list(Stream([b'{"loss":"x"}']).json(Row))


def test_the_form_can_be_told() -> None:
    assert list(Stream([b"x: 1\ndata: 2\n\n"]).json(form="events")) == [2]
    with pytest.raises(Malformed):
        list(Stream([b"data: 2\n\n"]).json(form="values"))
    assert list(Stream([b"data: 2\n\n"]).lines().json(form="events")) == [2]
    with pytest.raises(Malformed):
        list(Stream([b"data: 2\n\n"]).lines().json(form="values"))


def test_a_long_text_in_small_pieces_costs_no_more_than_its_length() -> None:
    def work(size: int) -> object:
        return fed(ValueParser(Any, 64, 10**9), [b'{"a": "', *[b"x\\n"] * size, b'"}'])

    assert grows_evenly(work, 1_000)


def test_nothing_is_made_of_nothing() -> None:
    for pieces in ([], [b""], [b" ", b"\n"], [b"\xef\xbb\xbf"]):
        assert fed(JsonParser("auto", Any, 64, 100), pieces) == []
