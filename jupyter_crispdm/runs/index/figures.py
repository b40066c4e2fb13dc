"""From points to figures: last, best, least and greatest, carried on with the points that are new."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jupyter_crispdm.tracking import RunReader, Series

from ..records import Account
from ..types import Figures, Number
from .goals import goal_of

MOST_METRICS = 500
_AT_ONCE = 1 << 20  # rows, of some 30 bytes
_LONGEST = 300


def carried_on(known: Account, directory: Path) -> Account:
    """The account with all that was logged since; the known one is left as it is. Reads the disk: call it in a thread.

    However much there is, a million rows at most are in memory.
    """
    reader = RunReader(directory)
    try:
        total = reader.look()
        begins_anew = reader.epoch != known.epoch or total < known.cursor
        account = Account(reader.epoch) if begins_anew else _copy(known)
        while account.cursor < total:
            end = min(total, account.cursor + _AT_ONCE)
            _add(account, reader.between(account.cursor, end))
            account.cursor = end
        account.trouble = reader.trouble
    finally:
        reader.close()
    return account


def plain(number: float) -> Number:
    """A number as it travels in JSON."""
    if math.isfinite(number):
        return number
    return None if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def figures(name: str, known: Figures | None, series: Series) -> Figures:
    """The figures of a metric after some more of its points, in the order in which they were logged."""
    values = series.value
    good = np.isfinite(values)
    bad = len(values) - int(np.count_nonzero(good))
    known = known or Figures(None, 0, None, None, 0, goal=goal_of(name))
    least, greatest = known.min, known.max
    at_least = at_greatest = None
    if bad < len(values):
        finite = np.where(good, values, np.nan) if bad else values
        at_least, at_greatest = int(np.nanargmin(finite)), int(np.nanargmax(finite))
        least = _lesser(least, float(values[at_least]))
        greatest = _greater(greatest, float(values[at_greatest]))
    best = least if known.goal == "low" else greatest if known.goal == "high" else None
    at = at_least if known.goal == "low" else at_greatest
    is_new = best is not None and best != known.best and at is not None
    return Figures(
        last=plain(float(values[-1])), step=int(series.step[-1]), min=least, max=greatest,
        count=known.count + len(values), bad=known.bad + bad, goal=known.goal, best=best,
        best_step=int(series.step[at]) if is_new and at is not None else known.best_step,
    )  # fmt: skip


def _add(account: Account, series: Mapping[str, Series]) -> None:
    for name, one in series.items():
        if not len(one) or len(name) > _LONGEST:
            continue
        if name not in account.figures and len(account.figures) >= MOST_METRICS:
            continue
        account.figures[name] = figures(name, account.figures.get(name), one)
        times = one.time[np.isfinite(one.time) & (one.time > 0)]
        if len(times):
            account.first = _lesser(account.first, float(times.min()))
            account.last = _greater(account.last, float(times.max()))


def _copy(known: Account) -> Account:
    return Account(known.epoch, known.cursor, dict(known.figures), known.first, known.last, known.trouble)


def _lesser(known: float | None, new: float) -> float:
    return new if known is None else min(known, new)


def _greater(known: float | None, new: float) -> float:
    return new if known is None else max(known, new)
