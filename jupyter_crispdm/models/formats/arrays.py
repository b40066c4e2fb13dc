"""Numbers in model files: arrays are as large as they say and never a pickle, and no weights are NaN."""

from __future__ import annotations

import ast
import math
from typing import IO

import numpy as np

from jupyter_crispdm.base.errors import Unprocessable

from .zips import opened_file

_CHUNK = 2**22
_MAGIC = b"\x93NUMPY"
_MOST_HEADER = 10_000
_LENGTHS = {1: 2, 2: 4, 3: 4}
_FAULTS = (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError, AttributeError, OverflowError)


def refuse_nan(file: IO[bytes], size: int, kind: str, big: bool, name: str) -> None:
    """Look through numbers, a piece at a time. Raises Unprocessable."""
    while size > 0 and (piece := file.read(min(_CHUNK, size))):
        size -= len(piece)
        numbers = np.frombuffer(piece, np.dtype(kind).newbyteorder(">" if big else "<"), len(piece) // int(kind[1]))
        is_nan = (numbers & 0x7FFF) > 0x7F80 if kind == "u2" else np.isnan(numbers)
        if is_nan.any():
            raise Unprocessable(f"The weights '{name[:100]}' hold NaN: the training went wrong before they were saved.")


def check_array(file: IO[bytes], size: int, name: str) -> None:
    """Refuse an .npy of another size than its header says, and one that holds objects. Raises Unprocessable."""
    start = file.read(8)
    width = _LENGTHS.get(start[6] if len(start) == 8 else 0)
    if not start.startswith(_MAGIC) or width is None:
        raise _damaged(name)
    length = int.from_bytes(file.read(width), "little")
    if length > min(_MOST_HEADER, size):
        raise _damaged(name)
    try:
        header = ast.literal_eval(file.read(length).decode("utf-8" if start[6] == 3 else "latin-1"))
        kind, shape = np.dtype(header["descr"]), header["shape"]
        wanted = math.prod(shape) * kind.itemsize
        is_shape = len(shape) <= 64 and all(type(side) is int and side >= 0 for side in shape)
    except _FAULTS:
        raise _damaged(name) from None
    if kind.hasobject:
        raise Unprocessable(f"The array '{name[:100]}' in the model file is a pickle, which runs code when it is read.")
    if not is_shape or size != 8 + width + length + wanted:
        raise Unprocessable("The model file promises arrays that it does not hold.")


def check_arrays(file: IO[bytes]) -> None:
    """The same for each array of an .npz. Raises Unprocessable, and what zipfile raises."""
    with opened_file(file) as archive:
        for member in archive.infolist():
            with archive.open(member) as array:
                check_array(array, member.file_size, member.filename)


def _damaged(name: str) -> Unprocessable:
    return Unprocessable(f"The array '{name[:100]}' in the model file is damaged.")
