"""The directories of streams: what the server writes in them, and how one goes away."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory, write_atomic
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.files.removal import remove

from ..store import StreamRecord
from ..types import STREAM_ID, Spec

_log = logging.getLogger(__name__)
_GONE = ".gone"
_PRIVATE = 0o600


class StreamDirectories:
    """One for each stream below a root. Its calls block."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._specs: dict[str, bytes] = {}

    def at(self, id: str) -> Path:
        """A stream's directory; a pure computation."""
        return self.root / id

    def create(self, id: str) -> None:
        """Make a stream's directory. Raises Conflict, StorageFull."""
        with storage_errors(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self.at(id).mkdir(mode=0o700)
            except FileExistsError as error:
                raise Conflict(f"There is a directory of another stream '{id}'.", field="id") from error
            (self.at(id) / "wal").mkdir(mode=0o700)

    def write(self, record: StreamRecord, spec: Spec) -> None:
        """Say what a stream is, and what its collector is to do. Raises StorageFull, OSError."""
        directory, encoded = self.at(record.id), msgspec.json.encode(spec)
        write_atomic(directory / "record.json", msgspec.json.encode(record), _PRIVATE)
        if self._specs.get(record.id) != encoded:
            write_atomic(directory / "stream.json", encoded, _PRIVATE)
            self._specs[record.id] = encoded

    def hand_over(self, id: str, passwords: Mapping[str, str]) -> None:
        """Give a collector the passwords that its source names, and take away those of before. Raises StorageFull."""
        path = self.at(id) / "secrets.json"
        if passwords:
            write_atomic(path, msgspec.json.encode(passwords), _PRIVATE)
        else:
            path.unlink(missing_ok=True)

    def records(self) -> Iterator[StreamRecord]:
        """What the directories say of their streams."""
        with suppress(FileNotFoundError):
            for name in sorted(os.listdir(self.root)):
                record = self._record(name) if STREAM_ID.fits(name) else None
                if record is not None and record.id == name:  # else somebody copied it
                    yield record

    def put_away(self, id: str) -> Path:
        """Take a stream's directory out of sight, in one step. Raises OSError."""
        gone = self.root / _GONE
        gone.mkdir(mode=0o700, exist_ok=True)
        place = gone / f"{id}-{secrets.token_hex(4)}"
        with suppress(FileNotFoundError):
            os.rename(self.at(id), place)
            sync_directory(self.root)
        self._specs.pop(id, None)
        return place

    def sweep(self) -> None:
        """Remove what was put away."""
        gone = self.root / _GONE
        with suppress(FileNotFoundError):
            for name in os.listdir(gone):
                remove(gone / name)

    def _record(self, name: str) -> StreamRecord | None:
        path = self.at(name) / "record.json"
        try:
            return msgspec.json.decode(read_regular(path, below=self.root), type=StreamRecord)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log.warning("The directory of stream %s has no usable record.json and is left alone: %s", name, error)
            return None
