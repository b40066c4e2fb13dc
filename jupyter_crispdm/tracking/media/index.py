"""`media.jsonl` of a run as a list of pieces. Programs write it: each line is checked, a bad one is passed over.

The recorder writes the file in the run's directory, about files below `media/`; what the server found elsewhere stands
in `gathered/media.jsonl`, about files below `gathered/media/`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from .types import MediaKind, MediaPiece, MediaQuery, MediaSeries

#: Where pieces are listed, below the directory of a run.
FILES = ("media.jsonl", "gathered/media.jsonl")
_LINE_BYTES = 1 << 14
_BLOCK_BYTES = 1 << 18
#: Bytes of a list that are read.
READ_BYTES = 64 << 20
MOST_PIECES = 100_000
MOST_LISTED = 500  # of one name; who looks at more looks at a few of them
_MOST_IN_ALL = 20_000

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
        version = f"{zlib.crc32(f'{self.file} {self.time} {self.bytes}'.encode()):08x}"
        return MediaPiece(
            self.step, self.time, self.bytes, self.index, self.caption, self.width, self.height, self.rows,
            self.columns, version,
        )  # fmt: skip


_Pieces = dict[tuple[str, MediaKind], dict[tuple[int, int], Line]]
_decoder = msgspec.json.Decoder(Line)


class MediaIndex:
    """Pieces of one run as they stood when they were read: of a name, a kind, a step and an index the newest."""

    def __init__(self, directory: Path) -> None:
        self._root = directory.parent
        self._paths = [directory / name for name in FILES]
        self.pieces: _Pieces = {}
        self.count = 0
        self.trouble = ""

    @classmethod
    def whole(cls, directory: Path) -> MediaIndex:
        """All pieces of a run."""
        index = cls(directory)
        for number in range(len(FILES)):
            index.read(number)
        return index

    def read(self, number: int, begin: int = 0, end: int = READ_BYTES) -> None:
        """Take the lines between two bytes of one of the files, both at the beginning of a line."""
        path = self._paths[number]
        try:
            with regular_file(path, below=self._root) as file:
                for line in _lines(file.fileno(), begin, min(end, READ_BYTES)):
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


def listed(index: MediaIndex, query: MediaQuery | None = None) -> list[MediaSeries]:
    """Pieces by name and kind; of many of a name some, spread evenly."""
    found: list[MediaSeries] = []
    left = _MOST_IN_ALL
    for (name, kind), pieces in sorted(index.pieces.items(), key=lambda item: (item[0][0], item[0][1].value)):
        if query is not None and (query.name not in (None, name) or query.kind not in (None, kind)):
            continue
        places = sorted(pieces)
        shown = _spread(places, min(MOST_LISTED, max(left, 1)))
        left -= len(shown)
        found.append(MediaSeries(name, kind, [pieces[place].piece for place in shown], len(places) - len(shown)))
    return found


def _spread(places: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most so many, the first and the last among them."""
    if len(places) <= most:
        return places
    if most == 1:
        return places[-1:]
    return [places[round(number * (len(places) - 1) / (most - 1))] for number in range(most)]


def _lines(descriptor: int, begin: int, end: int) -> Iterator[bytes]:
    """Whole lines of a file, no longer than a line of ours can be; one that is longer is passed over."""
    rest, skips = b"", False
    for start in range(begin, end, _BLOCK_BYTES):
        block = os.pread(descriptor, min(_BLOCK_BYTES, end - start), start)
        if not block:
            return
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if line and not skips and len(line) <= _LINE_BYTES:
                yield line
            skips = False
        if len(rest) > _LINE_BYTES:
            rest, skips = b"", True
