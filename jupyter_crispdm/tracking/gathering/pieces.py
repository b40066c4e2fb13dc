"""Pictures, histograms and texts that were found, in the form in which `crispdm` keeps its own."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..ranks import GATHERED
from .formats.format import Piece
from .places import Place
from .state import State

_LIST = "media.jsonl"
_FILES = "media"
_MOST_FILES = 5000
_MOST_BYTES = 8 << 20


class Pieces:
    """The list of pieces, and a file for each."""

    def __init__(self, place: Place, state: State) -> None:
        self._place, self._state = place, state

    def check(self) -> bool:
        """Drop what was noted after the state was; False when there is less than it says."""
        if self._place.size(_LIST) < self._state.pieces:
            return False
        if self._state.pieces or self._place.size(_LIST):
            self._place.cut(_LIST, self._state.pieces)
        return True

    def write(self, pieces: Iterable[Piece]) -> None:
        """Keep pieces, as long as there is room for them. Raises OSError."""
        lines: list[bytes] = []
        for piece in pieces:
            if len(piece.data) > _MOST_BYTES or self._state.piece_files >= _MOST_FILES:
                continue
            self._place.make_inner(_FILES)
            file = f"{_FILES}/{self._state.piece_files:06}{piece.suffix}"
            self._place.cut(file, 0)  # of a server that died after it wrote one
            self._place.append(file, piece.data)
            self._state.piece_files += 1
            lines.append(msgspec.json.encode(_row(piece, f"{GATHERED}/{file}")) + b"\n")
        if lines:
            self._place.append(_LIST, b"".join(lines))
            self._state.pieces += sum(map(len, lines))


def _row(piece: Piece, file: str) -> dict[str, object]:
    return {"name": piece.name, "step": piece.step, "time": piece.time, "kind": piece.kind, "file": file,
            "bytes": len(piece.data), **piece.more}  # fmt: skip
