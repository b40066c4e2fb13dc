"""Curves put together out of what several files have of them.

Of one name only the files of the best rank count. Of several attempts each later one takes over at its first step:
what an earlier one had from there on is cut, and the place is a restart. What processes of one attempt wrote side
by side is in the order of time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..types import Series, chain
from .track import Track


class Part(NamedTuple):
    """What one file has of a curve. `begins`: it is the file's first of that name, and not somewhere in the middle.

    From step `until` on its points are void.
    """

    attempt: int
    series: Series
    begins: bool = True
    until: float = math.inf


class Whole(NamedTuple):
    """All that one file has of a curve."""

    attempt: int
    track: Track
    until: float = math.inf


def composed(parts: Iterable[Part], cuts: Mapping[int, float] | None = None) -> Series:
    """One curve out of parts; `cuts` says at which step the later attempts take over, where the parts do not tell."""
    of_attempt: dict[int, list[Part]] = {}
    for part in parts:
        of_attempt.setdefault(part.attempt, []).append(part._replace(series=_before(part.series, part.until)))
    attempts = sorted(of_attempt)
    if len(attempts) == 1:
        (only,) = attempts
        series = _in_time(of_attempt[only])
        return replace(series, restarts=(0,) if only > 1 and len(series) and of_attempt[only][0].begins else ())
    known = cuts if cuts is not None else cut_steps((one, _lowest(of_attempt[one])) for one in attempts)
    done: list[Series] = []
    restarts: list[int] = []
    length = 0
    for attempt in attempts:
        series = _before(_in_time(of_attempt[attempt]), known.get(attempt, math.inf))
        if attempt > 1 and len(series) and any(part.begins for part in of_attempt[attempt]):
            restarts.append(length)
        done.append(series)
        length += len(series)
    return replace(chain(done), restarts=tuple(restarts))


def cut_steps(firsts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """For each attempt the lowest first step of those after it, out of pairs of attempt and first step."""
    lowest: dict[int, float] = {}
    for attempt, step in firsts:
        lowest[attempt] = min(step, lowest.get(attempt, math.inf))
    return {
        attempt: min((step for later, step in lowest.items() if later > attempt), default=math.inf)
        for attempt in lowest
    }


def drawn(wholes: Sequence[Whole], points: int) -> Series:
    """A curve from its beginning to its end, in a few times as many points as are to be drawn."""
    return ranged(wholes, "step", -math.inf, math.inf, points)


def ranged(wholes: Sequence[Whole], axis: str, begin: float, end: float, points: int) -> Series:
    """A range of a curve, both ends and a neighbour on each side included, in a few times as many points as to draw."""
    cuts = cut_steps((one.attempt, one.track.first_step()) for one in wholes)
    limits = [min(one.until, cuts.get(one.attempt, math.inf)) for one in wholes]
    parts = [_range(one, axis, begin, end, points, limit) for one, limit in zip(wholes, limits, strict=True)]
    return composed([part for part in parts if len(part.series)], cuts)


def _range(whole: Whole, axis: str, begin: float, end: float, points: int, cut: float) -> Part:
    track = whole.track
    everything = begin == -math.inf and end == math.inf
    if not everything and not track.is_sorted(axis):
        found = track.within(axis, begin, end, points)
        begins = bool(len(found)) and int(found.step[0]) == track.first_step()
        return Part(whole.attempt, found, begins, whole.until)
    first, last = 0, len(track)
    if not everything:
        first = max(0, track.place(axis, begin) - 1)
        last = min(last, track.place(axis, end, after=True) + 1)
    if cut != math.inf and track.is_sorted("step"):
        last = min(last, track.place("step", cut))
    return Part(whole.attempt, track.pick(first, max(first, last), points), first == 0, whole.until)


def _lowest(parts: Sequence[Part]) -> float:
    return min((float(part.series.step.min()) for part in parts if len(part.series)), default=math.inf)


def _before(series: Series, step: float) -> Series:
    return series if step == math.inf else series.take(np.flatnonzero(series.step < step))


def _in_time(parts: Sequence[Part]) -> Series:
    if len(parts) == 1:
        return parts[0].series
    whole = chain([part.series for part in parts])
    return whole.take(np.argsort(whole.time, kind="stable"))
