"""Rows of numbers: what calls with the same names have in common, and how what they say becomes records."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

_RECORD = "Iqdd"
RECORD_BYTES = 28
LARGEST = (1 << 63) - 1
_MOST_COMPILED = 64
_makers: dict[int, Callable[..., Any]] = {}
pack_one = struct.Struct("<" + _RECORD).pack
unpack_one = struct.Struct("<" + _RECORD).unpack


class Shape:
    """What calls with the same names have in common."""

    __slots__ = ("alone", "count", "first", "highest", "numbers", "pack", "packed", "row", "size")

    def __init__(self, numbers: list[int]) -> None:
        self.first = numbers[0]
        self.numbers = numbers
        self.row: list[Any] = [part for number in numbers for part in (number, 0, 0.0, 0.0)]
        self.pack: Callable[..., bytes] = struct.Struct("<" + _RECORD * len(numbers)).pack
        self.packed = _row_packer(numbers, self.pack) if len(numbers) <= _MOST_COMPILED else None
        self.size = RECORD_BYTES * len(numbers)
        self.highest = -1  # step given since it was last asked
        self.alone = False  # no other calls share these names, so that these two tell the next step:
        self.count: Callable[[], int] = count().__next__  # steps that nobody gave; many threads may take one

    def following(self) -> int:
        """The step after the highest so far; 0 where there was none since it was last asked."""
        counted = int(repr(self.count.__self__)[len("count(") : -1]) if self.alone else 0  # type: ignore[attr-defined]
        return max(self.highest + 1, counted)


def _row_packer(numbers: list[int], pack: Callable[..., bytes]) -> Callable[[Mapping[str, Any], int, float], bytes]:
    """Packs numbers of one step; compiled for their count: variables are twice as quick as joined lists."""
    maker = _makers.get(len(numbers))
    if maker is None:
        each = range(len(numbers))
        names, values = (", ".join(f"{letter}{number}" for number in each) + "," for letter in "nv")
        record = ", ".join(f"n{number}, step, v{number}, now" for number in each)
        plain = " is ".join(f"v{number}.__class__" for number in each)
        source = f"""
def maker(numbers, pack, checked):
    {names} = numbers
    def packed(values, step, now):
        {values} = values.values()
        if not (float is {plain}):
            {values} = checked(values)
        return pack({record})
    return packed
"""
        namespace: dict[str, Any] = {}
        exec(source, namespace)
        maker = _makers[len(numbers)] = namespace["maker"]
    packer: Callable[[Mapping[str, Any], int, float], bytes] = maker(numbers, pack, numbers_of)
    return packer


def packed_row(shape: Shape, steps: list[int], values: list[float], now: float) -> bytes:
    row = shape.row[:]
    row[1::4] = steps
    row[2::4] = values
    row[3::4] = [now] * len(values)
    return shape.pack(*row)


def numbers_of(values: Mapping[str, Any]) -> list[float]:
    return [value if value.__class__ is float else _number(name, value) for name, value in values.items()]


def fitting(step: int) -> int:
    if step > LARGEST:
        raise too_large(step)
    return step


def too_large(step: Any) -> ValueError:
    return ValueError(f"crispdm.log: the step must fit into 64 bits, not be {step}")


def mapping(values: Any, scalars: dict[str, Any]) -> Mapping[str, Any]:
    if not isinstance(values, Mapping):
        raise TypeError(f"crispdm.log: expected a mapping of names to numbers, not {shown(values)}")
    return {**values, **scalars}


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value.item() if hasattr(value, "item") else value)
        except (TypeError, ValueError, RuntimeError, OverflowError):  # RuntimeError: a tensor of many values
            pass
    raise TypeError(f"crispdm.log: the value of {name!r} must be one number, not {shown(value)}") from None


def whole(step: Any) -> int:
    if step.__class__ is int:
        return int(step)
    if isinstance(step, float) and step.is_integer():
        return int(step)
    try:
        return operator.index(step.item() if hasattr(step, "item") else step)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"crispdm.log: the step must be a whole number, not {shown(step)}") from None


def shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"
