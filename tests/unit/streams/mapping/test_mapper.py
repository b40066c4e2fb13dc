"""Messages become columns, whatever they hold."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.streams.batch import Column
from jupyter_crispdm.streams.mapping import Mapped, Mapper
from jupyter_crispdm.streams.mapping.columns import MOST_COLUMNS
from jupyter_crispdm.streams.mapping.mapper import MOST_ROWS
from jupyter_crispdm.streams.mapping.reading import LARGEST
from jupyter_crispdm.streams.sources.port import Message

NOW = 1_700_000_000.0
VALUE = {"value": "$.v"}


def message(payload: Any, received: float = NOW, topic: str = "line/1/press") -> Message:
    raw = payload if isinstance(payload, bytes | dict) else json.dumps(payload).encode()
    return Message(raw, received, topic=topic)


def said(payload: Any) -> Message:
    """As a message that is JSON, also where it is an object."""
    return message(json.dumps(payload).encode())


def numbers(column: Column) -> list[float | None]:
    assert isinstance(column, np.ndarray)
    return [None if math.isnan(value) else value for value in column.tolist()]


def mapped(mapper: Mapper, *messages: Message) -> Mapped:
    result = mapper(messages)
    assert {len(column) for column in result.columns.values()} == {len(result)}
    return result


def test_without_paths_columns_have_the_names_of_fields() -> None:
    result = mapped(Mapper(), said({"time": NOW + 1, "value": 1.5, "machine": "A"}), said({"value": 2, "ok": True}))
    assert numbers(result.columns["time"]) == [NOW + 1, NOW]
    assert numbers(result.columns["value"]) == [1.5, 2]
    assert numbers(result.columns["ok"]) == [None, 1]
    assert result.columns["machine"] == ["A", None]
    assert result.rejected == {}


def test_the_publishers_own_numbers_get_a_column_of_their_own() -> None:
    result = mapped(Mapper(), said({"seq": 7, "value": 1}))
    assert numbers(result.columns["source_seq"]) == [7]
    assert "seq" not in result.columns


@pytest.mark.parametrize("payload", [b"21.5", b"[21.5]", b" 21.5\n"])
def test_a_plain_number_is_a_value(payload: bytes) -> None:
    assert numbers(mapped(Mapper(), message(payload)).columns["value"]) == [21.5]


def test_paths_name_what_fills_each_column() -> None:
    about = {"machine": "@topic[1]", "at": "@received"}
    mapper = Mapper({"time": "$.ts", "value": "$.data[0].v", "unit": "$.unit", **about})
    result = mapped(mapper, said({"ts": NOW, "data": [{"v": 3}], "unit": "mm"}))
    assert numbers(result.columns["value"]) == [3]
    assert result.columns["unit"] == ["mm"]
    assert result.columns["machine"] == ["1"]
    assert numbers(result.columns["at"]) == [NOW]


def test_a_part_of_a_topic_that_is_not_there_is_missing() -> None:
    mapper = Mapper({"value": "$.v", "part": "@topic[7]", "topic": "@topic"})
    result = mapped(mapper, said({"v": 1}))
    assert result.columns["topic"] == ["line/1/press"]
    assert "part" not in result.columns


@pytest.mark.proves("streams.mapping-arrays")
def test_a_message_may_hold_many_samples() -> None:
    samples = {"machine": "A", "samples": [{"t": NOW, "v": 1}, {"t": NOW + 1}, {"t": NOW + 2, "v": 3}]}
    mapper = Mapper({"time": "$.samples[*].t", "value": "$.samples[*].v", "machine": "$.machine"})
    result = mapped(mapper, said(samples))
    assert numbers(result.columns["time"]) == [NOW, NOW + 1, NOW + 2]
    assert numbers(result.columns["value"]) == [1, None, 3]
    assert result.columns["machine"] == ["A", "A", "A"]


@pytest.mark.parametrize("fields", [None, {"time": "$.time", "value": "$.value"}])
@pytest.mark.proves("streams.mapping-arrays")
def test_columns_may_come_as_columns(fields: dict[str, str] | None) -> None:
    result = mapped(Mapper(fields), said({"time": [NOW, NOW + 1], "value": [1, 2]}))
    assert numbers(result.columns["value"]) == [1, 2]


@pytest.mark.parametrize("fields", [None, VALUE | {"value": "$.value"}, {"value": "$[*].value"}])
@pytest.mark.proves("streams.mapping-arrays")
def test_a_message_may_be_a_list_of_samples(fields: dict[str, str] | None) -> None:
    result = mapped(Mapper(fields), said([{"value": 1}, {"value": 2}]))
    assert numbers(result.columns["value"]) == [1, 2]


def test_a_list_can_be_taken_apart_by_position() -> None:
    result = mapped(Mapper({"time": "$[0]", "value": "$[1]"}), said([NOW, 5]))
    assert numbers(result.columns["time"]) == [NOW]
    assert numbers(result.columns["value"]) == [5]


def test_arrays_of_different_lengths_make_no_samples() -> None:
    result = mapped(Mapper(), said({"time": [1, 2], "value": [1, 2, 3]}), said({"value": 4}))
    assert numbers(result.columns["value"]) == [4]
    assert result.rejected == {"arrays of different lengths": 1}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b'{"v": 1', "no JSON"),
        (b'{"v": "\xff"}', "no JSON"),
        (b'{"v": NaN', "no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"v":' * 100_000 + b"NaN" + b"}" * 100_000, "nested too deeply"),
        (b'{"v": "' + b"x" * LARGEST + b'"}', "over 4 MiB"),
        (b'"text"', "none of the columns"),
        (b"null", "none of the columns"),
        (b"{}", "none of the columns"),
        (b'{"other": 1}', "none of the columns"),
        (b'{"v": {"deeper": 1}}', "none of the columns"),
        (b'{"v": [[1]]}', "none of the columns"),
        (b"[" + b"0," * MOST_ROWS + b"0]", "over 100,000 samples"),
    ],
)
@pytest.mark.proves("streams.rubbish")
def test_a_message_that_is_of_no_use_is_counted_and_the_others_are_there(payload: bytes, reason: str) -> None:
    result = mapped(Mapper(VALUE), said({"v": 1}), message(payload), said({"v": 2}))
    assert numbers(result.columns["value"]) == [1, 2]
    assert result.rejected == {reason: 1}


@pytest.mark.parametrize("payload", [b'"text"', b"null", b"[[1]]"])
@pytest.mark.proves("streams.rubbish")
def test_without_paths_a_message_must_be_an_object_or_a_number(payload: bytes) -> None:
    assert mapped(Mapper(), message(payload)).rejected == {"no object": 1}


def test_nothing_but_rubbish_makes_an_empty_table() -> None:
    result = mapped(Mapper(), message(b"x"), message(b"y"))
    assert len(result) == 0
    assert result.rejected == {"no JSON": 2}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.proves("streams.odd-values")
def test_a_number_that_is_none_is_missing(number: str) -> None:
    result = mapped(Mapper(), message(f'{{"value": {number}, "other": 1}}'.encode()))
    assert numbers(result.columns["value"]) == [None]
    assert numbers(result.columns["other"]) == [1]


@pytest.mark.proves("streams.odd-values")
def test_a_missing_field_is_missing_in_its_row_alone() -> None:
    mapper = Mapper(VALUE | {"probability": "$.p"})
    result = mapped(mapper, said({"v": 1, "p": 0.1}), said({"v": 2}), said({"p": 0.3}), said({"v": None, "p": 0.4}))
    assert numbers(result.columns["value"]) == [1, 2, None, None]
    assert numbers(result.columns["probability"]) == [0.1, None, 0.3, 0.4]


@pytest.mark.proves("streams.odd-values")
def test_a_field_that_changes_its_type_keeps_its_column() -> None:
    mapper = Mapper(VALUE | {"unit": "$.u"})
    mapped(mapper, said({"v": 1, "u": "mm"}))
    result = mapped(mapper, said({"v": "2.5", "u": 3}), said({"v": "broken", "u": True}), said({"v": 4, "u": None}))
    assert numbers(result.columns["value"]) == [2.5, None, 4]
    assert result.columns["unit"] == ["3", "True", None]
    assert result.rejected == {"'value' is no number": 1}


@pytest.mark.proves("streams.odd-values")
def test_numbers_stay_numbers_when_texts_come() -> None:
    mapper = Mapper()
    mapped(mapper, said({"heat": 20}))
    result = mapped(mapper, said({"heat": "hot"}), said({"heat": 21}))
    assert numbers(result.columns["heat"]) == [None, 21]


def test_a_number_of_any_size_is_one_or_missing() -> None:
    result = mapped(Mapper(), message(b'{"value": 1' + b"0" * 400 + b', "other": 1}'))
    assert numbers(result.columns["value"]) == [None]


def test_a_column_appears_with_its_first_value() -> None:
    mapper = Mapper()
    assert "extra" not in mapped(mapper, said({"value": 1, "extra": None})).columns
    result = mapped(mapper, said({"value": 1}), said({"value": 1, "extra": "x"}))
    assert result.columns["extra"] == [None, "x"]


def test_long_texts_are_cut() -> None:
    [text] = mapped(Mapper(), said({"value": 1, "note": "x" * 5000})).columns["note"]
    assert text == "x" * 1000


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        (NOW, NOW), (NOW * 1e3, NOW), (NOW * 1e6, NOW), (int(NOW * 1e9), NOW), (str(NOW), NOW),
        ("2023-11-14T22:13:20Z", NOW), ("2023-11-14T23:13:20+01:00", NOW), ("2023-11-14T22:13:20", NOW),
    ],
)  # fmt: skip
def test_times_are_read_in_every_usual_unit(time: object, seconds: float) -> None:
    assert numbers(mapped(Mapper(), said({"time": time, "value": 1})).columns["time"]) == [seconds]


@pytest.mark.parametrize("time", ["yesterday", -5, 0, 1e300, "1e999", "", "9999999-01-01"])
@pytest.mark.proves("streams.odd-values")
def test_a_time_that_is_none_is_when_the_message_came(time: object) -> None:
    result = mapped(Mapper(), said({"time": time, "value": 1}))
    assert numbers(result.columns["time"]) == [NOW]
    assert result.rejected == {"'time' is no time": 1}


@pytest.mark.proves("streams.mapping-safe")
def test_a_stream_has_a_bounded_number_of_columns() -> None:
    mapper = Mapper()
    for number in range(200):
        result = mapped(mapper, said({"value": 1, f"field{number}": 1}))
    assert list(result.columns) == ["time", "value"]
    assert result.rejected == {"more columns than a stream has": 1}
    many = mapped(Mapper(), said({f"field{number}": 1 for number in range(200)}))
    assert len(many.columns) == MOST_COLUMNS


@pytest.mark.parametrize("name", ["seq", "", "x" * 129, "a\nb"])
def test_a_column_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a column"):
        Mapper({name: "$.v"})


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(BadRequest, match="up to 64 columns"):
        Mapper({f"f{number}": "$.v" for number in range(65)})


OWN = '''
def convert(payload, topic):
    number, unit = payload.decode().split(";")
    return [{"value": float(number), "unit": unit, "topic": topic}]

def nothing(payload, topic):
    return None

def plain(payload, topic):
    return {"v": len(payload)}
'''


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "own.py").write_text(OWN)
    return tmp_path


@pytest.mark.proves("streams.mapping-python")
def test_a_function_of_ones_own_makes_samples(own: Path) -> None:
    mapper = Mapper({}, "lines/own.py:convert", own)
    result = mapped(mapper, message(b"1.5;mm"), message(b"x;mm"), message(b"2;cm"))
    assert numbers(result.columns["value"]) == [1.5, 2]
    assert result.columns["unit"] == ["mm", "cm"]
    assert result.columns["topic"] == ["line/1/press"] * 2
    assert result.rejected == {"convert: ValueError": 1}


@pytest.mark.proves("streams.mapping-python")
def test_paths_read_what_the_function_made(own: Path) -> None:
    assert numbers(mapped(Mapper(VALUE, "lines/own.py:plain", own), message(b"four")).columns["value"]) == [4]


def test_a_function_may_leave_a_message_out(own: Path) -> None:
    assert mapped(Mapper({}, "lines/own.py:nothing", own), message(b"x")).rejected == {"nothing: left out": 1}


@pytest.mark.proves("streams.mapping-python")
def test_a_function_of_a_module_is_found(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(own / "lines"))
    result = mapped(Mapper({}, "own:convert", own), message(b"1;mm"))
    assert numbers(result.columns["value"]) == [1]


@pytest.mark.parametrize("text", ["no_such_module_here:f", "lines/own.py:missing", "lines/none.py:f"])
def test_a_function_that_is_not_there_costs_the_messages_only(own: Path, text: str) -> None:
    result = mapped(Mapper({}, text, own), message(b"1;mm"))
    assert len(result) == 0
    assert sum(result.rejected.values()) == 1


def test_no_function_lies_outside_the_root(own: Path, tmp_path: Path) -> None:
    (tmp_path / "lines" / "out.py").symlink_to("/etc/hostname")
    assert mapped(Mapper({}, "lines/out.py:f", own), message(b"1")).rejected == {"f: ImportError": 1}


@pytest.mark.parametrize("text", ["json", "json:", ":loads", "../own.py:f", "/etc/x.py:f", "json:a.b", "a b:c", "j:f("])
def test_what_is_no_name_of_a_function_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="is no package"):
        Mapper({}, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(JSON | st.binary(max_size=30), max_size=6))
@pytest.mark.proves("streams.rubbish")
def test_no_message_breaks_a_stream(payloads: list[Any]) -> None:
    messages = [message(one) if isinstance(one, bytes) else said(one) for one in payloads]
    for mapper in (Mapper(), Mapper({"value": "$.v", "all": "$[*].value"})):
        for _ in range(2):
            mapped(mapper, *messages)
