"""What a reader of one kind of file is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from ...points import Point

_T = TypeVar("_T")
#: As many names as one reader remembers anything of.
MOST_NAMES = 2000
NAME_LENGTH = 256


class Piece(NamedTuple):
    """Something with a step that is no number: `kind` is image, histogram or text, `data` the bytes of its file."""

    name: str
    step: int
    time: float
    kind: str
    data: bytes
    suffix: str
    more: dict[str, int | str]


Found = Point | Piece


class Format(Protocol):
    """Goes through one file that only grows. It opens nothing, and is given the bytes from where it stopped."""

    @property
    def is_other(self) -> bool:
        """Whether it turned out to be something else, of which nothing more is to be read."""

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the next bytes say, and how many of them were used: what is not complete is given again, with more.

        `time` is when they were read.
        """

    def state(self) -> bytes:
        """All that it has to remember, as JSON."""

    def restore(self, state: bytes) -> None:
        """Go on from what another reader answered as its state. Raises ValueError for anything else."""


def decoded(state: bytes, type: type[_T]) -> _T:
    """A state as its reader wrote it. Raises ValueError for anything else."""
    try:
        return msgspec.json.decode(state, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def named(name: Any) -> str | None:
    """A name that a series may have; None for what is none."""
    if not isinstance(name, str):
        return None
    plain = name.strip()
    return plain if 0 < len(plain) <= NAME_LENGTH and plain.isprintable() else None


def whole_lines(data: bytes, most: int) -> tuple[list[bytes], int]:
    """The lines that are complete, and how many bytes they have; one of `most` bytes or more is passed over."""
    used = data.rfind(b"\n") + 1
    if not used:
        return [], len(data) if len(data) >= most else 0
    return [line for line in data[:used].split(b"\n")[:-1] if len(line) < most], used
