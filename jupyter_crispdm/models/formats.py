"""Looks into a model file without loading it: is it what it says, and free of code?

The model's own process loads it with the same caution again (weights only); here a bad file is refused
before it gets a version number.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from jupyter_crispdm.base.errors import BadRequest, Unprocessable

from . import pickles
from .types import ModelFormat

_TORCH = "torch.save(model.state_dict(), path)"
_MAX_MEMBERS = 100_000
_MAX_PICKLE = 64 * 2**20
_MAX_HEADER = 64 * 2**20
_CHUNK = 2**22
_MEMBER = re.compile(
    r"[^/]+/(data\.pkl|byteorder|version|data/\d+|\.format_version|\.storage_alignment|\.data/serialization_id)"
)
_FLOATS = {
    "torch FloatStorage": "f4", "torch DoubleStorage": "f8", "torch HalfStorage": "f2", "torch BFloat16Storage": "u2",
    "torch ComplexFloatStorage": "f4", "torch ComplexDoubleStorage": "f8",
    "F16": "f2", "F32": "f4", "F64": "f8", "BF16": "u2",
}  # fmt: skip
"""How numbers that can be NaN lie in a file; numpy has no bfloat16, whose bits are looked at."""

_SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "C64": 8, "F64": 8, "I64": 8, "U64": 8,
}  # fmt: skip
"""Bytes of a number, by what safetensors calls it."""


def parse_format(text: str) -> ModelFormat:
    """The format of that name. Raises BadRequest, with a word of its own for pickles."""
    if text in ("pickle", "joblib", "pkl"):
        raise BadRequest(
            "'format' pickle is refused: such a file runs code when it is loaded. "
            "Save the weights (torch.save(model.state_dict(), path), safetensors, ONNX or skops).",
            field="format",
        )
    try:
        return ModelFormat(text)
    except ValueError:
        known = ", ".join(item.value for item in ModelFormat)
        raise BadRequest(f"'format' must be one of {known}.", field="format") from None


def inspect(path: Path, form: ModelFormat) -> None:
    """Refuse a file that is not of its format or holds code. Raises Unprocessable."""
    if path.stat().st_size == 0:
        raise Unprocessable("The model file is empty.")
    _INSPECTORS[form](path)


def _inspect_torch(path: Path) -> None:
    _check_start(path)
    with _open_zip(path, _TORCH) as archive:
        members = _members(archive)
        pickled = next(name for name in members if name.endswith("/data.pkl"))
        root = pickled.removesuffix("data.pkl")
        weights = pickles.read(archive.read(pickled))
        big = f"{root}byteorder" in members and archive.read(f"{root}byteorder") == b"big"
        for storage in weights.storages.values():
            member = members.get(f"{root}data/{storage.key}")
            wanted = storage.count * pickles.STORAGES[storage.kind]
            if member is None or member.file_size < wanted:
                raise Unprocessable("The model file promises tensors that it does not hold.")
            if storage.kind in _FLOATS:
                with archive.open(member) as file:
                    name = weights.names.get(storage.key, storage.key)
                    _refuse_nan(file, wanted, _FLOATS[storage.kind], big, name)


def _check_start(path: Path) -> None:
    """What reads it goes by its first bytes: a zip behind something else would be read as that."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise Unprocessable(f"The model file was not written by {_TORCH}.")


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts of a torch file, each by a name of its own; parts that weights do not have are refused."""
    members = {item.filename: item for item in archive.infolist()}
    if any(item.compress_type != zipfile.ZIP_STORED for item in members.values()):
        raise Unprocessable("The model file is compressed; torch.save writes it plain.")
    strange = [name for name in members if not _MEMBER.fullmatch(name)]
    if strange or len(members) != len(archive.infolist()) or len({name.partition("/")[0] for name in members}) != 1:
        told = f" ('{strange[0][:100]}')" if strange else ""
        raise Unprocessable(f"The model file has parts that are no weights{told}. It must be written by {_TORCH}.")
    pickled = [item for name, item in members.items() if name.endswith("/data.pkl")]
    if len(pickled) != 1 or pickled[0].file_size > _MAX_PICKLE:
        raise Unprocessable(f"The model file is no {_TORCH}.")
    return members


def _refuse_nan(file: IO[bytes], size: int, kind: str, big: bool, name: str) -> None:
    """Look through numbers, a piece at a time. Raises Unprocessable."""
    while size > 0 and (piece := file.read(min(_CHUNK, size))):
        size -= len(piece)
        numbers = np.frombuffer(piece, np.dtype(kind).newbyteorder(">" if big else "<"), len(piece) // int(kind[1]))
        is_nan = (numbers & 0x7FFF) > 0x7F80 if kind == "u2" else np.isnan(numbers)
        if is_nan.any():
            raise Unprocessable(f"The weights '{name[:100]}' hold NaN: the training went wrong before they were saved.")


def _inspect_safetensors(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_MAX_HEADER, size - 8):
            raise Unprocessable("The model file is no safetensors file.")
        header = file.read(length)
        try:
            tensors = json.loads(header)
            found = [_tensor(name, item) for name, item in tensors.items() if name != "__metadata__"]
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError, IndexError):
            raise Unprocessable("The header of the safetensors file is damaged.") from None
        for name, kind, start, end in found:
            if end > size - 8 - length:
                raise Unprocessable("The safetensors file promises tensors that it does not hold.")
            if kind in _FLOATS:
                file.seek(8 + length + start)
                _refuse_nan(file, end - start, _FLOATS[kind], big=False, name=name)


def _tensor(name: str, item: Mapping[str, Any]) -> tuple[str, str, int, int]:
    """One entry of a header. Raises ValueError, KeyError, TypeError where it is none."""
    kind, shape, (start, end) = item["dtype"], item["shape"], item["data_offsets"]
    lengths = [*shape, start, end]
    if not all(isinstance(length, int) and not isinstance(length, bool) and length >= 0 for length in lengths):
        raise ValueError("no lengths")
    if end - start != math.prod(shape) * _SIZES[kind]:
        raise ValueError("the offsets do not fit the shape")
    return name, kind, start, end


def _inspect_onnx(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(1) != b"\x08":  # field 1 of a ModelProto, ir_version
            raise Unprocessable("The model file is no ONNX model.")


def _inspect_skops(path: Path) -> None:
    with _open_zip(path, "skops.io.dump(model, path)") as archive:
        if "schema.json" not in archive.namelist():
            raise Unprocessable("The model file was not written by skops.io.dump.")


def _open_zip(path: Path, writer: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unprocessable(f"The model file was not written by {writer}.") from None
    if len(archive.infolist()) > _MAX_MEMBERS:
        archive.close()
        raise Unprocessable(f"The model file has more than {_MAX_MEMBERS:,} parts.")
    return archive


_INSPECTORS = {
    ModelFormat.torch: _inspect_torch,
    ModelFormat.safetensors: _inspect_safetensors,
    ModelFormat.onnx: _inspect_onnx,
    ModelFormat.skops: _inspect_skops,
}
