"""torch.save of a state dict: names, and tensors that are as large as they say."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable

from .arrays import refuse_nan
from .pickles import states
from .seen import Seen
from .zips import opened, read

_TORCH = "torch.save(model.state_dict(), path)"
_MAX_PICKLE = 64 * 2**20
_MEMBER = re.compile(
    r"[^/]+/(data\.pkl|byteorder|version|data/\d+|\.format_version|\.storage_alignment|\.data/serialization_id)"
)
_FLOATS = {
    "torch FloatStorage": "f4", "torch DoubleStorage": "f8", "torch HalfStorage": "f2", "torch BFloat16Storage": "u2",
    "torch ComplexFloatStorage": "f4", "torch ComplexDoubleStorage": "f8",
}  # fmt: skip
"""How numbers that can be NaN lie in a file; numpy has no bfloat16, whose bits are looked at."""


def inspect(path: Path) -> Seen:
    """Refuse a file that holds more than weights. Raises Unprocessable."""
    with opened(path, _TORCH) as archive:
        members = _members(archive)
        pickled = next(name for name in members if name.endswith("/data.pkl"))
        root = pickled.removesuffix("data.pkl")
        weights = states.read(read(archive, pickled, _MAX_PICKLE))
        big = f"{root}byteorder" in members and read(archive, f"{root}byteorder", 16) == b"big"
        for storage in weights.storages.values():
            member = members.get(f"{root}data/{storage.key}")
            wanted = storage.count * states.STORAGES[storage.kind]
            if member is None or member.file_size < wanted:
                raise Unprocessable("The model file promises tensors that it does not hold.")
            if storage.kind in _FLOATS:
                with archive.open(member) as file:
                    name = weights.names.get(storage.key, storage.key)
                    refuse_nan(file, wanted, _FLOATS[storage.kind], big, name)
    return Seen()


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
