"""The log of predictions: a line of JSON for each request to a model, in two files of bounded size.

`time` is when it came, `ms` how long it took, `rows` how many pictures or rows it was about, `score` the mean of what
the model answered where that is one number a row, or of the best score of each picture; `trace` is the
`traceparent` of our part of the caller's trace, where the caller has one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

FOLDER, FILE, FORMER = "requests", "requests.jsonl", "requests.1.jsonl"
MOST_BYTES = 16 << 20
#: Requests that wait to be written; those beyond are only counted.
MOST_WAITING = 50_000
_WRITE_SECONDS = 0.5
_AT_ONCE = 256
"""Lines that are written together: while they are made, no request is answered."""

_FIELDS = ("model", "version", "rows", "score", "trace")
_log = logging.getLogger(__name__)


def log_of(directory: Path) -> Path:
    """Where the log of an inference server lies, by the server's directory."""
    return directory / FOLDER / FILE


class RequestLog:
    """Requests are noted at once and written twice a second, by a thread. What the disk does not take is left out."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self._waiting: list[dict[str, Any]] = []
        self._left_out = 0
        self._failing = False

    def add(self, time: float, seconds: float, status: int, notes: Mapping[str, Any]) -> None:
        """Note a request to a model; others are left out."""
        if not notes.get("model"):
            return
        told = {name: notes[name] for name in _FIELDS if name in notes}
        self.append({"time": time, **told, "ms": round(seconds * 1000, 3), "status": status})

    def append(self, entry: dict[str, Any]) -> None:
        """Note a request in the words of the log."""
        if len(self._waiting) >= MOST_WAITING:
            self._left_out += 1
        else:
            self._waiting.append(entry)

    async def run(self) -> None:
        """Write until it is cancelled; then what is left."""
        try:
            while True:
                await asyncio.sleep(_WRITE_SECONDS)
                await self.write()
        finally:
            self._write(self._taken())

    async def write(self) -> None:
        """Write what was noted so far."""
        if self._waiting:
            await asyncio.to_thread(self._write, self._taken())

    def _taken(self) -> list[dict[str, Any]]:
        taken, self._waiting = self._waiting, []
        if self._left_out:
            _log.warning("%d requests were left out of the log.", self._left_out)
            self._left_out = 0
        return taken

    def _write(self, entries: Sequence[Mapping[str, Any]]) -> None:
        if not entries:
            return
        encoder = msgspec.json.Encoder()
        try:
            for start in range(0, len(entries), _AT_ONCE):
                self._append(encoder.encode_lines(entries[start : start + _AT_ONCE]))
            self._failing = False
        except OSError as error:
            if not self._failing:
                _log.warning("The requests cannot be logged: %s", error)
            self._failing = True

    def _append(self, lines: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / FILE
        if path.exists() and path.stat().st_size + len(lines) > MOST_BYTES:
            path.replace(self._folder / FORMER)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(handle, lines)
        finally:
            os.close(handle)
