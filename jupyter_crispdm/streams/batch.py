"""Samples on their way: some rows that follow each other, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = "list[str | None]"
Column: TypeAlias = "Numbers | Texts"

TIME = "time"
SEQ = "seq"


@dataclass(frozen=True, eq=False)
class Batch:
    """Rows of a stream. The first has the number `first`, and each one after it the next.

    A column holds numbers, NaN where one is missing, or texts, None where one is missing. There always is a `time`,
    in seconds since the epoch.
    """

    first: int
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.columns[TIME])

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same; a missing number is the same as another one."""
        if not isinstance(other, Batch):
            return NotImplemented
        return (
            self.first == other.first
            and self.columns.keys() == other.columns.keys()
            and all(_same(column, other.columns[name]) for name, column in self.columns.items())
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def last(self) -> int:
        """The number of the last row; one less than `first` where there are none."""
        return self.first + len(self) - 1

    @property
    def seq(self) -> NDArray[np.int64]:
        """The numbers of all rows."""
        return np.arange(self.first, self.first + len(self), dtype=np.int64)

    @property
    def time(self) -> Numbers:
        """When each sample was taken."""
        return numbers_of(self.columns[TIME])

    def rows(self, start: int, stop: int | None = None) -> Batch:
        """Those from one place to another, counted from 0."""
        stop = len(self) if stop is None else min(stop, len(self))
        return Batch(self.first + start, {name: column[start:stop] for name, column in self.columns.items()})

    def after(self, seq: int) -> Batch:
        """The rows with a higher number."""
        return self.rows(min(max(seq + 1 - self.first, 0), len(self)))

    def numbered(self, first: int) -> Batch:
        """The same rows, numbered from `first` on."""
        return Batch(first, self.columns)


    def samples(self) -> Samples:
        """The same rows, with their numbers beside them."""
        return Samples(self.seq, self.columns)


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows with rising numbers, which may leave some out: the thinned, and those of a recording with a hole."""

    seq: NDArray[np.int64]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.seq)

    @property
    def time(self) -> Numbers:
        """When each sample was taken."""
        return numbers_of(self.columns[TIME])

    def take(self, rows: NDArray[np.intp]) -> Samples:
        """The rows at these places."""
        return Samples(self.seq[rows], {name: _taken(column, rows) for name, column in self.columns.items()})

    def where(self, wanted: NDArray[np.bool_]) -> Samples:
        """The rows for which this is so."""
        return self if wanted.all() else self.take(np.flatnonzero(wanted))


#: What a stream has before its first sample.
NOTHING = Samples(np.empty(0, np.int64), {TIME: np.empty(0, np.float64)})


def numbers_of(column: Column) -> Numbers:
    """A column as numbers: texts that are none are missing."""
    return column if isinstance(column, np.ndarray) else np.array([_number(text) for text in column], np.float64)


def texts_of(column: Column) -> list[str | None]:
    """A column as texts: numbers as people write them."""
    if isinstance(column, list):
        return column
    return [None if value != value else f"{value:.17g}" for value in column.tolist()]


def join(batches: Sequence[Batch]) -> Batch:
    """One batch of several that follow each other.

    What one of them lacks is missing there; what holds texts in one of them holds texts.
    """
    if len(batches) == 1:
        return batches[0]
    return Batch(batches[0].first, _joined(batches))


def gather(parts: Sequence[Samples]) -> Samples:
    """All of several that follow each other, as `join` does it."""
    if len(parts) == 1:
        return parts[0]
    return Samples(np.concatenate([part.seq for part in parts]), _joined(parts)) if parts else NOTHING


def _joined(several: Sequence[Batch] | Sequence[Samples]) -> dict[str, Column]:
    names = dict.fromkeys(name for one in several for name in one.columns)
    return {name: _column(name, several) for name in names}


def _column(name: str, batches: Sequence[Batch] | Sequence[Samples]) -> Column:
    parts = [(batch.columns.get(name), len(batch)) for batch in batches]
    if any(isinstance(part, list) for part, _ in parts):
        return [text for part, rows in parts for text in ([None] * rows if part is None else texts_of(part))]
    return np.concatenate([np.full(rows, np.nan) if part is None else numbers_of(part) for part, rows in parts])


def _same(one: Column, other: Column) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return isinstance(one, list) and isinstance(other, list) and one == other
    return np.array_equal(one, other, equal_nan=True)


def _taken(column: Column, rows: NDArray[np.intp]) -> Column:
    return [column[row] for row in rows.tolist()] if isinstance(column, list) else column[rows]


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else np.nan
    except ValueError:
        return np.nan
