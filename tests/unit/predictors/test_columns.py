"""Columns of a table: what was told of them, and rows made of a request, whatever it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from crispdm.algorithms._tensors import Refusal
from crispdm.predictors._columns import ROWS, Column, Table
from hypothesis import given
from hypothesis import strategies as st

CITY = Column("city", "text", ("Bonn", "Ulm"))
AGE, FLAG, KIND = Column("age"), Column("member", "flag"), Column("kind", "number", (1, 2))
NAMES = st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=2, max_size=6, unique=True)


def texts(*values: str) -> np.ndarray:
    return np.array(values, object)


def request(**change: Any) -> dict[str, np.ndarray]:
    usual = {"age": np.array([30.0, 40]), "city": texts("Bonn", "Ulm"), "member": np.array([True, False])}
    return {name: array for name, array in {**usual, **change}.items() if array is not None}


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ("age", AGE),
        ({"name": "age"}, AGE),
        ({"name": "city", "categories": ["Bonn", "Ulm"]}, CITY),
        ({"name": "city", "type": "text", "categories": ["Bonn", "Ulm"]}, CITY),
        ({"name": "kind", "type": "number", "categories": [1, 2]}, KIND),
        ({"name": "member", "type": "flag"}, FLAG),
    ],
)
def test_a_column_is_read_as_it_is_described(told: Any, column: Column) -> None:
    assert Column.parse(told) == column


@pytest.mark.parametrize("column", [CITY, AGE, FLAG, KIND])
def test_what_a_column_says_of_itself_is_read_as_the_same(column: Column) -> None:
    assert Column.parse(column.described()) == column


@pytest.mark.parametrize("told", [3, None, [], {}, {"name": 3}, {"name": "a", "type": "date"}])
def test_what_describes_no_column_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match=r"metadata\.columns|'type' of the column"):
        Column.parse(told)


def test_a_table_of_every_type_becomes_a_frame() -> None:
    table = Table([AGE, CITY, FLAG, KIND], named=True)
    assert [one["datatype"] for one in table.inputs] == ["FP64", "BYTES", "BOOL", "FP64"]
    frame = table.read({"kind": np.array([1, 2]), "member": np.array([True, False]), "age": np.array([1, 2]),
                        "city": texts("Ulm", "")})  # fmt: skip
    assert list(frame.columns) == ["age", "city", "member", "kind"]
    assert frame["age"].tolist() == [1.0, 2.0]
    assert pd.isna(frame["city"]).tolist() == [False, True]
    assert table.missing(frame) == "'city' (row 1)"


def test_an_example_is_a_row_that_can_be_read() -> None:
    for columns in ([AGE], [CITY], [AGE, CITY, FLAG, KIND], [KIND, Column("note", "text")]):
        for named in (True, False):
            table = Table(columns, named)
            assert len(table.read(table.example())) == 1


def test_an_empty_text_is_itself_where_it_is_a_category() -> None:
    table = Table([Column("note", "text", ("", "x")), AGE], named=True)
    frame = table.read({"note": texts(""), "age": np.array([1.0])})
    assert frame["note"].tolist() == [""]
    assert table.missing(frame) == ""


@pytest.mark.parametrize("named", [True, False])
def test_rows_are_taken_under_any_name_where_all_are_numbers(named: bool) -> None:
    table = Table([AGE, Column("size")], named)
    rows = np.array([[1.0, 2], [3, np.nan]])
    read = table.read({"whatever": rows})
    assert np.array_equal(np.asarray(read, float), rows, equal_nan=True)
    assert table.missing(read) == "'size' (row 1)"


def test_many_columns_and_categories_are_told_in_part() -> None:
    wide = Table([Column(f"c{n}", "text") for n in range(100)], named=True)
    with pytest.raises(Refusal, match="'c19' and more") as told:
        wide.read({})
    assert len(str(told.value)) < 300
    known = Column("word", "text", tuple(f"w{n}" for n in range(1000)))
    with pytest.raises(Refusal, match="and 980 more") as told:
        Table([known, AGE], named=True).read({"word": texts("x" * 5000), "age": np.array([1.0])})
    assert len(str(told.value)) < 500


@given(st.dictionaries(
    st.sampled_from(["age", "city", "member", "kind", "x"]),
    st.one_of(
        st.lists(st.floats(), min_size=1, max_size=3).map(np.array),
        st.lists(st.sampled_from(["Bonn", "Ulm", "Rome", ""]), min_size=1, max_size=3).map(lambda it: texts(*it)),
        st.lists(st.booleans(), min_size=1, max_size=3).map(np.array),
    ),
))  # fmt: skip
def test_any_request_becomes_a_table_or_is_refused_with_its_field(inputs: dict[str, np.ndarray]) -> None:
    table = Table([AGE, CITY, FLAG, KIND], named=True)
    refused, frame = None, None
    try:
        frame = table.read(inputs)
    except Refusal as error:
        refused = error.field
    if frame is None:
        assert refused in {*inputs, "age", "city", "member", "kind"}
    else:
        assert len(frame) == len(inputs["age"])
        assert set(frame["kind"].dropna()) <= {1, 2}
        assert set(frame["city"].dropna()) <= {"Bonn", "Ulm"}


@pytest.mark.parametrize(
    ("described", "message"),
    [
        (None, "must be names, or objects"),
        (7, "must be names, or objects"),
        ({}, "must be names, or objects"),
        ({"name": 7}, "must be names, or objects"),
        ({"name": "age", "type": "date"}, "'type' of the column 'age' must be one of number, text, flag"),
        ({"name": "age", "type": None}, "'type' of the column 'age'"),
        ({"name": "age", "type": ["number"]}, "'type' of the column 'age'"),
        ({"name": "city", "categories": 7}, "'categories' of the column 'city' must be a list"),
        ({"name": "city", "categories": "Bonn"}, "'categories' of the column 'city' must be a list"),
        ({"name": "city", "categories": {"Bonn": 1}}, "'categories' of the column 'city' must be a list"),
        ({"name": "city", "categories": [["Bonn"]]}, "'categories' of the column 'city' must be a list"),
        ({"name": "city", "categories": [None]}, "'categories' of the column 'city' must be a list"),
    ],
)
def test_a_description_that_says_nothing_is_refused_by_what_is_wrong(described: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Column.parse(described)


def test_categories_are_told_as_json_can() -> None:
    """What an encoder learned are numbers of numpy."""
    told = Column("floor", "number", (np.int64(1), np.float32(2.5))).described()
    assert told == {"name": "floor", "type": "number", "categories": [1, 2.5]}
    assert [type(value) for value in told["categories"]] == [int, float]


@given(NAMES, st.randoms())
def test_columns_go_to_their_places_in_whatever_order_they_come(names: list[str], chance: Any) -> None:
    sent = {name: np.array([float(place), -float(place)]) for place, name in enumerate(names)}
    shuffled = dict(chance.sample(list(sent.items()), len(sent)))
    expected = [[float(place) for place in range(len(names))], [-float(place) for place in range(len(names))]]
    for named in (True, False):
        read = Table([Column(name) for name in names], named).read(shuffled)
        assert np.asarray(read).tolist() == expected
        assert list(getattr(read, "columns", names)) == names


def test_a_table_of_numbers_asks_for_rows_and_another_for_each_column() -> None:
    numbers = Table([AGE, Column("height")], named=True)
    assert [(one["name"], one["datatype"], one["shape"]) for one in numbers.inputs] == [(ROWS, "FP64", [-1, 2])]
    mixed = Table([AGE, CITY, FLAG], named=True)
    assert [(one["name"], one["datatype"]) for one in mixed.inputs] == [
        ("age", "FP64"), ("city", "BYTES"), ("member", "BOOL"),
    ]  # fmt: skip
    closed = Table([Column("floor", "number", (1, 2))], named=True)
    assert [one["name"] for one in closed.inputs] == ["floor"], "numbers of which not all are known are no rows"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"city": None}, "city", "The column 'city' is missing; there must be 'age', 'city', 'member'"),
        ({"city": None, "town": texts("Ulm")}, "city", r"missing \('town' is not known\)"),
        ({"extra": np.zeros(2)}, "extra", "The column 'extra' is not known"),
        ({"x" * 500: np.zeros(2)}, "x" * 100, "is not known"),
        ({"age": np.array([30.0])}, "city", "'city' has 2 rows and 'age' 1"),
        ({"member": np.array([True])}, "member", "'member' has 1 rows and 'age' 2"),
        ({"age": np.zeros((2, 2))}, "age", r"must have shape \[-1\]"),
        ({"age": np.array(30.0)}, "age", r"must have shape \[-1\]"),
        ({"age": texts("30", "40")}, "age", "'age' must be FP64, not BYTES"),
        ({"city": np.array([1.0, 2])}, "city", "'city' must be BYTES, not FP64"),
        ({"member": np.array([1, 0])}, "member", "'member' must be BOOL, not INT64"),
        ({"city": texts("Bonn", "Rome")}, "city", "unknown category 'Rome' in row 1; the model knows Bonn, Ulm"),
        ({"city": texts("bonn", "Ulm")}, "city", "unknown category 'bonn' in row 0"),
        ({"age": np.zeros(0), "city": texts(), "member": np.zeros(0, bool)}, "age", "'age' holds nothing"),
    ],
)
def test_what_does_not_fit_is_told_by_its_column(change: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(Refusal, match=message) as refused:
        Table([AGE, CITY, FLAG], named=True).read(request(**change))
    assert refused.value.field == field


def test_an_empty_text_is_a_value_that_is_not_known() -> None:
    given = texts("Bonn", "")
    frame = Table([AGE, CITY], named=True).read({"age": np.array([1.0, np.nan]), "city": given})
    assert frame.isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert given.tolist() == ["Bonn", ""], "what the client sent is left as it was"


def test_one_column_may_come_as_itself_or_as_rows() -> None:
    alone = Table([AGE], named=True)
    for sent in ({"age": np.array([5.0, 6])}, {"age": np.array([[5.0], [6]])}, {ROWS: np.array([[5], [6]])}):
        assert alone.read(sent)["age"].tolist() == [5, 6]
    with pytest.raises(Refusal) as refused:
        alone.read({"weight": np.array([5.0])})
    assert refused.value.field == "weight"
