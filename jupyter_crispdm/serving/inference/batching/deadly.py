"""Requests that end the process that works on them: one that did so twice is not tried a third time."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..tensors import Buffer

_MOST = 64
_TOO_OFTEN = 2.0


class Deadly:
    """What was being worked on when processes ended, by its content; costs nothing while no process has ended."""

    def __init__(self) -> None:
        self._blame: OrderedDict[bytes, float] = OrderedDict()
        self._sizes: set[int] = set()

    def __bool__(self) -> bool:
        """Whether anything is suspected."""
        return bool(self._blame)

    def blame(self, suspects: Sequence[tuple[Mapping[str, Any], Sequence[Buffer]]]) -> None:
        """A process ended at one of these: each is as much to blame."""
        for header, body in suspects:
            content = _content(header, body)
            self._blame[content] = self._blame.pop(content, 0.0) + 1 / len(suspects)
            self._sizes.add(_size(body))
        while len(self._blame) > _MOST:
            self._blame.popitem(last=False)

    def forgive(self, header: Mapping[str, Any], body: Sequence[Buffer]) -> None:
        """This was answered: it ends no process."""
        if _size(body) in self._sizes:
            self._blame.pop(_content(header, body), None)
            if not self._blame:
                self._sizes.clear()

    def refuses(self, header: Mapping[str, Any], body: Sequence[Buffer]) -> bool:
        """Whether this is not to be tried again."""
        return _size(body) in self._sizes and self._blame.get(_content(header, body), 0.0) >= _TOO_OFTEN


def _size(body: Sequence[Buffer]) -> int:
    return sum(map(len, body))


def _content(header: Mapping[str, Any], body: Sequence[Buffer]) -> bytes:
    digest = hashlib.blake2b(msgspec.json.encode(header), digest_size=16)
    for part in body:
        digest.update(part)
    return digest.digest()
