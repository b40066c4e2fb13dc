"""Numbers in model files: arrays, weights and protocol buffers, whole and damaged."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.arrays import check_array, check_arrays, refuse_nan
from jupyter_crispdm.models.formats.protobuf import Damaged, Reader
from jupyter_crispdm.models.types import ModelFormat

from .writing import field, npy, zipped

ARRAYS: dict[str, Any] = {
    "numbers": np.zeros((2, 3)), "none": np.zeros((0, 5)), "one": np.float32(1), "texts": np.array(["ä", "bc"]),
    "times": np.array(["2026-01-01"], "datetime64[s]"), "columns": np.zeros(2, [("a", "f4"), ("b", "i8", (2,))]),
    "by columns": np.asfortranarray(np.ones((3, 2))), "bytes": np.zeros(3, "S5"), "complex": np.zeros(2, "c16"),
}  # fmt: skip


def check(data: bytes) -> None:
    check_array(io.BytesIO(data), len(data), "a.npy")


@pytest.mark.parametrize("name", ARRAYS)
def test_what_numpy_writes_is_an_array(name: str) -> None:
    check(npy(ARRAYS[name]))


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


BAD = {
    "nothing": b"",
    "half a magic": b"\x93NUM",
    "a version that is none": b"\x93NUMPY\x09\x00\x00\x00",
    "a header behind the end": b"\x93NUMPY\x01\x00\xff\x00{}",
    "a header that is none": header("{"),
    "a header that is code": header("__import__('os').system('true')"),
    "a header that is deep": header("(" * 5000),
    "a header that is a number": header("1"),
    "no shape": header("{'descr': '<f8'}"),
    "a type that is none": header("{'descr': '<q9', 'shape': ()}"),
    "lengths below zero": header("{'descr': '<f8', 'shape': (-1, -8)}"),
    "lengths that are no numbers": header("{'descr': '<f8', 'shape': ('1',)}"),
    "lengths that are true": header("{'descr': '<f8', 'shape': (True,)}") + b"\0" * 8,
    "many lengths": header("{'descr': '<f8', 'shape': " + "(" + "1," * 100 + ")}") + b"\0" * 8,
    "too much": npy(np.zeros(3)) + b"\0",
    "too little": npy(np.zeros(3))[:-1],
    "objects": npy(np.array([None], object)),
    "objects in columns": npy(np.zeros(1, [("a", "O")])),
}


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_array_is_refused(name: str) -> None:
    with pytest.raises(Unprocessable):
        check(BAD[name])


def test_all_arrays_of_a_zip_are_looked_at() -> None:
    check_arrays(io.BytesIO(zipped({"a.npy": npy(np.zeros(2)), "b.npy": npy(np.ones(2))})))
    with pytest.raises(Unprocessable):
        check_arrays(io.BytesIO(zipped({"a.npy": npy(np.zeros(2)), "b.npy": b"x"})))


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
@pytest.mark.parametrize("big", [False, True])
def test_nan_is_found_wherever_it_stands(kind: str, big: bool) -> None:
    numbers = np.arange(100, dtype=np.dtype(kind).newbyteorder(">" if big else "<"))
    refuse_nan(io.BytesIO(numbers.tobytes()), numbers.nbytes, kind, big, "w")
    for at in (0, 50, 99):
        spoilt = numbers.copy()
        spoilt[at] = np.nan
        with pytest.raises(Unprocessable, match="'w' hold NaN"):
            refuse_nan(io.BytesIO(spoilt.tobytes()), spoilt.nbytes, kind, big, "w")


def test_half_numbers_of_the_other_kind_are_looked_at_by_their_bits() -> None:
    good = torch.tensor([1.0, float("inf"), -2.0], dtype=torch.bfloat16).view(torch.uint8).numpy().tobytes()
    refuse_nan(io.BytesIO(good), len(good), "u2", False, "w")
    bad = torch.tensor([1.0, float("nan")], dtype=torch.bfloat16).view(torch.uint8).numpy().tobytes()
    with pytest.raises(Unprocessable):
        refuse_nan(io.BytesIO(bad), len(bad), "u2", False, "w")


def weights() -> bytes:
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2, 2), "b": torch.zeros(3, dtype=torch.int64)}, buffer)
    return buffer.getvalue()


def safetensors() -> bytes:
    told = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"format": "pt"}}
    text = json.dumps(told).encode()
    return len(text).to_bytes(8, "little") + text + b"\0" * 8


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize(("form", "whole"), [(ModelFormat.torch, weights()), (ModelFormat.safetensors, safetensors())])
def test_weights_that_are_cut_are_refused_and_changed_ones_are_read_or_refused(
    tmp_path: Path, form: ModelFormat, whole: bytes
) -> None:
    path = tmp_path / "m"
    path.write_bytes(whole)
    inspect(path, form)
    for at in range(0, len(whole), max(1, len(whole) // 300)):
        path.write_bytes(whole[:at])
        with pytest.raises(Unprocessable):
            inspect(path, form)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            inspect(path, form)
        except Unprocessable:
            continue


def test_what_safetensors_itself_writes_is_read(tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.numpy")
    library.save_file({"a": np.ones((2, 3), "f4"), "b": np.zeros(0, "i8"), "c": np.ones(5, "f2")}, tmp_path / "m")
    inspect(tmp_path / "m", ModelFormat.safetensors)


FIELDS = st.lists(
    st.tuples(st.integers(1, 2**28), st.one_of(st.integers(0, 2**63 - 1), st.binary(max_size=50))), max_size=20
)


@given(FIELDS)
def test_a_message_is_read_as_it_was_written(fields: list[tuple[int, int | bytes]]) -> None:
    data = b"".join(field(at, value) for at, value in fields)
    found = list(Reader(memoryview(data)).fields(0, len(data)))
    assert [(one.number, data[one.start : one.end] if one.is_bytes else one.value) for one in found] == fields


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_damaged(data: bytes) -> None:
    try:
        for one in Reader(memoryview(data)).fields(0, len(data)):
            assert one.number > 0
            assert 0 <= one.start <= max(0, one.end) <= len(data)
    except Damaged:
        pass


def test_numbers_of_fixed_length_are_read() -> None:
    data = bytes([1 << 3 | 1]) + (7).to_bytes(8, "little") + bytes([2 << 3 | 5]) + (9).to_bytes(4, "little")
    assert [(one.number, one.value) for one in Reader(memoryview(data)).fields(0, len(data))] == [(1, 7), (2, 9)]
    with pytest.raises(Damaged):
        list(Reader(memoryview(data[:-1])).fields(0, len(data) - 1))


def test_a_number_that_goes_on_for_ever_ends() -> None:
    data = memoryview(b"\x08" + b"\xff" * 100)
    with pytest.raises(Damaged, match="cut"):
        list(Reader(data).fields(0, len(data)))
