"""What a collector is told: `stream.json` and `secrets.json` in its directory, read again when they change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.regular import read_regular, stat_regular

from ..types import Spec


class BadOrders(Exception):
    """The specification cannot be used; the text says why."""


class Orders:
    """The specification of a stream, as it is now."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "stream.json"
        self._secrets = directory / "secrets.json"
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> Spec | None:
        """The specification, when it is another one than at the last call. Raises BadOrders."""
        try:
            found = stat_regular(self._path)
            seen = found.st_mtime_ns, found.st_ino, found.st_size
            if seen == self._seen:
                return None
            self._seen = seen
            return msgspec.json.decode(read_regular(self._path), type=Spec)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadOrders(f"What the stream is to do cannot be read: {error}") from error

    def environ(self) -> Mapping[str, str]:
        """This process's variables with the stream's passwords among them. Raises BadOrders."""
        try:
            passwords = msgspec.json.decode(read_regular(self._secrets), type=dict[str, str])
        except FileNotFoundError:
            passwords = {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            raise BadOrders("The passwords of the stream cannot be read.") from None  # none of them in a message
        return os.environ | passwords
