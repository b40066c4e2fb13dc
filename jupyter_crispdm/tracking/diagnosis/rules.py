"""Rules that raise an alert: checked as they come in, and watched for, row by row, as curves grow. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.errors import BadRequest

from ..types import Series
from .digest import Point
from .judge import evidence_of
from .naming import direction
from .types import MOST_RULES, AlertRule, AlertWhen, Better, CurveAlert, Evidence, PatienceUnit
from .words import number, steps


def check_rules(rules: Sequence[AlertRule], field: str = "alerts") -> None:
    """Raises BadRequest for the first rule that could never be raised, or that says too little."""
    if len(rules) > MOST_RULES:
        raise BadRequest(f"'{field}' must not hold more than {MOST_RULES} rules.", field=field)
    for position, rule in enumerate(rules):
        reason = _lacks(rule)
        if reason:
            raise BadRequest(f"'{field}', rule {position + 1}: {reason}", field=field)


def _lacks(rule: AlertRule) -> str:
    if not rule.metric.isprintable():
        return "'metric' must be printable."
    if rule.when is not AlertWhen.nan and not rule.metric:
        return f"'{rule.when.value}' needs a 'metric'."
    if rule.when in (AlertWhen.above, AlertWhen.below) and (rule.value is None or not math.isfinite(rule.value)):
        return f"'{rule.when.value}' needs a 'value', a number."
    if rule.when is AlertWhen.stuck and rule.patience is None:
        return "'stuck' needs 'patience', a number of values or steps."
    if not math.isfinite(rule.least):
        return "'least' must be a number, 0 or more."
    return ""


@dataclass
class Watched:
    """A rule, and the alert that it raised, once it did."""

    rule: AlertRule
    reason: str = ""
    evidence: list[Evidence] = field(default_factory=list)
    time: float | None = None

    @property
    def raised(self) -> bool:
        """Whether it did."""
        return bool(self.reason)

    def alert(self) -> CurveAlert:
        """It as it travels."""
        return CurveAlert(self.rule, self.raised, self.reason, self.time, self.evidence)


class Watching:
    """Watches rows for rules; one that was raised is not raised again."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self._watches = [_Watch(one) for one in watched if not one.raised]

    def see(self, name: str, series: Series) -> None:
        """Look at the rows of a series that came next."""
        for watch in self._watches:
            watch.see(name, series)


class _Watch:
    """One rule, and how its metric stands."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._best: Point | None = None
        self._values = 0  # since the best one

    def see(self, name: str, series: Series) -> None:
        rule = self._watched.rule
        if self._watched.raised or not len(series) or (rule.metric and rule.metric != name):
            return
        if rule.when is AlertWhen.stuck:
            self._see_stuck(name, series)
            return
        hits = _hits(rule, series.value)
        if hits.any():
            self._raise_at(name, _point(series, int(np.argmax(hits))))

    def _raise_at(self, name: str, point: Point) -> None:
        rule = self._watched.rule
        if rule.when is AlertWhen.nan:
            what = "not a number" if math.isnan(point.value) else "infinite"
            self._watched.reason = f"{name} is {what} at step {steps(point.step)}."
        else:
            limit = number(rule.value or 0.0)
            self._watched.reason = (
                f"{name} is {number(point.value)} at step {steps(point.step)}, {rule.when.value} {limit}."
            )
        self._watched.evidence = [evidence_of("broken" if rule.when is AlertWhen.nan else "now", name, point)]

    def _see_stuck(self, name: str, series: Series) -> None:
        rule = self._watched.rule
        better = rule.better or direction(name) or Better.low
        turned = series.value if better is Better.low else -series.value
        level = math.inf if self._best is None else (self._best.value if better is Better.low else -self._best.value)
        bests = _improvements(turned, level, rule.least)
        begin, best = -1 - self._values, self._best
        for end in [*bests, len(series)]:
            at = None if best is None else self._stuck_at(series, best, begin, end)
            if best is not None and at is not None:
                self._raise_stuck(name, best, _point(series, at))
                return
            if end < len(series):
                begin, best = end, _point(series, end)
        self._best, self._values = best, len(series) - 1 - begin

    def _stuck_at(self, series: Series, best: Point, begin: int, end: int) -> int | None:
        """Where patience ends after the best value at `begin`, before the better one at `end`."""
        patience = self._watched.rule.patience or 1
        if self._watched.rule.unit is PatienceUnit.values:
            return begin + patience if begin + patience < end else None
        first = max(0, begin + 1)
        if end <= first or int(series.step[end - 1]) - best.step < patience:
            return None
        return first + int(np.argmax(series.step[first:end] - best.step >= patience))

    def _raise_stuck(self, name: str, best: Point, now: Point) -> None:
        rule = self._watched.rule
        self._watched.reason = (
            f"{name} has been no better than {number(best.value)}, at step {steps(best.step)}, for "
            f"{steps(rule.patience or 1)} {rule.unit.value}, up to step {steps(now.step)}."
        )
        self._watched.evidence = [evidence_of("best", name, best), evidence_of("now", name, now)]


def _improvements(values: NDArray[np.float64], level: float, least: float) -> list[int]:
    """Where the values, of which lower is better, fall below the best before them, by more than `least`."""
    lowest = np.minimum.accumulate(np.where(np.isfinite(values), values, math.inf))
    if not least:
        before = np.concatenate([[level], np.minimum(lowest[:-1], level)])
        return [int(at) for at in np.flatnonzero(lowest < before)]
    found: list[int] = []
    while (at := int(np.searchsorted(-lowest, least - level, side="right"))) < len(values):
        found.append(at)  # the lowest so far only falls, so that the next better one is found by halving
        level = float(lowest[at])
    return found


def _hits(rule: AlertRule, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    if rule.when is AlertWhen.nan:
        return ~np.isfinite(values)
    limit = rule.value or 0.0
    return values > limit if rule.when is AlertWhen.above else values < limit


def _point(series: Series, at: int) -> Point:
    return Point(int(series.step[at]), float(series.value[at]), float(series.time[at]))
