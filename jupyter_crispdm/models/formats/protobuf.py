"""The wire format of protocol buffers, read without a schema: numbers and pieces of bytes by their field numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_MOST_FIELDS = 1_500_000
_FIXED = {1: 8, 5: 4}


class Damaged(ValueError):
    """The bytes are no protocol buffer; the text says why."""


class Field(NamedTuple):
    """One field: a number, or the place of its bytes."""

    number: int
    value: int
    start: int
    end: int

    @property
    def is_bytes(self) -> bool:
        """Whether it is a piece of bytes."""
        return self.end >= 0


class Reader:
    """Reads messages of one buffer; all of them together may have so many fields."""

    def __init__(self, data: memoryview, most: int = _MOST_FIELDS) -> None:
        self._data, self._left = data, most

    def fields(self, start: int, end: int) -> Iterator[Field]:
        """The fields of the message that lies there. Raises Damaged."""
        at = start
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise Damaged("it has too many fields")
            key, at = self._number(at, end)
            number, kind = key >> 3, key & 7
            if number == 0:
                raise Damaged("a field has no number")
            if kind == 0:
                value, at = self._number(at, end)
                yield Field(number, value, 0, -1)
            elif kind == 2:
                length, at = self._number(at, end)
                if length > end - at:
                    raise Damaged("a field goes on behind the end")
                yield Field(number, 0, at, at + length)
                at += length
            elif kind in _FIXED and at + _FIXED[kind] <= end:
                value = int.from_bytes(self._data[at : at + _FIXED[kind]], "little")
                at += _FIXED[kind]
                yield Field(number, value, 0, -1)
            else:
                raise Damaged("a field is of an unknown kind, or cut")

    def numbers(self, field: Field) -> Iterator[int]:
        """The whole numbers of a field that may be packed. Raises Damaged."""
        if not field.is_bytes:
            yield field.value
            return
        at = field.start
        while at < field.end:
            value, at = self._number(at, field.end)
            yield value

    def text(self, field: Field, most: int = 200) -> str:
        """The beginning of a field as text."""
        return bytes(self._data[field.start : min(field.end, field.start + most)]).decode("utf-8", "replace")

    def _number(self, at: int, end: int) -> tuple[int, int]:
        value = shift = 0
        while at < end and shift < 70:
            byte = self._data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
        raise Damaged("a number is cut")
