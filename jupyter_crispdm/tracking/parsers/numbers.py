"""The numbers in a line, and what stands between them: two lines of one program differ in their numbers only."""

from __future__ import annotations

import re
from typing import NamedTuple

_FIRST = r"[-+.\d]"
_ALONE = rf"(?<![\w.@]{_FIRST})(?<!\w-{_FIRST})"  # no part of a name, a version, a date
_DIGITS = r"(?:(?<=\.)\d+|(?:(?<=[-+])(?:\d|(?=\.\d))|(?<=\d))\d*(?:(?:,\d{3})+(?![\d,]))?(?:\.\d*)?)"
_EXPONENT = r"(?:[eE][-+]?\d+|D[-+]\d+)?"
_PLAIN = re.compile(rf"({_FIRST}{_ALONE}{_DIGITS}{_EXPONENT})")
_ODD = r"(?<![\w.@])[-+]?(?:nan|NaN|NAN|inf|Inf|INF|Infinity)(?!\w)"
_ANY = re.compile(rf"({_FIRST}{_ALONE}{_DIGITS}{_EXPONENT}|{_ODD})")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile("nan|inf", re.IGNORECASE)
_LARGEST_STEP = 1e15
_LONGEST_STEP = 15
MOST_NUMBERS = 64


class Split(NamedTuple):
    """A line cut at its numbers: `texts` has one more than `numbers`."""

    texts: tuple[str, ...]
    numbers: list[str]


def split(line: str) -> Split:
    """Cut a line. One regular expression without anything to go back to: the time is that of the line's length."""
    if _DIGIT.search(line) is None and _LETTERS.search(line) is None:
        return Split((line,), [])
    odd = "nan" in line or "inf" in line or "NaN" in line or "Inf" in line or "NAN" in line or "INF" in line
    parts = (_ANY if odd else _PLAIN).split(line)
    return Split(tuple(parts[::2]), parts[1::2])


def value_of(number: str) -> float:
    """What a number in a line means; also `1,000` and Fortran's `1.5D+02`."""
    try:
        return float(number)
    except ValueError:
        return float(number.replace(",", "." if number.lstrip("+-").startswith("0,") else "").replace("D", "e"))


def is_measured(number: str) -> bool:
    """Whether it is written as something that was measured, rather than counted."""
    return not number.lstrip("+-").isdigit()


def finite(value: float) -> float | None:
    """A number as an epoch; None for what is none, or beyond all counting."""
    return value if abs(value) < _LARGEST_STEP else None


def whole(number: str) -> int | None:
    """A number as a step; None for what is none, or beyond all counting."""
    if number.isdigit() and len(number) <= _LONGEST_STEP:
        return int(number)
    value = value_of(number)
    return int(value) if abs(value) < _LARGEST_STEP and value == int(value) else None
