"""Sending a file in pieces that go on where they were cut (tus 1.0), over lines that break and servers that restart."""

from __future__ import annotations

import os
import time
from base64 import b64encode
from collections.abc import Callable, Container, Iterator, Mapping
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

from ..errors import ServerNotFound, ServerUnreachable, UnexpectedAnswer
from ..transport import Transport, quoted

PATIENCE_SECONDS = 300.0
#: The last piece is answered when the disk has all of the file.
ANSWER_SECONDS = 600.0
_PIECE = 256 * 1024
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 10.0
_TUS = {"Tus-Resumable": "1.0.0"}
#: What may be answered otherwise in a while: by these statuses, or by what stands before a server that restarts.
_PASSING = frozenset(kind.status for kind in (RequestTimeout, Conflict, Locked, TooManyRequests, Unavailable))
_PASSING_AT_FIRST = frozenset(kind.status for kind in (TooManyRequests, Unavailable))
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
        self._offset, self._pause = 0, _FIRST_WAIT
        self._trouble: float | None = None  # since when nothing has come further

    @property
    def size(self) -> int:
        """The bytes that the file has."""
        return self._looks[0]

    def send(self, said: Mapping[str, str], *, is_first: bool = True) -> str:
        """Send all of it; the path that it got. Raises what the server refuses, and Changed.

        What it cannot say now it is asked again, until nothing has come further for as long as `patience` says. Of the
        first of several files a server that is not there is said at once.
        """
        headers = {**_TUS, "Upload-Length": str(self.size), "Upload-Metadata": _metadata(said)}
        made = self._patiently(
            lambda: self._transport.request("POST", "files/uploads", headers=headers),
            frozenset() if is_first else _PASSING_AT_FIRST, () if is_first else _UNHEARD)
        address = f"files/uploads/{quoted(made.headers['Location'].rpartition('/')[2])}"
        try:
            return self._go_on(address, made)
        except Changed:
            self._transport.request("DELETE", address, headers=_TUS)
            raise

    def _go_on(self, address: str, reply: httpx.Response) -> str:
        known: list[httpx.Response] = [reply]  # after trouble nobody knows where it is

        def further() -> httpx.Response:
            self._require_unchanged()
            return self._next(address, known.pop() if known else httpx.Response(204))

        while "Upload-Path" not in reply.headers:
            reply = self._patiently(further, _PASSING, _UNHEARD)
            known.append(reply)
        return unquote(reply.headers["Upload-Path"])

    def _patiently(
        self, ask: Callable[[], httpx.Response], passing: Container[int], unheard: tuple[type[Exception], ...]
    ) -> httpx.Response:
        """Ask until there is an answer, or nothing has come further for too long."""
        while True:
            try:
                return ask()
            except (CrispdmError, *_UNHEARD) as error:
                may_pass = isinstance(error, unheard) or (isinstance(error, CrispdmError) and error.status in passing)
                if not may_pass or self._has_waited_enough():
                    raise
            self._sleep(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_WAIT)

    def _has_waited_enough(self) -> bool:
        if self._trouble is None:
            self._trouble = self._monotonic()
        return self._monotonic() - self._trouble > self._patience

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
        offset = int(reply.headers["Upload-Offset"])
        if offset > self._offset:
            self._offset, self._pause, self._trouble = offset, _FIRST_WAIT, None
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

