"""Columns that grow by rows and keep their kind: numbers stay numbers, whatever comes later."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import msgspec
import numpy as np

from ..batch import TIME, Column, Numbers

#: Names whose columns hold numbers, whatever the first message says.
NUMBERS = frozenset({TIME, "value", "probability"})
MOST_COLUMNS = 64
LONGEST_NAME, LONGEST_TEXT = 128, 1000
_LATEST = 32_503_680_000.0  # the year 3000, in seconds
_UNITS = (1.0, 1e3, 1e6, 1e9)  # seconds, and what else clocks count: milli, micro, nano


class Kinds:
    """What each column of a stream holds. The first value that is none of nothing decides."""

    def __init__(self) -> None:
        self._names: set[str] = {TIME}
        self._numbers: dict[str, bool] = {}

    def admits(self, name: str) -> bool:
        """Whether there may be a column of this name: a stream has no more than some dozens."""
        if name in self._names:
            return True
        admitted = len(self._names) < MOST_COLUMNS and 0 < len(name) <= LONGEST_NAME
        if admitted:
            self._names.add(name)
        return admitted

    def column(self, name: str, values: Sequence[Any], rejected: Counter[str]) -> Column | None:
        """The values as a column; None while nobody knows of which kind."""
        kind = self._numbers.get(name)
        if kind is None:
            kind = name in NUMBERS or _are_numbers(values)
            if kind is None:
                return None
            self._numbers[name] = kind
        return as_numbers(name, values, rejected) if kind else as_texts(name, values, rejected)


def as_numbers(name: str, values: Sequence[Any], rejected: Counter[str]) -> Numbers:
    """Values as numbers, NaN where there is none; counts what is something else."""
    try:
        column = np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        column = np.array([_number(name, value, rejected) for value in values], np.float64)
    if column.ndim != 1:
        column = np.array([_number(name, value, rejected) for value in values], np.float64)
    endless = np.isinf(column)
    if endless.any():
        rejected[f"'{name}' is infinite"] += int(endless.sum())
        column[endless] = np.nan
    return column


def as_texts(name: str, values: Sequence[Any], rejected: Counter[str]) -> list[str | None]:
    """Values as texts, None where there is none; counts what is something else."""
    return [_text(name, value, rejected) for value in values]


def as_times(values: Sequence[Any], received: Sequence[float], rejected: Counter[str]) -> Numbers:
    """Seconds since the epoch, from any unit or from ISO 8601; when a message came where it says no time."""
    return np.array([_time(*pair, rejected) for pair in zip(values, received, strict=True)], np.float64)


def rows_of(found: Mapping[str, Any]) -> int | None:
    """How many rows some values make: one, or as many as their arrays have; None where these differ."""
    lengths = {len(value) for value in found.values() if is_array(value)}
    return 1 if not lengths else lengths.pop() if len(lengths) == 1 else None


def is_array(value: object) -> bool:
    """Whether a value stands for many rows."""
    return isinstance(value, list)


def _are_numbers(values: Sequence[Any]) -> bool | None:
    first = next((value for value in values if value is not None), None)
    return None if first is None else isinstance(first, int | float)


def _number(name: str, value: Any, rejected: Counter[str]) -> float:
    if value is None:
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        rejected[f"'{name}' is no number"] += 1
        return math.nan


def _text(name: str, value: Any, rejected: Counter[str]) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else value[:LONGEST_TEXT]
    if isinstance(value, dict | list):
        rejected[f"'{name}' is no text"] += 1
        return None
    return str(value)[:LONGEST_TEXT]


def _time(value: Any, received: float, rejected: Counter[str]) -> float:
    if value is None:
        return received
    seconds = _iso(value) if isinstance(value, str) else value if isinstance(value, int | float) else math.nan
    for unit in _UNITS:
        if 0 < seconds < _LATEST * unit:
            return float(seconds / unit)
    rejected["'time' is no time"] += 1
    return received


def _iso(text: str) -> float:
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        try:
            return float(text)
        except ValueError:
            return math.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
