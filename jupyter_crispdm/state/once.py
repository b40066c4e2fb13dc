"""Changes that count once, however often they are asked for: known by the `Idempotency-Key` of their caller.

What a change was answered is kept together with what it changed, for some minutes. Who asks again is answered alike.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.http.idempotency import not_kept, other_request

from .entries import Entry

KEPT_SECONDS = 600.0
"""For how long it is known what a change was answered."""
_LARGEST = 16 * 1024


class Once(NamedTuple):
    """One change: what its caller calls it, and what they ask for, as digests."""

    name: str
    print: str

    @classmethod
    def of(cls, owner: str, key: str, *asked: bytes) -> Once:
        """What somebody calls by this key, and asks for."""
        return cls(_digest(owner.encode(), key.encode()), _digest(*asked))


class Answer(msgspec.Struct, frozen=True):
    """What became of a change, and until when that is known: the value after it, None where that is too large."""

    print: str
    until: float
    after: Entry | None

    @classmethod
    def to(cls, once: Once, after: Entry, now: float) -> Answer:
        """What is kept of an answer."""
        return cls(once.print, now + KEPT_SECONDS, after if len(after.value or b"") <= _LARGEST else None)

    def again(self, once: Once) -> Entry:
        """What is answered once more. Raises Unprocessable where something else is asked for, and Conflict."""
        if self.print != once.print:
            raise other_request()
        if self.after is None:
            raise not_kept()
        return self.after


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(b"%d:" % len(part) + part)
    return whole.hexdigest()
