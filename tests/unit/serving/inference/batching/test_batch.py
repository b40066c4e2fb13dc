"""Tensors of several requests put together and cut apart again: nobody gets a row of somebody else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.batching.batch import Described, Misfit, cut, kind_of, together
from jupyter_crispdm.serving.inference.tensors import SIZES, RawTensor

KINDS = {"FP32": np.float32, "INT64": np.int64, "UINT8": np.uint8, "FP16": np.float16}
_REST = st.lists(st.integers(1, 3), max_size=3).map(tuple)
LAYOUT = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), _REST), min_size=1, max_size=3)


def tensor(name: str, datatype: str, rest: tuple[int, ...], rows: int, seed: int) -> RawTensor:
    data = np.random.default_rng(seed).integers(0, 100, (rows, *rest)).astype(KINDS[datatype])
    return RawTensor(name, datatype, (rows, *rest), data.tobytes())


def requests_of(layout: list[tuple[str, tuple[int, ...]]], rows: list[int]) -> list[list[RawTensor]]:
    named = [(f"t{place}", *kind) for place, kind in enumerate(layout)]
    return [
        [tensor(*kind, count, place + 10 * index) for place, kind in enumerate(named)]
        for index, count in enumerate(rows)
    ]


@pytest.mark.proves("engine.batch-cut")
@given(LAYOUT, st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_each_gets_exactly_their_own_rows(layout: list[tuple[str, tuple[int, ...]]], rows: list[int]) -> None:
    requests = requests_of(layout, rows)
    assert len({kind_of(inputs) for inputs in requests}) == 1
    described, body = together(requests)
    assert all(size == math.prod(shape) * SIZES[datatype] for _, datatype, shape, size in described)
    assert [shape[0] for _, _, shape, _ in described] == [sum(rows)] * len(layout)
    answers = cut(described, b"".join(body), rows)
    for answer, inputs in zip(answers, requests, strict=True):
        assert [(one.name, one.datatype, one.shape, bytes(one.data)) for one in answer] == [
            (one.name, one.datatype, one.shape, bytes(one.data)) for one in inputs
        ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("x", "FP32", (1, 3)), ("x", "FP32", (9, 3)), True),
        (("x", "FP32", (1, 3)), ("y", "FP32", (1, 3)), False),
        (("x", "FP32", (1, 3)), ("x", "FP64", (1, 3)), False),
        (("x", "FP32", (1, 3)), ("x", "FP32", (1, 4)), False),
        (("x", "FP32", (1, 3)), ("x", "FP32", (1, 3, 1)), False),
    ],
)
def test_what_is_of_one_kind(
    one: tuple[str, str, tuple[int, ...]], other: tuple[str, str, tuple[int, ...]], same: bool
) -> None:
    kinds = [kind_of([RawTensor(*described, b"")]) for described in (one, other)]
    assert (kinds[0] == kinds[1]) is same


@pytest.mark.parametrize(
    "shapes", [[()], [(0, 3)], [(2, 3), (3, 3)], [(2,), ()], [(0,), (0,)]], ids=str
)  # fmt: skip
def test_what_has_no_rows_of_its_own_goes_with_nobody(shapes: list[tuple[int, ...]]) -> None:
    assert kind_of([RawTensor(f"t{place}", "FP32", shape, b"") for place, shape in enumerate(shapes)]) is None


def test_texts_go_with_nobody() -> None:
    assert kind_of([RawTensor("words", "BYTES", (1,), b"\0\0\0\0")]) is None
    assert kind_of([RawTensor("words", "BYTES", (1,), b"\0\0\0\0"), RawTensor("x", "FP32", (1,), b"1234")]) is None


def test_several_tensors_are_one_kind_by_all_of_them() -> None:
    pair = [RawTensor("x", "FP32", (2, 3), b""), RawTensor("y", "INT64", (2,), b"")]
    more = [RawTensor("x", "FP32", (5, 3), b""), RawTensor("y", "INT64", (5,), b"")]
    assert kind_of(pair) == kind_of(more) != kind_of(pair[:1])


@pytest.mark.parametrize(
    ("described", "length", "rows"),
    [
        ([("y", "FP32", (1,), 4)], 4, [1, 1]),
        ([("y", "FP32", (), 4)], 4, [1, 1]),
        ([("y", "FP32", (2,), 4)], 4, [1, 1]),
        ([("y", "FP32", (2,), 8)], 7, [1, 1]),
        ([("y", "FP32", (2,), 8)], 9, [2]),
        ([("y", "BYTES", (2,), 8)], 8, [1, 1]),
        ([], 1, [1]),
    ],
)
def test_an_answer_with_other_rows_or_bytes_is_a_misfit(described: Described, length: int, rows: list[int]) -> None:
    with pytest.raises(Misfit):
        cut(described, bytes(length), rows)
