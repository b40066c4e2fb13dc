from __future__ import annotations

import io
import json
import os
import pickle
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from crispdm.algorithms import unet
from safetensors.torch import save
from torch import Tensor

from .conftest import CONFIG

METADATA = {"config": CONFIG}


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.target),)


def rewritten(path: Path, change: Callable[[dict[str, Tensor]], object]) -> Path:
    weights = torch.load(path, weights_only=True)
    torch.save(change(weights) or weights, path)
    return path


def test_what_was_saved_is_loaded(checkpoint: Path) -> None:
    assert unet.load(checkpoint, METADATA).classes == CONFIG["classes"]
    assert unet.load(str(checkpoint), {**METADATA, "dataset": "digits"}).classes == CONFIG["classes"]


@pytest.mark.proves("models.code")
@pytest.mark.parametrize("keep_zip", [True, False])
def test_code_in_a_model_file_does_not_run(tmp_path: Path, keep_zip: bool) -> None:
    path, target = tmp_path / "bomb.pt", tmp_path / "executed"
    torch.save({"weight": Bomb(target)}, path, _use_new_zipfile_serialization=keep_zip)
    with pytest.raises(ValueError, match="The model file"):
        unet.load(path, METADATA)
    assert not target.exists()


def test_a_bare_pickle_is_refused(tmp_path: Path) -> None:
    path, target = tmp_path / "bomb.pt", tmp_path / "executed"
    path.write_bytes(pickle.dumps(Bomb(target)))
    with pytest.raises(ValueError, match=r"torch\.save"):
        unet.load(path, METADATA)
    assert not target.exists()


def test_a_pickle_before_the_archive_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    target = tmp_path / "executed"
    checkpoint.write_bytes(pickle.dumps(Bomb(target), protocol=2) + checkpoint.read_bytes())
    with pytest.raises(ValueError, match=r"torch\.save"):
        unet.load(checkpoint, METADATA)
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 5000])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "unet.pt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="The model file"):
        unet.load(path, METADATA)


def test_a_truncated_file_is_refused(checkpoint: Path) -> None:
    checkpoint.write_bytes(checkpoint.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="The model file"):
        unet.load(checkpoint, METADATA)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unet.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no weights")
    with pytest.raises(ValueError, match="The model file"):
        unet.load(path, METADATA)


@pytest.mark.proves("models.bombs")
def test_a_small_file_that_unpacks_to_a_giant_is_refused_before_it_does(checkpoint: Path) -> None:
    inflated = io.BytesIO()
    with zipfile.ZipFile(checkpoint) as source, zipfile.ZipFile(inflated, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        target.writestr("unet/data/999", bytes(200 << 20))
    checkpoint.write_bytes(inflated.getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="unpacks to"):
        unet.load(checkpoint, METADATA)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


@pytest.mark.proves("models.bombs")
def test_a_small_storage_that_claims_a_giant_tensor_is_refused(checkpoint: Path) -> None:
    def grow(weights: dict[str, Tensor]) -> None:
        weights["where.bias"] = torch.zeros(1).expand(1 << 40)

    with pytest.raises(ValueError, match=r"'where\.bias' must have shape \(12,\)"):
        unet.load(rewritten(checkpoint, grow), METADATA)


@pytest.mark.proves("models.wrong")
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(checkpoint: Path, value: float) -> None:
    def spoil(weights: dict[str, Tensor]) -> None:
        weights["what.weight"][3, 2] = value

    with pytest.raises(ValueError, match=r"'what\.weight' holds NaN or infinite"):
        unet.load(rewritten(checkpoint, spoil), METADATA)


@pytest.mark.proves("models.wrong")
def test_missing_and_unknown_names_are_told(checkpoint: Path) -> None:
    def rename(weights: dict[str, Tensor]) -> None:
        weights["who.bias"] = weights.pop("what.bias")

    with pytest.raises(ValueError, match=r"missing \['what\.bias'\], unknown \['who\.bias'\]"):
        unet.load(rewritten(checkpoint, rename), METADATA)


@pytest.mark.proves("models.wrong")
def test_another_kind_of_number_is_refused(checkpoint: Path) -> None:
    def narrow(weights: dict[str, Tensor]) -> None:
        weights["what.bias"] = weights["what.bias"].long()

    with pytest.raises(ValueError, match=r"'what\.bias' must be torch\.float32"):
        unet.load(rewritten(checkpoint, narrow), METADATA)


def test_a_list_is_no_state_dict(checkpoint: Path) -> None:
    with pytest.raises(ValueError, match="must hold a state dict"):
        unet.load(rewritten(checkpoint, lambda weights: list(weights.values())), METADATA)


def test_weights_of_another_width_are_refused(checkpoint: Path) -> None:
    with pytest.raises(ValueError, match="must have shape"):
        unet.load(checkpoint, {"config": {**CONFIG, "width": 5}})


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (None, "metadata.config"),
        ([], "metadata.config"),
        ({}, "config.classes"),
        ({"classes": []}, "config.classes"),
        ({"classes": ["a", "a"]}, "config.classes"),
        ({"classes": "ab"}, "config.classes"),
        ({"classes": ["a"], "width": 10**9}, "config.width"),
        ({"classes": ["a"], "width": "16"}, "config.width"),
        ({"classes": ["a"], "depth": 50}, "config.depth"),
        ({"classes": ["a"], "colour": 1}, "config"),
    ],
)
def test_a_bad_configuration_is_refused_by_its_key(checkpoint: Path, config: object, key: str) -> None:
    with pytest.raises(ValueError, match=f"'{key}'"):
        unet.load(checkpoint, {"config": config})


def safe(tmp_path: Path, change: Callable[[dict[str, Any], bytearray], object]) -> Path:
    """A safetensors file of a U-Net, with a change to its header or its bytes."""
    data = bytearray(save(unet.build(CONFIG).state_dict()))
    length = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    change(header, body)
    text = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


@pytest.mark.proves("models.safetensors")
def test_safetensors_are_loaded_without_the_package_that_wrote_them(tmp_path: Path) -> None:
    assert unet.load(safe(tmp_path, lambda header, body: None), METADATA).classes == CONFIG["classes"]


def first(header: dict[str, Any]) -> dict[str, Any]:
    return next(entry for entry in header.values() if entry["dtype"] == "F32" and len(entry["shape"]) == 4)


def moved(entry: dict[str, Any], start: int) -> None:
    """Let a tensor of the right size begin elsewhere."""
    begin, end = entry["data_offsets"]
    entry["data_offsets"] = [start, start + end - begin]


@pytest.mark.proves("models.safetensors", "models.bombs")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header, body: first(header).update(dtype="F16"), "must be torch.float32"),
        (lambda header, body: first(header).update(shape=[1 << 40]), "must be torch.float32 of shape"),
        (lambda header, body: first(header).update(data_offsets=[0, 1 << 50]), "must be torch.float32 of shape"),
        (lambda header, body: moved(first(header), -1 << 70), "lies outside of the file"),
        (lambda header, body: moved(first(header), -8), "lies outside of the file"),
        (lambda header, body: moved(first(header), 1 << 70), "lies outside of the file"),
        (lambda header, body: moved(first(header), len(body)), "ends before"),
        (lambda header, body: first(header).update(data_offsets=["0", "1"]), "cannot be read"),
        (lambda header, body: first(header).update(dtype=["F32"]), "cannot be read"),
        (lambda header, body: first(header).pop("shape"), "cannot be read"),
        (lambda header, body: header.update(strange=first(header)), "unknown .*strange"),
        (lambda header, body: header.pop(next(iter(header))), "missing"),
        (lambda header, body: header.update(x="y" * (2 << 20)), "header .* larger"),
        (lambda header, body: body.clear(), "ends before"),
        (lambda header, body: body.__setitem__(slice(None), b"\xff" * len(body)), "NaN"),
    ],
)
def test_safetensors_that_lie_are_refused(change: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        unet.load(safe(tmp_path, change), METADATA)


@pytest.mark.parametrize("data", [b"\x09\0\0\0\0\0\0\0{not json", b"\x02\0\0\0\0\0\0\0{" + b"[" * 99])
def test_a_damaged_header_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="header of the safetensors file"):
        unet.load(path, METADATA)
