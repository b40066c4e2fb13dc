"""Columns of a table: what was told of them, and rows made of a request, whatever it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from crispdm.algorithms._tensors import Refusal
from crispdm.predictors._columns import Column, Table
from hypothesis import given
from hypothesis import strategies as st

CITY = Column("city", "text", ("Bonn", "Ulm"))
AGE, FLAG, KIND = Column("age"), Column("member", "flag"), Column("kind", "number", (1, 2))


def texts(*values: str) -> np.ndarray:
    return np.array(values, object)


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
