"""Answers what a run has kept with a step; everything is read from its directory, in a thread."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.disk import on_disk

from .index import FILES, MediaIndex, listed
from .types import MediaList, MediaQuery, PieceQuery

_KEPT = 8
_KEPT_PIECES = 20_000
_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}


class Piece(NamedTuple):
    """A file to send, and as what: never as something that runs in a browser."""

    path: Path
    media_type: str


class MediaManager:
    """What the HTTP routes ask of media. The runs that were looked at last are remembered while they do not change."""

    def __init__(self) -> None:
        self._known: OrderedDict[Path, tuple[tuple[int, ...], MediaIndex]] = OrderedDict()
        self._lock = threading.Lock()

    async def list_of(self, directory: Path, query: MediaQuery) -> MediaList:
        """What there is, by name and kind; of many pieces of a name some, spread evenly."""
        return await on_disk(directory, self._list, directory, query)

    async def piece(self, directory: Path, name: str, query: PieceQuery) -> Piece:
        """The file of one piece. Raises NotFound."""
        return await on_disk(directory, self._piece, directory, name, query)

    def _list(self, directory: Path, query: MediaQuery) -> MediaList:
        index = self._index(directory)
        return MediaList(listed(index, query), index.trouble)

    def _piece(self, directory: Path, name: str, query: PieceQuery) -> Piece:
        line = self._index(directory).find(name, query.kind, query.step, query.index)
        if line is None:
            raise NotFound("The run has kept no such piece.", field="name")
        return Piece(directory / line.file, _TYPES.get(os.path.splitext(line.file)[1], "application/octet-stream"))

    def _index(self, directory: Path) -> MediaIndex:
        stamp = _stamp(directory)
        with self._lock:
            known = self._known.get(directory)
            if known is not None and known[0] == stamp:
                self._known.move_to_end(directory)
                return known[1]
        index = MediaIndex.whole(directory)
        with self._lock:
            self._known.pop(directory, None)
            if index.count <= _KEPT_PIECES:
                self._known[directory] = (stamp, index)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return index


def _stamp(directory: Path) -> tuple[int, ...]:
    """What changes when the files do; before they are read, so that what is written meanwhile is seen next time."""
    stamp: list[int] = []
    for name in FILES:
        try:
            found = os.lstat(directory / name)
        except OSError:
            stamp.append(-1)
            continue
        stamp += [found.st_ino, found.st_size, found.st_mtime_ns]
    return tuple(stamp)
