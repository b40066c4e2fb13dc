"""The log of predictions: a line of JSON for each request to a model, in two files of bounded size.

`time` is when it came, `ms` how long it took, `rows` how many pictures or rows it was about, `score` the mean of what
the model answered where that is one number a row, or of the best score of each picture; `trace` is the
`traceparent` of our part of the caller's trace, where the caller has one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..later import Later

FOLDER, FILE, FORMER = "requests", "requests.jsonl", "requests.1.jsonl"
MOST_BYTES = 16 << 20
#: Requests that wait to be written; those beyond are only counted.
MOST_WAITING = 50_000
_WRITE_SECONDS = 0.5
_AT_ONCE = 256
"""Lines that are written together: while they are made, no request is answered."""

_FIELDS = ("model", "version", "rows", "score", "trace")


def log_of(directory: Path) -> Path:
    """Where the log of an inference server lies, by the server's directory."""
    return directory / FOLDER / FILE


class RequestLog(Later[Mapping[str, Any]]):
    """Requests are noted at once and written twice a second, by a thread. What the disk does not take is left out."""

    def __init__(self, directory: Path) -> None:
        super().__init__("the log", _WRITE_SECONDS)
        self._folder = directory / FOLDER

    def add(self, time: float, seconds: float, status: int, notes: Mapping[str, Any]) -> None:
        """Note a request to a model; others are left out."""
        if not notes.get("model"):
            return
        told = {name: notes[name] for name in _FIELDS if name in notes}
        self.append({"time": time, **told, "ms": round(seconds * 1000, 3), "status": status})

    def append(self, entry: dict[str, Any]) -> None:
        """Note a request in the words of the log."""
        self._note(entry, 1, MOST_WAITING)

    def _write(self, entries: Sequence[Mapping[str, Any]]) -> None:
        encoder = msgspec.json.Encoder()
        for start in range(0, len(entries), _AT_ONCE):
            self._append(encoder.encode_lines(entries[start : start + _AT_ONCE]))

    def _append(self, lines: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / FILE
        if path.exists() and path.stat().st_size + len(lines) > MOST_BYTES:
            path.replace(self._folder / FORMER)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _write_whole(handle, lines)
        finally:
            os.close(handle)


def _write_whole(handle: int, data: bytes) -> None:
    """Write at the end of a file, all or nothing: half a line would spoil the one after it. Raises OSError."""
    end = os.fstat(handle).st_size
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(handle, left) :]
    except OSError:
        os.ftruncate(handle, end)
        raise
