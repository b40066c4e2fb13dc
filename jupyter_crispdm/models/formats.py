"""Looks into a model file without loading it: is it what it says, and free of code?

The model's own process loads it with the same caution again (weights only); here a bad file is refused
before it gets a version number.
"""

from __future__ import annotations

import json
import pickletools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from jupyter_crispdm.base.errors import BadRequest, Unprocessable

from .types import ModelFormat

_MAX_MEMBERS = 100_000
_MAX_PICKLE = 64 * 2**20
_MAX_HEADER = 64 * 2**20
_WEIGHTS = re.compile(
    r"collections (OrderedDict|defaultdict)"
    r"|torch (\w+Storage|Size|device|layout|strided|float\d+|bfloat16|u?int\d+|bool|complex\d+)"
    r"|torch\._utils _rebuild_(tensor|tensor_v2|tensor_v3|parameter|parameter_with_state|qtensor)"
    r"|torch\.nn\.parameter (Parameter|Buffer)"
    r"|torch\.storage (Typed|Untyped)Storage"
    r"|torch\.serialization _get_layout"
)


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
    with _open_zip(path, "torch.save(model.state_dict(), path)") as archive:
        names = [item.filename for item in archive.infolist()]
        pickles = [name for name in names if name.endswith("data.pkl")]
        if any(item.compress_type != zipfile.ZIP_STORED for item in archive.infolist()):
            raise Unprocessable("The model file is compressed; torch.save writes it plain.")
        if len(pickles) != 1 or archive.getinfo(pickles[0]).file_size > _MAX_PICKLE:
            raise Unprocessable("The model file is no torch.save(model.state_dict(), path).")
        for name in _imported(archive.read(pickles[0])):
            if not _WEIGHTS.fullmatch(name):
                raise Unprocessable(
                    f"The model file holds more than weights ('{name[:100]}'). "
                    "Save only the weights: torch.save(model.state_dict(), path)."
                )


def _imported(data: bytes) -> Iterator[str]:
    """Everything a pickle would import, as `module name`."""
    strings: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name in ("GLOBAL", "INST"):
                yield str(argument)
            elif opcode.name == "STACK_GLOBAL":
                yield " ".join(strings[-2:])
            elif opcode.name.startswith("EXT"):
                yield opcode.name
            elif "UNICODE" in opcode.name:
                strings.append(str(argument))
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise Unprocessable(f"The model file is damaged: {error}") from error


def _inspect_safetensors(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_MAX_HEADER, size - 8):
            raise Unprocessable("The model file is no safetensors file.")
        header = file.read(length)
    try:
        tensors = json.loads(header)
        ends = [item["data_offsets"][1] for name, item in tensors.items() if name != "__metadata__"]
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError, IndexError):
        raise Unprocessable("The header of the safetensors file is damaged.") from None
    if not all(isinstance(end, int) and 0 <= end <= size - 8 - length for end in ends):
        raise Unprocessable("The safetensors file promises tensors that it does not hold.")


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
