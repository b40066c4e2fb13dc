"""What is read of a run to push it: its curves, some at a time, and the files of what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.files.regular import Unreadable, read_regular
from jupyter_crispdm.tracking import RunReader, Series

from ..inputs.kept import CODE_FILES, read_inputs
from ..made.types import Inputs
from ..types import Figures

_POINTS_AT_ONCE, _NAMES_AT_ONCE = 100_000, 100


class Pieces(NamedTuple):
    """Files by their names, and those that were too large to go along."""

    files: dict[str, bytes]
    left_out: list[str]


def groups(metrics: Mapping[str, Figures], most: int) -> Iterator[list[str]]:
    """The names of metrics, as many together as are read at once: at most `most` points of each."""
    names, points = list[str](), 0
    for name, told in metrics.items():
        if names and (points + min(told.count, most) > _POINTS_AT_ONCE or len(names) == _NAMES_AT_ONCE):
            yield names
            names, points = [], 0
        names.append(name)
        points += min(told.count, most)
    if names:
        yield names


def curves(directory: Path, names: Sequence[str], most: int) -> dict[str, Series]:
    """Some curves of a run, each in at most `most` points. Reads the disk: call it in a thread."""
    reader = RunReader(directory)
    try:
        return reader.between(0, reader.look(), most, names)
    finally:
        reader.close()


def pieces(directory: Path, inputs: Inputs, most: int) -> Pieces:
    """The code and the environment of a run, `most` bytes in all. Reads the disk: call it in a thread."""
    found, left_out = dict[str, bytes](), list[str]()
    for name, data in _files(directory, inputs, most):
        if data is None or sum(map(len, found.values())) + len(data) > most:
            left_out.append(name)
        else:
            found[name] = data
    return Pieces(found, left_out)


def made_of(directory: Path) -> Inputs:
    """What was noted of a run. Reads the disk: call it in a thread."""
    return read_inputs(directory)


def _files(directory: Path, inputs: Inputs, most: int) -> Iterator[tuple[str, bytes | None]]:
    """Each file with its bytes; None for one that is too large, or cannot be read."""
    lock, code = inputs.environment, inputs.code
    if lock is not None:
        lines = [f"# Python {lock.python}", *lock.packages]
        yield "crispdm/environment.txt", "\n".join([*lines, ""]).encode("utf-8", "replace")
    if code is not None and code.diff:
        yield "crispdm/code.diff", code.diff.encode("utf-8", "replace")
    try:
        yield "crispdm/code.zip", read_regular(directory / CODE_FILES, most, below=directory.parent)
    except FileNotFoundError:
        return
    except (Unreadable, OSError):
        yield "crispdm/code.zip", None
