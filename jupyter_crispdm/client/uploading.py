"""Sending a file in pieces that go on where they were cut (tus 1.0), over lines that break and servers that restart."""

from __future__ import annotations

import os
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import httpx

from jupyter_crispdm.base.errors import (
    Conflict,
    CrispdmError,
    Locked,
    RequestTimeout,
    TooManyRequests,
    Unavailable,
)

from .errors import ServerNotFound, ServerUnreachable, UnexpectedAnswer
from .transport import Transport, quoted

PATIENCE_SECONDS = 300.0
#: The last piece is answered when the disk has all of the file.
ANSWER_SECONDS = 600.0
_PIECE = 256 * 1024
_LONGEST_WAIT = 10.0
_TUS = {"Tus-Resumable": "1.0.0"}
#: What may be answered otherwise in a while: by these statuses, or by what stands before a server that restarts.
_PASSING = frozenset(kind.status for kind in (RequestTimeout, Conflict, Locked, TooManyRequests, Unavailable))
_UNHEARD = (ServerUnreachable, ServerNotFound, UnexpectedAnswer)

Progress = Callable[[int, int], object]


class Changed(ValueError):
    """The file was changed while it was sent; what came of it was cancelled."""


class Upload:
    """One file on its way. `progress` is told the bytes that are there, and how many there will be."""

    def __init__(
        self, transport: Transport, path: Path, progress: Progress | None = None,
        patience: float = PATIENCE_SECONDS, sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport, self._path, self._progress = transport, path, progress
        self._patience, self._sleep, self._monotonic = patience, sleep, monotonic
        self._looks = _looks(path)
        self._offset = 0

    @property
    def size(self) -> int:
        """The bytes that the file has."""
        return self._looks[0]

    def send(self, said: Mapping[str, str]) -> str:
        """Send all of it; the path that it got. Raises what the server refuses, and Changed.

        What it cannot say now it is asked again, until nothing has come further for as long as `patience` says.
        """
        made = self._transport.request("POST", "files/uploads", headers={
            **_TUS, "Upload-Length": str(self.size), "Upload-Metadata": _metadata(said)})
        address = f"files/uploads/{quoted(made.headers['Location'].rpartition('/')[2])}"
        try:
            return self._go_on(address, made)
        except Changed:
            self._transport.request("DELETE", address, headers=_TUS)
            raise

    def _go_on(self, address: str, reply: httpx.Response) -> str:
        reached, waited, since = -1, 0.1, self._monotonic()
        while "Upload-Path" not in reply.headers:
            self._require_unchanged()
            try:
                reply = self._next(address, reply)
            except (CrispdmError, *_UNHEARD) as error:
                may_pass = isinstance(error, _UNHEARD) or error.status in _PASSING
                if not may_pass or self._monotonic() - since > self._patience:
                    raise
                self._sleep(waited)
                waited, reply = min(2 * waited, _LONGEST_WAIT), httpx.Response(204)  # where it is, nobody knows
                continue
            if self._offset > reached:
                reached, waited, since = self._offset, 0.1, self._monotonic()
        return unquote(reply.headers["Upload-Path"])

    def _next(self, address: str, reply: httpx.Response) -> httpx.Response:
        """Send from where the last answer was, or ask where that is."""
        if "Upload-Offset" not in reply.headers:
            asked = {**_TUS, "X-HTTP-Method-Override": "HEAD"}  # by HEAD itself no refusal could say why
            found = self._transport.request("POST", address, headers=asked)
            self._reached(found)
            return found
        at = int(reply.headers["Upload-Offset"])
        sent = self._transport.send(
            "PATCH", address, content=self._content(at), silence=ANSWER_SECONDS,
            headers={**_TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream",
                     "Content-Length": str(self.size - at)},
        )  # fmt: skip
        self._reached(sent)
        return sent

    def _content(self, at: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(at)
            while at < self.size and (piece := file.read(min(_PIECE, self.size - at))):
                yield piece
                at += len(piece)
                self._tell(at)

    def _reached(self, reply: httpx.Response) -> None:
        self._offset = int(reply.headers["Upload-Offset"])
        self._tell(self._offset)

    def _tell(self, at: int) -> None:
        if self._progress is not None:
            self._progress(at, self.size)

    def _require_unchanged(self) -> None:
        if _looks(self._path) != self._looks:
            raise Changed(f"{self._path} was changed while it was sent.")


def files_below(folder: Path) -> Iterator[Path]:
    """Every file in a folder that is neither hidden nor a link, in the order of names."""
    for at, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            file = Path(at, name)
            if not name.startswith(".") and not file.is_symlink() and file.is_file():
                yield file


def _looks(path: Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns


def _metadata(said: Mapping[str, str]) -> str:
    return ",".join(f"{key} {b64encode(text.encode()).decode()}" for key, text in said.items())

