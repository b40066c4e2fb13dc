"""Pickles that hide what they do are refused at registration; nothing of them is ever executed."""

from __future__ import annotations

import io
import json
import os
import pickle
import pickletools
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.pickles import states
from jupyter_crispdm.models.types import ModelFormat
from tests.examples import examples


class Bomb:
    """Makes a directory when it is unpickled by somebody careless."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


def short(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def saved(value: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def with_pickle(pickled: bytes, *more: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (("m/data.pkl", pickled), *more):
            archive.writestr(name, data)
    return buffer.getvalue()


def network() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(2, 2).half())


HIDDEN = {
    "a global": b"\x80\x02cposix\nsystem\n(X\x02\x00\x00\x00idtR.",
    "names on the stack": b"\x80\x04" + short("posix") + short("system") + b"\x93" + short("id") + b"\x85R.",
    "a name from the memory": b"\x80\x04" + short("posix") + b"\x94" + short("system") + b"\x94000h\x00h\x01\x93.",
    "names behind decoys": b"\x80\x04" + short("posix") + short("system") + short("collections") + b"0"
    + short("OrderedDict") + b"0\x93.",
    "a name that is computed": b"\x80\x04cbuiltins\nstr\n" + short("posix") + b"\x85R" + short("system") + b"\x93.",
    "an instance of the oldest protocol": b"(S'id'\niposix\nsystem\n.",
    "an object of the oldest protocol": b"\x80\x02(cposix\nsystem\nX\x02\x00\x00\x00ido.",
    "an object that is made anew": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "an extension code": b"\x80\x02\x82\x01.",
    "a wide extension code": b"\x80\x02\x84\x01\x00\x00\x00.",
    "a registered extension": b"\x80\x02ccopyreg\nadd_extension\n.",
    "an attribute of a module": b"\x80\x02ctorch\nserialization.os.system\n.",
    "a name with a blank": b"\x80\x02ccollections OrderedDict\n\n.",
    "a call of what a call gave": b"\x80\x02ccollections\nOrderedDict\n)R)R.",
    "a call of a text": b"\x80\x02X\x02\x00\x00\x00id)R.",
    "attributes of an import": b"\x80\x02ccollections\nOrderedDict\n}b.",
    "items of an import": b"\x80\x02ccollections\nOrderedDict\nK\x01K\x02s.",
    "a call with more than it needs": b"\x80\x02ccollections\nOrderedDict\nK\x01\x85R.",
    "a name that Python's reader warns of": b"\x80\x02ctorch\nS\\oze\n.",
    "a text that Python's reader warns of": b"\x80\x02S'\\o'\n.",
    "a persistent name in plain text": b"\x80\x02Pposix\n.",
    "a persistent name that is none": b"\x80\x02}Q.",
    "a buffer out of band": b"\x80\x05\x97.",
    "a second pickle behind the first": b"\x80\x02}.cposix\nsystem\n.",
    "no dictionary": b"\x80\x02]q\x00.",
    "nothing": b".",
    "an open end": b"\x80\x02}",
    "a memory that is empty": b"\x80\x02h\x05.",
    "a mark that is missing": b"\x80\x02t.",
    "too little for a tuple": b"\x80\x02\x87.",
}


@pytest.mark.proves("models.code", "models.hidden-pickle")
@pytest.mark.parametrize("pickled", HIDDEN.values(), ids=HIDDEN.keys())
def test_issue_7_a_pickle_that_hides_what_it_does_is_refused(pickled: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="The model file"):
        states.read(pickled)
    path = tmp_path / "m.pt"
    path.write_bytes(with_pickle(pickled))
    with pytest.raises(Unprocessable, match="The model file"):
        inspect(path, ModelFormat.torch)


@pytest.mark.proves("models.code")
@pytest.mark.parametrize("protocol", range(6))
def test_code_is_refused_in_every_protocol(protocol: int, tmp_path: Path) -> None:
    target = tmp_path / "executed"
    for value in (Bomb(target), {"w": Bomb(target)}, [[Bomb(target)]], {"w": {"deep": (Bomb(target),)}}):
        with pytest.raises(Unprocessable, match="The model file"):
            states.read(pickle.dumps(value, protocol=protocol))
    assert not target.exists()


@pytest.mark.parametrize(
    "value",
    [
        {"w": torch.zeros(2, 3), "b": torch.ones(3)},
        {"h": torch.zeros(2).half(), "d": torch.zeros(2).double(), "b": torch.zeros(2).bfloat16()},
        {"i": torch.arange(3), "u": torch.zeros(2, dtype=torch.uint8), "t": torch.ones(2, dtype=torch.bool)},
        {"p": torch.nn.Parameter(torch.zeros(2)), "c": torch.zeros(2, dtype=torch.complex64)},
        {"u16": torch.zeros(2, dtype=torch.uint16), "empty": torch.zeros(0), "scalar": torch.tensor(3)},
        {"turned": torch.zeros(2, 3).t(), "part": torch.zeros(10)[3:5]},
        {"state": {"w": torch.zeros(2)}, "epoch": 3, "loss": 0.5, "name": "unet", "none": None, "on": True},
        network().state_dict(),
    ],
)
def test_what_torch_saves_is_read(value: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    path.write_bytes(saved(value))
    inspect(path, ModelFormat.torch)


def test_what_passes_here_is_what_torch_loads_as_weights(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save(network().state_dict(), path)
    inspect(path, ModelFormat.torch)
    assert set(torch.load(path, weights_only=True)) == set(network().state_dict())


@settings(max_examples=examples(300))
@given(st.data())
def test_rubbish_is_refused_or_read_but_nothing_else_happens(data: st.DataObject) -> None:
    pickled = bytearray(zipfile.ZipFile(io.BytesIO(saved({"w": torch.zeros(2)}))).read("archive/data.pkl"))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pickled) - 1))
        pickled[place] = data.draw(st.integers(0, 255))
    try:
        states.read(bytes(pickled))
    except Unprocessable:
        return
    named = {str(argument) for opcode, argument, _ in pickletools.genops(bytes(pickled)) if opcode.name == "GLOBAL"}
    assert named <= states._ALLOWED


def tensor(key: str, count: int, shape: tuple[int, ...]) -> bytes:
    """A pickle of one tensor, as torch writes it."""
    strides = tuple(1 for _ in shape)

    def number(value: int) -> bytes:
        return b"\x8a\x09" + value.to_bytes(9, "little")

    def numbers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(map(number, values)) + b"t"

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + number(count) + b"tQ"
    return (
        b"\x80\x02}" + text("w") + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + numbers(shape)
        + numbers(strides) + b"\x89ccollections\nOrderedDict\n)RtRs."
    )  # fmt: skip


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize(
    ("pickled", "told"),
    [
        (tensor("0", 4, (1 << 40,)), "promises a tensor of shape"),
        (tensor("0", 4, (1 << 40, 1 << 40)), "promises a tensor of shape"),
        (tensor("0", 1 << 60, (1 << 60,)), "promises tensors that it does not hold"),
        (tensor("7", 4, (4,)), "promises tensors that it does not hold"),
        (tensor("../../etc/passwd", 4, (4,)), "promises tensors that it does not hold"),
    ],
)
def test_a_small_file_that_claims_a_giant_is_refused(pickled: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    path.write_bytes(with_pickle(pickled, ("m/data/0", bytes(16))))
    with pytest.raises(Unprocessable, match=told):
        inspect(path, ModelFormat.torch)


def test_the_same_in_an_honest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    path.write_bytes(with_pickle(tensor("0", 4, (4,)), ("m/data/0", bytes(16))))
    inspect(path, ModelFormat.torch)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64])
def test_weights_that_are_no_numbers_are_told_by_name(kind: torch.dtype, tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    weights = {"good": torch.zeros(5, dtype=kind), "bad": torch.full((5,), float("nan"), dtype=kind)}
    torch.save(weights, path)
    with pytest.raises(Unprocessable, match="'bad' hold NaN"):
        inspect(path, ModelFormat.torch)
    torch.save({"mask": torch.full((5,), float("-inf"), dtype=kind)}, path)
    inspect(path, ModelFormat.torch)


def test_nan_in_safetensors_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + np.array([1, np.nan], "<f4").tobytes())
    with pytest.raises(Unprocessable, match="'w' hold NaN"):
        inspect(path, ModelFormat.safetensors)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]},
        {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": "1", "data_offsets": [0, 4]},
    ],
)
def test_shapes_of_safetensors_that_do_not_fit_are_refused(entry: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    header = json.dumps({"w": entry}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(Unprocessable, match="damaged"):
        inspect(path, ModelFormat.safetensors)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_that_two_readers_would_read_differently_are_refused(tmp_path: Path) -> None:
    good, path = b"\x80\x02}.", tmp_path / "m.pt"
    bomb = pickle.dumps(Bomb(tmp_path / "executed"), protocol=2)
    for data, told in (
        (bomb + with_pickle(good), "was not written by torch.save"),
        (with_pickle(good, ("m/data.pkl", bomb)), "two parts of one name"),
        (with_pickle(good, ("n/data.pkl", bomb)), "parts that are no weights"),
        (with_pickle(good, ("m/constants.pkl", bomb)), "parts that are no weights"),
        (with_pickle(good, ("m/code/x.py", b"import os")), "parts that are no weights"),
        (with_pickle(good, ("m/inner.zip", with_pickle(bomb))), "parts that are no weights"),
        (with_pickle(good, ("../m/data/0", b"")), "names that lead elsewhere"),
    ):
        path.write_bytes(data)
        with pytest.raises(Unprocessable, match=told):
            inspect(path, ModelFormat.torch)
    assert not (tmp_path / "executed").exists()
