"""The control FIFO: JSON lines from the server to the supervisor, and on to the program's standard input.

{"do": "input", "text": …}   {"do": "eof"}   {"do": "stop", "grace": [seconds after SIGINT, after SIGTERM]}
A line has at most 4,096 bytes, so that lines of several writers never mix.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

LINE_BYTES = 4096
_TEXT_LENGTH = 300  # JSON may need 12 bytes for a character
_WAITING_BYTES = 1 << 20
_READ_BYTES = 1 << 16


def encode_input(text: str) -> Iterator[bytes]:
    """The control lines that carry a text of any length."""
    for start in range(0, len(text), _TEXT_LENGTH):
        yield _line({"do": "input", "text": text[start : start + _TEXT_LENGTH]})


def encode_end() -> bytes:
    """The control line that ends the program's input."""
    return _line({"do": "eof"})


def encode_stop(first: float, second: float) -> bytes:
    """The control line that stops the job: seconds to wait after SIGINT and after SIGTERM."""
    return _line({"do": "stop", "grace": [first, second]})


class Lines:
    """The commands that arrive at the FIFO."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._partial = b""

    def read(self) -> list[dict[str, Any]]:
        """The commands that have arrived whole; what is none is left out."""
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except BlockingIOError:
            return []
        *whole, self._partial = (self._partial + data).split(b"\n")
        if len(self._partial) > LINE_BYTES:  # no line of ours
            self._partial = b""
        return [command for command in map(_command, whole) if command is not None]


class Stdin:
    """The program's standard input: takes text at once, hands it over as the program reads."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.open = True
        self._waiting = bytearray()
        self._ending = False

    @property
    def pending(self) -> bool:
        """Whether something waits for the program to read."""
        return self.open and bool(self._waiting)

    def put(self, text: str) -> bool:
        """Hand a text over; False when the input has ended or the program has not read for too long."""
        data = text.encode("utf-8", "replace")
        if not self.open or self._ending or len(self._waiting) + len(data) > _WAITING_BYTES:
            return False
        self._waiting += data
        self.flush()
        return self.open

    def end(self) -> None:
        """End the input, after what waits."""
        self._ending = True
        self.flush()

    def flush(self) -> None:
        """Hand over as much as fits."""
        try:
            while self.pending:
                del self._waiting[: os.write(self.descriptor, self._waiting)]
        except BlockingIOError:
            return
        except BrokenPipeError:  # the program has closed its input
            self._ending = True
            self._waiting.clear()
        if self._ending and self.open:
            self.open = False
            os.close(self.descriptor)


def _line(command: dict[str, Any]) -> bytes:
    return json.dumps(command).encode() + b"\n"


def _command(line: bytes) -> Any:
    try:
        command = json.loads(line.decode("utf-8"))
    except ValueError:
        return None
    return command if isinstance(command, dict) else None
