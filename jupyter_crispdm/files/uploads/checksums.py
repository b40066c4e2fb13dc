"""Checksums of pieces: what a client says of a body before it sends it."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Protocol

from jupyter_crispdm.base.errors import BadRequest

_FIELD = "Upload-Checksum"


class Sum(Protocol):
    """A checksum in the making."""

    def update(self, data: bytes, /) -> None:
        """Add what comes next."""

    def digest(self) -> bytes:
        """The checksum of all that was added."""


class Crc32:
    """The CRC of zip and PNG, its four bytes in network order."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """Add what comes next."""
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        """The checksum of all that was added."""
        return self._value.to_bytes(4, "big")


#: By the names that the protocol gives them; SHA-1 is the one that every server must know.
ALGORITHMS: Mapping[str, Callable[[], Sum]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "crc32": Crc32,
}


class Checksum:
    """What a client promises of a piece, and the sum of what has come."""

    def __init__(self, algorithm: str, promised: bytes) -> None:
        self.algorithm, self._promised = algorithm, promised
        self._sum = ALGORITHMS[algorithm]()

    def update(self, data: bytes) -> None:
        """Add what comes next."""
        self._sum.update(data)

    def holds(self) -> bool:
        """Whether what came is what was promised."""
        return hmac.compare_digest(self._sum.digest(), self._promised)


def read_checksum(text: str) -> Checksum:
    """The value of the header. Raises BadRequest.

    Examples
    --------
    >>> read_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").algorithm
    'sha1'
    """
    algorithm, _, encoded = text.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadRequest(f"'{_FIELD}' must begin with one of: {', '.join(ALGORITHMS)}.", field=_FIELD)
    try:
        promised = b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        promised = b""
    if len(promised) != len(ALGORITHMS[algorithm]().digest()):
        raise BadRequest(f"'{_FIELD}' is no {algorithm} in base64.", field=_FIELD)
    return Checksum(algorithm, promised)
