"""Weights from a file that nobody vouches for: nothing in it runs, and nothing larger than the model is made."""

from __future__ import annotations

import json
import os
import pickle
import pickletools
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Mapping, TypeVar, Union

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)

OVERHEAD = 1 << 20
"""Bytes beyond the weights that a file's directory and names may take."""

REFERENCES = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    "torch FloatStorage",
    "torch LongStorage",
}
"""All that the state dict of a network refers to."""

BROKEN = (RuntimeError, OSError, EOFError, MemoryError, LookupError, TypeError, AttributeError, zipfile.BadZipFile)
"""What reading damaged or forged bytes raises."""


SAFE_KINDS = {"F32": torch.float32, "I64": torch.int64}
"""What safetensors calls the kinds of numbers that networks hold."""


def trained(
    build: Callable[[Mapping[str, Any]], Network], path: Union[str, Path], metadata: Mapping[str, Any]
) -> Network:
    """Make the network of `metadata.config` with the weights of a file; ValueError when they do not fit.

    The file is written by `torch.save(network.state_dict(), path)`, or by safetensors.
    """
    config = metadata.get("config")
    if not isinstance(config, Mapping):
        raise ValueError("'metadata.config' must be the configuration that the network was built from.")
    with torch.device("meta"):  # takes no memory: the weights are those of the file
        network = build(config)
    network.load_state_dict(read_weights(Path(path), network.state_dict()), assign=True)
    return network.eval()


def read_weights(path: Path, expected: Mapping[str, Tensor]) -> Dict[str, Tensor]:
    """Read a state dict that has exactly the expected names, shapes and kinds, all finite; ValueError otherwise."""
    try:
        weights = _read_safetensors(path, expected) if _is_safetensors(path) else _read_torch(path, expected)
    except pickle.UnpicklingError as error:
        raise ValueError("The model file holds more than weights: %s" % error) from error
    except BROKEN as error:
        raise ValueError("The model file cannot be read: %s" % error) from error
    _check_names(weights, expected)
    for name, tensor in expected.items():
        _check_tensor(name, weights[name], tensor)
    return dict(weights)


def _read_torch(path: Path, expected: Mapping[str, Tensor]) -> Any:
    _check_archive(path, sum(tensor.nbytes for tensor in expected.values()))
    return torch.load(path, map_location="cpu", weights_only=True)


def _is_safetensors(path: Path) -> bool:
    """Whether a length and then a header in JSON come first, as in no file of torch."""
    with open(path, "rb") as file:
        return file.read(9)[8:] == b"{"


def _read_safetensors(path: Path, expected: Mapping[str, Tensor]) -> Dict[str, Tensor]:
    """Read the expected tensors and no other, each checked before room is made for it."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > OVERHEAD + 1000 * len(expected):
            raise ValueError("The header of the safetensors file is larger than that of such a model.")
        try:
            header = json.loads(file.read(length))
        except (ValueError, RecursionError):
            raise ValueError("The header of the safetensors file is damaged.") from None
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        _check_alike(entries, expected)
        return {name: _read_tensor(file, 8 + length, name, entries[name], expected[name]) for name in expected}


def _read_tensor(file: BinaryIO, start: int, name: str, entry: Mapping[str, Any], expected: Tensor) -> Tensor:
    begin, end = entry["data_offsets"]
    kind, shape = SAFE_KINDS.get(entry["dtype"]), list(entry["shape"])
    if kind is not expected.dtype or shape != list(expected.shape) or end - begin != expected.nbytes:
        told = "'%s' must be %s of shape %s, not %s of shape %s."
        raise ValueError(told % (name, expected.dtype, list(expected.shape), entry["dtype"], shape[:16]))
    if not 0 <= begin <= os.fstat(file.fileno()).st_size:
        raise ValueError("The model file is damaged: its tensor '%s' lies outside of the file." % name)
    file.seek(start + begin)
    data = bytearray(expected.nbytes)
    if file.readinto(data) != len(data):  # type: ignore[attr-defined]
        raise ValueError("The model file ends before its tensor '%s' does." % name)
    return torch.frombuffer(data, dtype=kind).reshape(shape) if data else torch.empty(shape, dtype=kind)


def _check_archive(path: Path, size: int) -> None:
    """Look at the file before anything is made of it: its sizes, and what its pickle refers to."""
    with open(path, "rb") as file:
        start = file.read(4)
    if start != b"PK\x03\x04" or not zipfile.is_zipfile(path):  # a zip behind a pickle is read as the pickle
        raise ValueError("The model file must be written by torch.save (a zip archive).")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        total = sum(max(member.file_size, member.compress_size) for member in members)
        if total > size + OVERHEAD:
            raise ValueError("The model file unpacks to %d bytes; its weights take %d." % (total, size))
        for member in members:
            if member.filename.endswith("data.pkl"):
                _check_references(archive.read(member))


def _check_references(data: bytes) -> None:
    """Refuse a pickle that refers to anything but tensors, before it is read."""
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name in ("INST", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4"):
            raise ValueError("The model file holds more than weights (%s)." % opcode.name)
        if opcode.name == "GLOBAL" and argument not in REFERENCES:
            raise ValueError("The model file holds more than weights (%s)." % argument)


def _check_names(weights: Any, expected: Mapping[str, Tensor]) -> None:
    if not isinstance(weights, dict) or not all(isinstance(tensor, Tensor) for tensor in weights.values()):
        raise ValueError("The model file must hold a state dict: names and tensors.")
    _check_alike(weights, expected)


def _check_alike(weights: Mapping[str, Any], expected: Mapping[str, Tensor]) -> None:
    missing, extra = sorted(set(expected) - set(weights)), sorted(set(weights) - set(expected), key=str)
    if missing or extra:
        raise ValueError("The weights do not fit the model: missing %s, unknown %s." % (missing[:5], extra[:5]))


def _check_tensor(name: str, tensor: Tensor, expected: Tensor) -> None:
    if tensor.shape != expected.shape:
        raise ValueError("'%s' must have shape %s, not %s." % (name, tuple(expected.shape), tuple(tensor.shape)))
    if tensor.dtype != expected.dtype:
        raise ValueError("'%s' must be %s, not %s." % (name, expected.dtype, tensor.dtype))
    if not torch.isfinite(tensor).all():
        raise ValueError("'%s' holds NaN or infinite values." % name)
