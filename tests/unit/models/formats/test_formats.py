from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, Unprocessable
from jupyter_crispdm.models.formats import inspect, parse_format
from jupyter_crispdm.models.types import ModelFormat
from tests.unit.models.conftest import exploding_file, torch_file

STATE_DICT = (
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch FloatStorage",
    "torch LongStorage",
)


def written(path: Path, data: bytes) -> Path:
    file = path / "file"
    file.write_bytes(data)
    return file


def safetensors(header: bytes, body: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + body


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


WEIGHT = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
GOOD = [
    (ModelFormat.torch, torch_file(*STATE_DICT)),
    (ModelFormat.safetensors, safetensors(b"{}")),
    (ModelFormat.safetensors, safetensors(json.dumps({"w": WEIGHT}).encode(), b"\0" * 4)),
    (ModelFormat.onnx, b"\x08\x07\x12\x00\x3a\x00"),
    (ModelFormat.skops, zipped(schema_json=b"{}")),
]
TWICE = {"v": WEIGHT, "w": WEIGHT}
BAD = [
    (ModelFormat.safetensors, safetensors(json.dumps(TWICE).encode(), b"\0" * 4)),
    (ModelFormat.safetensors, safetensors(json.dumps({"w": {**WEIGHT, "shape": [1] * 65}}).encode(), b"\0" * 4)),
    (ModelFormat.safetensors, safetensors(json.dumps({"w": {**WEIGHT, "data_offsets": [4, 8]}}).encode(), b"\0" * 8)),
    (ModelFormat.torch, b""),
    (ModelFormat.torch, b"not a zip"),
    (ModelFormat.torch, torch_file(*STATE_DICT)[:-40]),
    (ModelFormat.torch, torch_file("posix system")),
    (ModelFormat.torch, torch_file("torch.hub load")),
    (ModelFormat.torch, torch_file("builtins eval")),
    (ModelFormat.torch, exploding_file()),
    (ModelFormat.torch, torch_file(*STATE_DICT, compress=True)),
    (ModelFormat.torch, zipped(other=b"x")),
    (ModelFormat.torch, zipped(data_pkl=b"\x80\x02c")),
    (ModelFormat.safetensors, b"\xff" * 20),
    (ModelFormat.safetensors, safetensors(b"[]")),
    (ModelFormat.safetensors, safetensors(b"[" * 100_000)),
    (ModelFormat.safetensors, safetensors(json.dumps({"w": {"data_offsets": [0, 2**40]}}).encode())),
    (ModelFormat.onnx, b"rubbish"),
    (ModelFormat.skops, zipped(other=b"x")),
]


@pytest.mark.parametrize(("form", "data"), GOOD)
def test_accepts(tmp_path: Path, form: ModelFormat, data: bytes) -> None:
    inspect(written(tmp_path, data), form)


@pytest.mark.proves("models.code")
@pytest.mark.parametrize(("form", "data"), BAD)
def test_refuses_and_runs_nothing(tmp_path: Path, form: ModelFormat, data: bytes) -> None:
    with pytest.raises(Unprocessable):
        inspect(written(tmp_path, data), form)
    assert not Path("/tmp/exploded").exists()


@pytest.mark.parametrize("name", ["pickle", "joblib", "pkl", "cloudpickle"])
def test_pickles_have_several_names(name: str) -> None:
    assert parse_format(name) is ModelFormat.pickle


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="torch, safetensors, onnx, skops"):
        parse_format("keras")
