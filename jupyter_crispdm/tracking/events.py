"""What a program reports now and then: events.jsonl, as it grows."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from .bounds import plain_parameters, plain_value

READ_BYTES = 1 << 20
_FIELD_BYTES = 256 << 10  # as much as the registry takes
_LINE_BYTES = 1 << 20


class RunEvents:
    """Reads on in a run's events.jsonl. What is no JSON object on one line of at most 1 MiB is passed over.

    `position` is the byte up to which it was read; a reader can begin at the position of an earlier one.

    A caller that leaves a read in its thread, because the disk takes too long, loses nothing by `find` and `take`.
    """

    def __init__(self, directory: str | os.PathLike[str], position: int = 0) -> None:
        self._path = Path(directory) / "events.jsonl"
        self._root = Path(directory).parent
        self.position = position
        self.trouble, self.more = "", False
        self._found: deque[dict[str, Any]] = deque()
        self._turn = threading.Lock()

    def find(self) -> None:
        """Read on for whoever calls `take`: from any thread, one after another."""
        with self._turn:
            self._found.extend(self.read())

    def take(self) -> list[dict[str, Any]]:
        """What was found and nobody has taken yet."""
        return [self._found.popleft() for _ in range(len(self._found))]

    def read(self) -> list[dict[str, Any]]:
        """The events that were written since the last call, out of at most 2 MiB: there may be `more` then.

        `trouble` says why there are none that could be read.
        """
        self.trouble, self.more = "", False
        try:
            with regular_file(self._path, below=self._root) as file:
                if os.fstat(file.fileno()).st_size < self.position:  # somebody began it anew
                    self.position = 0
                file.seek(self.position)
                return [event for event in map(_event, self._lines(file)) if event is not None]
        except Unreadable as error:
            self.trouble = f"What it reports cannot be read: {error.reason}."
        except FileNotFoundError:
            pass
        return []

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        end = self.position + READ_BYTES
        while self.position < end:
            line = file.readline(_LINE_BYTES)
            if not line.endswith(b"\n") and len(line) < _LINE_BYTES:  # the end, or a line still being written
                return
            self.position += len(line)
            yield line
        self.more = True


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        content = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _bounded(content) if isinstance(content, dict) else None


def _bounded(event: dict[str, Any]) -> dict[str, Any]:
    """An event of which everything can be told on."""
    params = event.get("params")
    rest = {name: plain_value(value, _FIELD_BYTES) for name, value in event.items() if name != "params"}
    if isinstance(params, dict):
        rest["params"] = plain_parameters(params)
    return rest
