"""Samples as they travel: a list for each column, the numbers of the samples first."""

from __future__ import annotations

import numpy as np

from ..batch import SEQ, TIME, Column, Numbers, Samples
from ..types import Columns, Window

_DIGITS = 9
_TIME_DECIMALS = 6


def columns_of(samples: Samples) -> Columns:
    """The columns; what is missing, or is no finite number, becomes null in JSON."""
    columns: Columns = {SEQ: samples.seq.tolist()}
    for name, column in samples.columns.items():
        columns[name] = _listed(column)
    return columns


def brief_columns_of(samples: Samples) -> Columns:
    """The columns as viewers get them: times to the microsecond, fractions to nine digits of a number.

    All that is drawn is in it, in half as many bytes; nothing before a decimal point is rounded.
    """
    columns: Columns = {SEQ: samples.seq.tolist()}
    for name, column in samples.columns.items():
        if name == TIME and isinstance(column, np.ndarray):
            column = np.round(column, _TIME_DECIMALS)
        columns[name] = _listed(column if name == TIME or isinstance(column, list) else brief(column))
    return columns


def brief(numbers: Numbers) -> Numbers:
    """The numbers, of those with a fraction nine digits."""
    with np.errstate(all="ignore"):
        size = np.floor(np.log10(np.abs(numbers)))
        scale = 10.0 ** np.clip(_DIGITS - 1 - size, 0, None)
        rounded = np.rint(numbers * scale) / scale
    return np.where(np.isfinite(rounded), rounded, numbers)


def window_of(samples: Samples, since: int, trouble: str = "") -> Window:
    """Samples as an answer; where there are none, whoever asks is still at `since`."""
    return Window(int(samples.seq[-1]) if len(samples) else since, columns_of(samples), trouble)


def _listed(column: Column) -> list[int | float | str | None]:
    return [*column] if isinstance(column, list) else column.tolist()
