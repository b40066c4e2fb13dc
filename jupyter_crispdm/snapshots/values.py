"""Values as they are kept: small ones as text in a row, large ones in files that are called by their content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from .contentfiles import ContentFiles, StillNeeded, digest_of

INLINE = 64 * 1024
"""Bytes of JSON up to which a value lies in its row."""


@dataclass(frozen=True)
class Value:
    """A value as it is kept: its JSON, or the digest of the file with it. `size` is in bytes."""

    size: int
    text: str | None = None
    digest: str | None = None

    def is_same(self, other: Value) -> bool:
        """Whether both are the same JSON."""
        return (self.text, self.digest) == (other.text, other.digest)


Accept = Callable[[Mapping[str, Value]], object]


class ValueFiles:
    """The files of large values. Its methods block: call them in a thread."""

    def __init__(self, directory: Path, inline: int = INLINE) -> None:
        self._files, self._inline = ContentFiles(directory), inline

    def put(self, values: Mapping[str, Any], accept: Accept) -> dict[str, Value]:
        """Bring values into the form in which they are kept, and pin those in files until `release`.

        `accept` is asked before anything is written, and raises what speaks against it. Raises StorageFull.
        """
        encoded = {name: msgspec.json.encode(value) for name, value in values.items()}
        kept = {name: self._kept(text) for name, text in encoded.items()}
        accept(kept)
        self._files.pin(_digests(kept.values()))
        try:
            for name, value in kept.items():
                if value.digest is not None:
                    self._files.write(value.digest, encoded[name])
        except BaseException:
            self.release(kept.values())
            raise
        return kept

    def release(self, values: Collection[Value]) -> None:
        """The rows are there, or will not be: what no row names may be removed."""
        self._files.release(_digests(values))

    def read(self, value: Value) -> msgspec.Raw | None:
        """The JSON of a value; None when its file is not there, or is not what was written."""
        if value.digest is None:
            return msgspec.Raw((value.text or "null").encode())
        content = self._files.read(value.digest)
        return None if content is None else msgspec.Raw(content)

    def collect(self, digests: Collection[str], still_needed: StillNeeded) -> None:
        """Remove the files of these digests that no row names."""
        self._files.collect(digests, still_needed)

    def sweep(self, still_needed: StillNeeded) -> None:
        """Remove what a server that was killed left behind."""
        self._files.sweep(still_needed)

    def _kept(self, text: bytes) -> Value:
        if len(text) <= self._inline:
            return Value(len(text), text.decode())
        return Value(len(text), digest=digest_of(text))


def _digests(values: Collection[Value]) -> list[str]:
    return [value.digest for value in values if value.digest is not None]
