"""Numbers that are in a run twice: logged under one name, and printed under another that says as much.

A program logs `train/loss` and prints `loss 0.3121`. What was logged has all its digits, so what the log says is not
shown beside it. A name of the log is a twin of another where the words of one end those of the other, and where each
number that was printed is the other's at the same step, as far as it was printed. The first numbers decide that; once
enough of them were seen it is settled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .types import Series

#: Numbers of the log that settle it, …
_ENOUGH = 64
#: … looked for in so many rows of each file.
_MOST_ROWS = 1 << 16
#: So many are read each time that there are more.
_FEW_ROWS = 1 << 10
_SEPARATORS = re.compile(r"[\W_]+")
#: Fewer digits than these agree with too many numbers: then they must be the same to the last one.
_LEAST_DIGITS = 2
#: How far a number may be off by itself: some files hold single precision.
_PRECISION = 2e-7
_HALF = 0.5 * (1 + 1e-6)


class Readable(Protocol):
    """A file of rows."""

    rank: int
    attempt: int
    rewritten: int

    def names(self) -> list[str]:
        """The names that it has so far."""

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of its rows, by name."""


class _Part(NamedTuple):
    """The first rows of a file."""

    rank: int
    attempt: int
    series: Mapping[str, Series]


class Twins:
    """Which names of the log are those of others by now. `log` is the rank of its files."""

    def __init__(self, log: int) -> None:
        self._log = log
        self._found: dict[tuple[str, str], bool] = {}
        self._settled: set[tuple[str, str]] = set()
        self._state = 0, 0
        self._due = 0

    def look(self, files: Sequence[Readable], best: Mapping[str, int], rows: int) -> frozenset[str]:
        """The names of the log that are shown under another; `best` is the rank that is shown of each name.

        `rows` are those of all files: while there are no more of them, nothing is read, and of many only once there are
        a quarter more, for a look may come with each frame.
        """
        rewritten = sum(one.rewritten for one in files)
        if rewritten != self._state[1]:
            self._found, self._settled = {}, set()
        pairs = list(_alike(best, self._log))
        wanted = [pair for pair in pairs if pair not in self._settled]
        is_anew = rewritten != self._state[1] or any(pair not in self._found for pair in wanted)
        if wanted and (is_anew or (rows != self._state[0] and rows >= self._due)):
            self._compare(files, wanted)
            self._due = rows + rows // 4 if rows > _FEW_ROWS else 0
        self._state = rows, rewritten
        return frozenset(printed for printed, logged in pairs if self._found[printed, logged])

    def _compare(self, files: Sequence[Readable], pairs: Sequence[tuple[str, str]]) -> None:
        names = {name for pair in pairs for name in pair}
        useful = [one for one in files if not names.isdisjoint(one.names())]
        parts = [_Part(one.rank, one.attempt, one.read(0, _MOST_ROWS)) for one in useful]
        is_full = any(sum(map(len, part.series.values())) >= _MOST_ROWS for part in parts)
        for printed, logged in pairs:
            said = [(one.attempt, one.series[printed]) for one in parts if printed in one.series]
            kept = [(one.attempt, one.series[logged]) for one in parts if logged in one.series and one.rank < self._log]
            self._found[printed, logged] = _is_told_twice(said, kept)
            if is_full or sum(len(series) for _, series in said) >= _ENOUGH:
                self._settled.add((printed, logged))


def _alike(best: Mapping[str, int], log: int) -> Iterator[tuple[str, str]]:
    """Pairs of a name that only the log has and one of another file, where the words of one end those of the other."""
    ends: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in best:
        words = _words(name)
        if best[name] < log and words:
            ends.setdefault(words[-1], []).append((name, words))
    for name in best if ends else ():
        words = _words(name) if best[name] == log else ()
        for other, its in ends.get(words[-1], ()) if words else ():
            shorter = min(len(words), len(its))
            if words[-shorter:] == its[-shorter:]:
                yield name, other


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in _SEPARATORS.split(name.lower()) if word)


def _is_told_twice(said: Sequence[tuple[int, Series]], kept: Sequence[tuple[int, Series]]) -> bool:
    """Whether each number of the log is one that was logged at its step in the same attempt; some may be to come."""
    pairs: list[tuple[float, float]] = []
    for attempt, series in said:
        others = [one for number, one in kept if number == attempt and len(one)]
        last = max((int(one.step.max()) for one in others), default=-1)
        for step, value in zip(series.step[:_ENOUGH].tolist(), series.value[:_ENOUGH].tolist(), strict=True):
            there = [found for one in others for found in one.value[one.step == step].tolist()]
            if there:
                pairs.append((value, min(there, key=lambda found: _distance(found, value))))
            elif step <= last:
                return False
    return bool(pairs) and _agree(np.array([one for one, _ in pairs]), np.array([one for _, one in pairs]))


def _distance(one: float, other: float) -> float:
    found = abs(one - other)
    return found if found == found else float("inf")


def _agree(printed: NDArray[np.float64], logged: NDArray[np.float64]) -> bool:
    """Whether numbers are others as they were printed: to so many places behind the point, or in so many digits."""
    finite = np.isfinite(printed)
    if not np.array_equal(printed[~finite], logged[~finite], equal_nan=True) or not np.isfinite(logged[finite]).all():
        return False
    printed, logged = printed[finite], logged[finite]
    off = np.abs(printed - logged)
    slack = _PRECISION * np.abs(logged)
    digits, places = _shown(printed)
    if digits < _LEAST_DIGITS:
        return bool((off <= slack).all())
    size = np.floor(np.log10(np.where(printed == 0, 1.0, np.abs(printed))))
    in_digits = np.where(printed == 0, 0.0, _HALF * 10.0 ** (size - digits + 1))
    in_places = _HALF * 10.0**-places
    return bool((off <= in_places + slack).all() or (off <= in_digits + slack).all())


def _shown(printed: NDArray[np.float64]) -> tuple[int, int]:
    """Of some numbers the most digits, and the most places behind the point, that any of them shows."""
    most, places = 0, 0
    for value in printed.tolist():
        _, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
        most = max(most, len(digits))
        places = max(places, -exponent if isinstance(exponent, int) else 0)
    return most, places
