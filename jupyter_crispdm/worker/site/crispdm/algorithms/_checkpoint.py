"""Weights from a file that nobody vouches for: nothing in it runs, and nothing larger than the model is made."""

from __future__ import annotations

import pickle
import pickletools
import zipfile
from pathlib import Path
from typing import Any, Dict, Mapping

import torch
from torch import Tensor

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


def read_weights(path: Path, expected: Mapping[str, Tensor]) -> Dict[str, Tensor]:
    """Read a state dict that has exactly the expected names, shapes and kinds, all finite; ValueError otherwise."""
    try:
        _check_archive(path, sum(tensor.nbytes for tensor in expected.values()))
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError("The model file holds more than weights: %s" % error) from error
    except BROKEN as error:
        raise ValueError("The model file cannot be read: %s" % error) from error
    _check_names(weights, expected)
    for name, tensor in expected.items():
        _check_tensor(name, weights[name], tensor)
    return dict(weights)


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
