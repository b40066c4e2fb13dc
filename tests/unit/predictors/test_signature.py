"""Signatures that somebody registered: odd ones are refused, and say by which side."""

from __future__ import annotations

from typing import Any

import pytest
from crispdm.algorithms._tensors import KINDS
from crispdm.predictors._signature import parse
from hypothesis import given
from hypothesis import strategies as st

GOOD = {"name": "x", "datatype": "FP32", "shape": [-1, 4]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["inputs", "outputs", "name", "datatype", "shape"]), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("given_signature", [{}, {"inputs": None}, {"inputs": [], "outputs": []}])
def test_what_was_not_registered_is_empty(given_signature: Any) -> None:
    assert parse(given_signature) == {"inputs": [], "outputs": []}


def test_what_else_was_registered_is_left_out() -> None:
    told = parse({"inputs": [{**GOOD, "unit": "cm"}], "outputs": (GOOD, GOOD), "columns": [1]})
    assert told == {"inputs": [GOOD], "outputs": [GOOD, GOOD]}


@pytest.mark.parametrize("datatype", KINDS)
@pytest.mark.parametrize("shape", [[], [-1], [0], (2, 3), [1] * 16])
def test_every_kind_and_shape_is_taken(datatype: str, shape: Any) -> None:
    (one,) = parse({"outputs": [{"name": "y", "datatype": datatype, "shape": shape}]})["outputs"]
    assert one == {"name": "y", "datatype": datatype, "shape": list(shape)}


@pytest.mark.parametrize("side", ["inputs", "outputs"])
@pytest.mark.parametrize(
    "tensors",
    [
        7, True, "x", {"x": GOOD}, [None], ["x"], [[]],
        [{**GOOD, "name": None}], [{**GOOD, "name": 1}],
        [{**GOOD, "datatype": "float32"}], [{**GOOD, "datatype": None}], [{**GOOD, "datatype": ["FP32"]}],
        [{**GOOD, "shape": None}], [{**GOOD, "shape": 4}], [{**GOOD, "shape": "44"}], [{**GOOD, "shape": [-2]}],
        [{**GOOD, "shape": [1.0]}], [{**GOOD, "shape": [True]}], [{**GOOD, "shape": [None]}],
        [{**GOOD, "shape": [1] * 17}], [GOOD, {}],
    ],
)  # fmt: skip
def test_an_odd_one_is_refused_by_its_side(side: str, tensors: Any) -> None:
    with pytest.raises(ValueError, match=f"'signature.{side}' must be a list of objects"):
        parse({side: tensors})


@pytest.mark.parametrize("whole", [None, [], "inputs", 3])
def test_what_is_no_signature_is_refused(whole: Any) -> None:
    with pytest.raises(ValueError, match="'signature' must be an object"):
        parse(whole)


@given(JSON)
def test_anything_is_a_signature_or_refused(whole: Any) -> None:
    try:
        told = parse(whole)
    except ValueError:
        return
    assert parse(told) == told
