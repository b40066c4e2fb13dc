"""JSON lines from the server to the supervisor, and on to the program's standard input.

{"do": "input", "text": …}   {"do": "eof"}   {"do": "stop", "grace": [seconds after SIGINT, after SIGTERM]}
A line has at most 4,096 bytes, so that lines of several writers never mix. On one machine they travel by the
FIFO `control`; from one machine to another, where a FIFO does not reach, by the file `control.jsonl`, to which
the server appends and which an attached supervisor reads again and again.
"""

from __future__ import annotations

import array
import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

FIFO, FILE = "control", "control.jsonl"
LINE_BYTES = 4096
_TEXT_LENGTH = 300  # JSON may need 12 bytes for a character
_WAITING_BYTES = 1 << 20
_READ_BYTES = 1 << 16
_FIONREAD = 0x541B


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


def append(directory: str | os.PathLike[str], lines: Iterable[bytes]) -> None:
    """Send lines to the attached supervisor of a job directory, started or not yet. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(os.path.join(directory, FILE), flags, 0o600)
    try:
        data = b"\n" + b"".join(lines)  # half a line that a full disk left must not spoil the first of these
        if os.write(descriptor, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), FILE)
    finally:
        os.close(descriptor)


class CommandFifo:
    """The commands that arrive at the FIFO; its `descriptor` tells when."""

    def __init__(self, directory: str) -> None:
        # Open for writing too: it then never ends, whoever writes comes and goes.
        self.descriptor = os.open(os.path.join(directory, FIFO), os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._lines = _Lines()

    def read(self) -> list[dict[str, Any]]:
        """The commands that have arrived whole; what is none is left out."""
        try:
            return self._lines.add(os.read(self.descriptor, _READ_BYTES))
        except BlockingIOError:
            return []


class CommandFile:
    """The commands that arrive in the file, from its beginning; nothing tells when, so look often."""

    descriptor = None

    def __init__(self, directory: str) -> None:
        self._path = os.path.join(directory, FILE)
        self._read = 0
        self._lines = _Lines()
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def read(self) -> list[dict[str, Any]]:
        """The commands that have arrived whole since the last time; what is none is left out."""
        try:
            # Opened each time: a network file system promises what others wrote only to those who open.
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = os.pread(descriptor, _READ_BYTES, self._read)
            finally:
                os.close(descriptor)
        except OSError:  # the file system is away; what is written meanwhile is found later
            return []
        self._read += len(data)
        return self._lines.add(data)


class _Lines:
    def __init__(self) -> None:
        self._partial = b""

    def add(self, data: bytes) -> list[dict[str, Any]]:
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
        self.pipe = f"pipe:[{os.fstat(descriptor).st_ino}]"  # as it is called in /proc
        self._waiting = bytearray()
        self._ending = False

    @property
    def pending(self) -> bool:
        """Whether something waits for the program to read."""
        return self.open and bool(self._waiting)

    @property
    def empty(self) -> bool:
        """Whether the program can only wait for more: nothing is left to read, and this is not the end."""
        if not self.open or self._waiting:
            return False
        count = array.array("i", [0])
        fcntl.ioctl(self.descriptor, _FIONREAD, count)
        return not count[0]

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
    except (ValueError, RecursionError):
        return None
    return command if isinstance(command, dict) else None
