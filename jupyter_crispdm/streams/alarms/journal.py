"""The file in which a collector says what became of its alarms: `alarms.jsonl`, a line for each, only appended."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.files.regular import open_regular

from .line import AlarmLine, alarm_line

_TAIL_BYTES = 4 << 20
"""How far back open alarms are looked for: some ten thousand lines."""


class Journal:
    """Appends to the file. A line that was cut off when a collector was killed goes first."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "alarms.jsonl"
        self._file = open_regular(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        self._size = os.fstat(self._file).st_size
        self._cut(self._size - len(self._tail().rpartition(b"\n")[2]))

    def open_alarms(self) -> dict[str, str]:
        """The alarms that were raised and not cleared: the id by the detector's name."""
        found: dict[str, str] = {}
        for text in self._tail().split(b"\n"):
            line = alarm_line(text)
            if line is None:
                continue
            if line.kind == "raised":
                found[line.detector] = line.id
            elif found.get(line.detector) == line.id:
                del found[line.detector]
        return found

    def write(self, lines: list[AlarmLine]) -> None:
        """Append some lines, all or none. Raises OSError, StorageFull."""
        data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        with storage_errors(self._path):
            try:
                if os.write(self._file, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            except OSError:
                self._cut(self._size)
                raise
        self._size += len(data)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _tail(self) -> bytes:
        return os.pread(self._file, _TAIL_BYTES, max(0, self._size - _TAIL_BYTES))

    def _cut(self, size: int) -> None:
        os.ftruncate(self._file, size)
        self._size = size
