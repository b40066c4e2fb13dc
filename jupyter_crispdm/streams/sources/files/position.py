"""How far each file has been read and stored."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import Unreadable, read_regular

_FILE = "position.json"


class Position(msgspec.Struct, frozen=True):
    """A place in a file, a byte or a row. `inode` tells a file from another one of the same name."""

    inode: int
    at: int


class Positions(msgspec.Struct):
    """The places in all files, by name, of what is read at `path`."""

    path: str
    files: dict[str, Position] = {}


def read_positions(directory: Path, path: str) -> Positions | None:
    """What was remembered of a path; None where nothing was, or where it is broken."""
    try:
        found = msgspec.json.decode(read_regular(directory / _FILE), type=Positions)
    except (FileNotFoundError, Unreadable, msgspec.DecodeError):
        return None
    return found if found.path == path else None


def write_positions(directory: Path, positions: Positions) -> None:
    """Remember it."""
    write_atomic(directory / _FILE, msgspec.json.encode(positions))
