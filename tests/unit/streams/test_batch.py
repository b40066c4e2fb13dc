"""Rows as columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from jupyter_crispdm.streams.batch import Batch, join, numbers_of, texts_of
from tests.unit.streams.batches import batch, batches


def test_rows_are_numbered_from_the_first_on() -> None:
    one = batch(5, 3)
    assert (len(one), one.first, one.last) == (3, 5, 7)
    assert one.seq.tolist() == [5, 6, 7]
    assert one.numbered(1).seq.tolist() == [1, 2, 3]


def test_a_part_keeps_its_numbers() -> None:
    part = batch(5, 4, state=["a", None, "b", "c"]).rows(1, 3)
    assert part.seq.tolist() == [6, 7]
    assert part.columns["state"] == [None, "b"]
    assert len(batch(5, 4).rows(4)) == 0


@pytest.mark.parametrize(("seq", "left"), [(0, [5, 6, 7]), (4, [5, 6, 7]), (5, [6, 7]), (7, []), (99, [])])
def test_what_comes_after_a_number(seq: int, left: list[int]) -> None:
    assert batch(5, 3).after(seq).seq.tolist() == left


def test_batches_are_equal_when_they_hold_the_same() -> None:
    assert batch(1, 2, x=[1.0, float("nan")]) == batch(1, 2, x=[1.0, float("nan")])
    assert batch(1, 2) != batch(2, 2)
    assert batch(1, 2) != batch(1, 2, x=[1.0, 2.0])
    assert batch(1, 2, x=["1", "2"]) != batch(1, 2, x=[1.0, 2.0])
    assert batch(1, 2, x=["1", None]) != batch(1, 2, x=["1", "2"])
    assert batch(1, 2) != 3


def test_a_column_is_read_as_numbers_or_as_texts() -> None:
    assert texts_of(np.array([1.5, np.nan, 3.0])) == ["1.5", None, "3"]
    assert numbers_of(["1.5", None, "red"]).tolist()[0] == 1.5
    assert np.isnan(numbers_of(["1.5", None, "red"])[1:]).all()


def test_what_one_of_several_lacks_is_missing_there() -> None:
    whole = join([batch(1, 2, x=[1.0, 2.0]), batch(3, 1, y=["red"]), batch(4, 1)])
    assert whole.seq.tolist() == [1, 2, 3, 4]
    assert numbers_of(whole.columns["x"])[:2].tolist() == [1.0, 2.0]
    assert np.isnan(numbers_of(whole.columns["x"])[2:]).all()
    assert whole.columns["y"] == [None, None, "red", None]


def test_a_column_that_held_both_holds_texts() -> None:
    assert join([batch(1, 1, x=[0.1]), batch(2, 1, x=["red"])]).columns["x"] == ["0.10000000000000001", "red"]


@given(batches())
def test_what_is_cut_apart_joins_to_the_same(found: list[Batch]) -> None:
    whole = join(found)
    middle = len(whole) // 2
    assert whole.first == found[0].first
    assert whole.last == found[-1].last
    assert join([whole.rows(0, middle), whole.rows(middle)]) == whole
