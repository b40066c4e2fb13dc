"""`media.jsonl` of a run as a list of pieces. Programs write it: each line is checked, a bad one is passed over.

The recorder writes the file in the run's directory, about files below `media/`; what the server found elsewhere stands
in `gathered/media.jsonl`, about files below `gathered/media/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from .types import MediaKind, MediaPiece

_FILES = ("media.jsonl", "gathered/media.jsonl")
_LINE_BYTES = 1 << 14
_READ_BYTES = 64 << 20
MOST_PIECES = 100_000

_Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
_Size = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class Line(msgspec.Struct, frozen=True):
    """One line: a piece and the path of its file below the run's directory."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    kind: MediaKind
    step: Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
    file: Annotated[str, msgspec.Meta(pattern=r"^(gathered/)?media/[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\Z")]
    time: float | None = None
    bytes: _Count = 0
    index: _Size = 0
    caption: Annotated[str, msgspec.Meta(max_length=600)] = ""
    width: _Size | None = None
    height: _Size | None = None
    rows: _Count | None = None
    columns: _Size | None = None

    @property
    def piece(self) -> MediaPiece:
        """As it travels."""
        return MediaPiece(
            self.step, self.time, self.bytes, self.index, self.caption, self.width, self.height, self.rows, self.columns
        )


_Pieces = dict[tuple[str, MediaKind], dict[tuple[int, int], Line]]
_decoder = msgspec.json.Decoder(Line)


class MediaIndex:
    """The pieces of one run as they stood when they were read: of a name, a kind, a step and an index the newest."""

    def __init__(self, directory: Path) -> None:
        self._root = directory.parent
        self._paths = [directory / name for name in _FILES]
        self.pieces: _Pieces = {}
        self.count = 0
        self.trouble = ""
        for path in self._paths:
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            with regular_file(path, below=self._root) as file:
                for line in _lines(file.fileno()):
                    if self.count >= MOST_PIECES:
                        self.trouble = f"'{path.name}' is too long: its first {MOST_PIECES:,} pieces are shown."
                        return
                    self._take(line)
        except Unreadable as error:
            self.trouble = f"Some of what was kept cannot be read: {error.reason}."
        except OSError:
            return

    def _take(self, line: bytes) -> None:
        try:
            found = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        of_name = self.pieces.setdefault((found.name, found.kind), {})
        self.count += (found.step, found.index) not in of_name
        of_name[found.step, found.index] = found

    def find(self, name: str, kind: MediaKind | None, step: int | None, index: int) -> Line | None:
        """One piece; None where there is none. Without a step it is the newest, by its step."""
        kinds = [kind] if kind is not None else list(MediaKind)
        of_name = next((found for one in kinds if (found := self.pieces.get((name, one)))), {})
        if step is None and of_name:
            step = max(at for at, _ in of_name)
        return of_name.get((step, index)) if step is not None else None


def _lines(descriptor: int) -> Iterator[bytes]:
    """Whole lines of a file, no longer than a line of ours can be; one that is longer is passed over."""
    rest, skips = b"", False
    for start in range(0, _READ_BYTES, 1 << 18):
        block = os.pread(descriptor, 1 << 18, start)
        if not block:
            return
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if line and not skips and len(line) <= _LINE_BYTES:
                yield line
            skips = False
        if len(rest) > _LINE_BYTES:
            rest, skips = b"", True
