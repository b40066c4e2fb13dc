"""What the collector needs of a detector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

from ..batch import TIME, Column, Numbers, numbers_of


class Verdict(NamedTuple):
    """A number for each row: `found`, which is compared with the limit, and `score` from 0 to 1. NaN where unknown."""

    found: Numbers
    score: Numbers


class Detector(Protocol):
    """Looks at one batch after the other; what it learns of them stays bounded.

    Attributes
    ----------
    memory : int
        After how many samples it knows as much as it ever will.
    trouble : str
        Why it cannot judge just now; empty while it can.
    """

    memory: int
    trouble: str

    async def judge(self, columns: Mapping[str, Column]) -> Verdict:
        """Look at some rows. Whatever they hold and whatever fails, it answers; what it cannot judge is NaN."""

    async def close(self) -> None:
        """Let go of everything."""


def column_of(columns: Mapping[str, Column], name: str) -> Numbers:
    """A column as numbers, all missing where there is none."""
    column = columns.get(name)
    return np.full(len(columns[TIME]), np.nan) if column is None else numbers_of(column)


def unknown(columns: Mapping[str, Column]) -> Verdict:
    """Of nothing anything is known."""
    nothing = np.full(len(columns[TIME]), np.nan)
    return Verdict(nothing, nothing)
