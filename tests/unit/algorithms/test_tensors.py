"""Tensors are held against a signature; texts travel as the protocol writes them."""

from __future__ import annotations

import numpy as np
import pytest
from crispdm.algorithms._tensors import KINDS, NAMES, Refusal, check, fit, pack_texts, tensor, unpack_texts
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

SIGNATURE = {"inputs": [tensor("x", "FP32", [-1, 2]), tensor("n", "INT64", [-1])], "outputs": []}
X, N = np.ones((3, 2), np.float32), np.arange(3)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def test_what_fits_is_handed_on_as_it_is() -> None:
    taken = check({"n": N, "x": X}, SIGNATURE)
    assert list(taken) == ["x", "n"]
    assert taken["x"] is X
    assert taken["n"] is N


@pytest.mark.parametrize("kind", ["float64", "float16", "int8", "uint8", "int64"])
def test_numbers_are_brought_to_the_type_that_is_wanted(kind: str) -> None:
    taken = check({"x": X.astype(kind), "n": N.astype("int16")}, SIGNATURE)
    assert [str(array.dtype) for array in taken.values()] == ["float32", "int64"]
    assert np.array_equal(taken["x"], X)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"n": N.astype(float)}, "n", "must be INT64, not FP64"),
        ({"x": np.full((3, 2), "1", object)}, "x", "must be FP32, not BYTES"),
        ({"x": np.ones((3, 2), complex)}, "x", "must be FP32, not complex128"),
        ({"x": np.ones((3, 2, 1), np.float32)}, "x", r"must have shape \[-1, 2\], not \[3, 2, 1\]; -1 is any length"),
        ({"x": np.zeros((0, 2), np.float32)}, "x", "holds nothing"),
        ({"x": np.array([[1e300, 1]])}, "x", "has numbers that FP32 cannot hold"),
        ({"surplus": X}, "surplus", "is not known; the model takes 'x' .FP32"),
    ],
)
def test_what_does_not_fit_is_told_with_its_name(
    change: dict[str, np.ndarray], field: str, message: str
) -> None:
    with pytest.raises(Refusal, match=f"'{field}' {message}") as told:
        check({"x": X, "n": N, **change}, SIGNATURE)
    assert told.value.field == field


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(("value", "datatype"), [(1e300, "FP32"), (-1e39, "FP32"), (7e4, "FP16"), (1 << 20, "FP16")])
def test_a_number_that_would_become_infinite_is_refused_even_where_values_may_be_missing(
    value: float, datatype: str, missing: bool
) -> None:
    with pytest.raises(Refusal, match=f"'x' has numbers that {datatype} cannot hold") as refused:
        fit(np.array([value]), {"name": "x", "datatype": datatype, "shape": [-1]}, missing)
    assert refused.value.field == "x"


def test_what_was_infinite_before_stays_so_where_values_may_be_missing() -> None:
    wanted = {"name": "x", "datatype": "FP32", "shape": [-1]}
    assert fit(np.array([np.inf, np.nan, 1e-300]), wanted, missing=True).tolist()[::2] == [np.inf, 0.0]
    with pytest.raises(Refusal, match="NaN or infinite"):
        fit(np.array([np.inf]), wanted)


@pytest.mark.parametrize("value", [-1, 256, 1 << 40])
def test_a_number_that_would_become_another_is_refused(value: int) -> None:
    with pytest.raises(Refusal, match="'b'"):
        fit(np.array([value]), tensor("b", "UINT8", [-1]))


def test_missing_values_are_taken_where_they_may_be() -> None:
    rows = np.array([[np.nan, 1]], np.float32)
    assert fit(rows, tensor("x", "FP32", [-1, 2]), missing=True) is rows
    with pytest.raises(Refusal, match="NaN"):
        fit(rows, tensor("x", "FP32", [-1, 2]))


@given(arrays.arrays(st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
                     arrays.array_shapes(min_dims=1, max_dims=3, max_side=3)))  # fmt: skip
def test_any_tensor_fits_or_is_refused(array: np.ndarray) -> None:
    for wanted in (tensor("x", kind, [-1, 2]) for kind in KINDS):
        try:
            taken = fit(array, wanted)
        except Refusal:
            continue
        else:
            assert taken.dtype == np.dtype(KINDS[wanted["datatype"]])
            assert np.allclose(taken.astype(float), array.astype(float), rtol=1e-2)


@given(st.lists(TEXTS, max_size=8))
def test_texts_come_back_as_they_were_sent(texts: list[str]) -> None:
    sent = np.empty(len(texts), object)
    sent[:] = texts
    assert unpack_texts(pack_texts(sent), [len(texts)]).tolist() == texts


@given(st.binary(max_size=40), st.integers(0, 5))
def test_bytes_that_are_no_texts_are_refused_and_nothing_else_happens(data: bytes, count: int) -> None:
    try:
        found = unpack_texts(data, [count])
    except Refusal:
        return
    assert pack_texts(found) == data


def test_texts_may_lie_in_rows_and_columns() -> None:
    table = np.array([["a", "bc"], ["", "ü"]], object)
    assert unpack_texts(memoryview(pack_texts(table)), [2, 2]).tolist() == table.tolist()


def test_a_length_that_lies_takes_no_memory() -> None:
    with pytest.raises(Refusal, match="shorter"):
        unpack_texts(b"\xff\xff\xff\x7fab", [1])


def test_types_have_one_name_each() -> None:
    assert {NAMES[kind] for kind in KINDS.values()} == set(KINDS)
