"""What a collector says of its alarms: alarms.jsonl, as it grows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jupyter_crispdm.base.files.regular import regular_file, stat_regular

from ..alarms.line import AlarmLine, alarm_line
from ..types import EVENT_ID

_READ_BYTES = 1 << 20
_LINE_BYTES = 64 << 10


class AlarmFile:
    """Reads on in a stream's alarms.jsonl from a byte on. A line that is none of its is passed over."""

    def __init__(self, directory: Path, position: int = 0) -> None:
        self._path, self._root = directory / "alarms.jsonl", directory.parent
        self.position = position

    def read(self) -> list[AlarmLine]:
        """What was written since the last call, about 1 MiB at most. Raises OSError where it cannot be read."""
        try:
            size = stat_regular(self._path, below=self._root).st_size
            if size == self.position:
                return []
            with regular_file(self._path, below=self._root) as file:
                if os.fstat(file.fileno()).st_size < self.position:  # somebody began it anew
                    self.position = 0
                file.seek(self.position)
                found = (alarm_line(text) for text in self._lines(file))
                return [line for line in found if line is not None and EVENT_ID.fits(line.id)]
        except FileNotFoundError:
            return []

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        end = self.position + _READ_BYTES
        while self.position < end:
            line = file.readline(_LINE_BYTES)
            if not line.endswith(b"\n") and len(line) < _LINE_BYTES:  # the end, or a line on its way
                return
            self.position += len(line)
            yield line
