"""Pickles, as pickle, joblib, cloudpickle and torch.save of a whole model write them.

Whatever such a file holds runs when it is loaded. So it is no more than recognised here, and an admin decides.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.regular import regular_file
from jupyter_crispdm.base.files.zips import DAMAGED

from ..seen import Seen
from ..zips import opened, read
from .imports import names

PICKLE = "pickle"
"""What stands for all types where nobody can tell which ones they are."""

_MOST_PICKLE = 64 * 2**20
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"ZF")


def inspect(path: Path) -> Seen:
    """What it imports, as far as that can be read. Raises Unprocessable for what is no pickle."""
    with regular_file(path) as file:
        start = file.read(6)
        if start.startswith(b"PK\x03\x04"):
            return Seen([PICKLE], names=_of_torch(path))
        if start.startswith((*_PACKED, *_ZLIB)):
            return Seen([PICKLE])
        if start[:1] != b"\x80" or not 2 <= start[1] <= 5:
            raise Unprocessable("The model file is no pickle: neither pickle, joblib nor torch.save wrote it.")
        file.seek(0)
        return Seen([PICKLE], names=names(file))


def _of_torch(path: Path) -> list[str]:
    with opened(path, "torch.save(model, path)") as archive:
        pickled = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(pickled) != 1 or any("/code/" in name or name.endswith("/constants.pkl") for name in archive.namelist()):
            raise Unprocessable("The model file was not written by torch.save(model, path).")
        try:
            return names(read(archive, pickled[0], _MOST_PICKLE))
        except (*DAMAGED, zipfile.LargeZipFile):
            raise Unprocessable("The model file is damaged.") from None
