"""The data directory belongs to one server at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ..errors import SetupError
from .modes import tighten


class DirectoryInUse(SetupError):
    """Another server holds the data directory."""


class DirectoryLock:
    """Holds a data directory until it is released or the process ends. Raises DirectoryInUse."""

    def __init__(self, directory: Path) -> None:
        tighten(directory)
        self._handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 32, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise DirectoryInUse(
                f"The data directory {directory} is in use by another server (process {holder}). "
                "Stop that one, or give this one its own: --CrispdmApp.data_dir=DIRECTORY"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another server have it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
