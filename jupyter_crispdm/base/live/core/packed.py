"""Messages of curves in few bytes, for who asks for them: a binary frame in place of JSON, and the same in meaning.

All numbers are little-endian. A head of 18 bytes: u8 kind (1), u8 flags (1: reset), u32 CRC-32 of the topic's name,
u48 epoch, u48 seq. Then a block for each curve: u8 form, u8 length of the name and the name in UTF-8, with form 2 a
u32 count of points (else there is one), with form 4 a u16 count of restarts and a u32 place for each; then columns:
steps (i32, with form 1 f64), values (f64), times (f64). Not-a-number and the infinities are what they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

_KIND = 1
_RESET = 1
_WIDE, _SEVERAL, _RESTARTS = 1, 2, 4
_EPOCH_LIMIT = _SEQ_LIMIT = 1 << 48
_LONGEST_NAME = 255
_MOST_RESTARTS = 1 << 16
_NARROW_LIMIT = 1 << 31


class Columns(NamedTuple):
    """A curve of a message: columns of one length, and the places at which it restarts."""

    name: str
    step: Sequence[int]
    value: Sequence[float]
    time: Sequence[float]
    restarts: Sequence[int] = ()


class Packable(Protocol):
    """A fact that may be told in fewer bytes."""

    def columns(self) -> Iterable[Columns] | None:
        """The curves that it brings; None when it says more than that."""

    @property
    def reset(self) -> bool:
        """Whether all that was told before is void."""


def packed(topic: str, epoch: str | None, seq: int, fact: Packable) -> bytes | None:
    """A message as the payload of a binary frame; None where only JSON can tell it."""
    curves = fact.columns()
    number = _number(epoch)
    if curves is None or number is None or not 0 <= seq < _SEQ_LIMIT:
        return None
    head = struct.pack("<BBI", _KIND, _RESET if fact.reset else 0, zlib.crc32(topic.encode()))
    parts = [head, number.to_bytes(6, "little"), seq.to_bytes(6, "little")]
    for curve in curves:
        name = curve.name.encode("utf-8", "replace")
        if len(name) > _LONGEST_NAME or len(curve.restarts) >= _MOST_RESTARTS:
            return None
        parts.append(_block(name, curve))
    return b"".join(parts)


def _block(name: bytes, curve: Columns) -> bytes:
    count = len(curve.step)
    is_narrow = all(-_NARROW_LIMIT <= step < _NARROW_LIMIT for step in curve.step)
    form = (0 if is_narrow else _WIDE) | (_SEVERAL if count != 1 else 0) | (_RESTARTS if curve.restarts else 0)
    head = struct.pack("<BB", form, len(name)) + name
    if form & _SEVERAL:
        head += struct.pack("<I", count)
    if form & _RESTARTS:
        head += struct.pack(f"<H{len(curve.restarts)}I", len(curve.restarts), *curve.restarts)
    steps = struct.pack(f"<{count}{'i' if is_narrow else 'd'}", *curve.step)
    return head + steps + struct.pack(f"<{2 * count}d", *curve.value, *curve.time)


def _number(epoch: str | None) -> int | None:
    """An epoch as a number; None for one that is written in another way."""
    try:
        number = int(epoch or "", 16)
    except ValueError:
        return None
    return number if 0 <= number < _EPOCH_LIMIT and f"{number:x}" == epoch else None
