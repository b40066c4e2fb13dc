"""From two curves, or one, to a verdict, its reason and the points that it rests on. Pure: no files, no clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from .digest import Digest, Point
from .naming import Pair, pairs
from .shape import Shape, common_axis, shape
from .types import Best, Better, Diagnosis, Evidence, Finding, Verdict
from .words import number, steps

_FEWEST, _FEWEST_HELD_OUT = 4, 3
_DIVERGED_SHARE, _DIVERGED_RELATIVE = 0.3, 0.05
_GAP_SHARE = 0.2
_HARDLY = 0.05
_PLATEAU_SHARE, _PLATEAU_FEWEST = 0.6, 8
_WORST_FIRST = (Verdict.nan, Verdict.diverging)
_NOTHING = "No curves yet that tell how the training goes."


def diagnose(digests: Mapping[str, Digest], trouble: str = "") -> Diagnosis:
    """What the series of a run say, by name."""
    found = [judge(pair, digests) for pair in pairs({name: one.count for name, one in digests.items()})]
    if not found:
        return Diagnosis(Verdict.early, _NOTHING, trouble=trouble)
    first = next((one for worst in _WORST_FIRST for one in found if one.verdict is worst), None)
    first = first or next((one for one in found if one.verdict is not Verdict.early), found[0])
    return Diagnosis(first.verdict, first.reason, found, trouble=trouble)


def best_of(digests: Mapping[str, Digest], metric: str | None = None, better: Better | None = None) -> Best | None:
    """The best point of a run: by a metric, else by the first one that was measured on what was held out."""
    known = pairs({name: one.count for name, one in digests.items()})
    if metric is None:
        pair = next((one for one in known if one.validation), known[0] if known else None)
        if pair is None:
            return None
        metric, better = pair.validation or pair.train or "", pair.better
    digest = digests.get(metric)
    better = better or next((one.better for one in known if metric in one), Better.low)
    point = None if digest is None else digest.lowest if better is Better.low else digest.highest
    if point is None:
        return None
    return Best(metric, better, point.step, point.value, point.time if math.isfinite(point.time) else None)


def judge(pair: Pair, digests: Mapping[str, Digest]) -> Finding:
    """The verdict on a pair of series, or on the one that there is."""
    named = [(name, digests[name]) for name in (pair.train, pair.validation) if name is not None]
    for name, digest in named:
        if digest.broken is not None:
            return _broken(pair, name, digest, digest.broken)
    lacking = next((name for name, digest in named if len(digest.stretches()[0]) < _fewest(pair, name)), None)
    if lacking is not None:
        return Finding(*pair, Verdict.early, f"Too few values of {lacking} to say.")
    if pair.train is None or pair.validation is None:
        return _Single(pair, *named[0]).finding()
    return _Both(pair, digests[pair.train], digests[pair.validation]).finding()


def _fewest(pair: Pair, name: str) -> int:
    return _FEWEST_HELD_OUT if name == pair.validation and pair.train is not None else _FEWEST


def _broken(pair: Pair, name: str, digest: Digest, at: Point) -> Finding:
    what = "not a number" if math.isnan(at.value) else "infinite"
    last = digest.last_finite
    before = f"; before, it was {number(last.value)} at step {steps(last.step)}" if last else ""
    evidence = [evidence_of("broken", name, at), *([evidence_of("last", name, last)] if last else [])]
    return Finding(*pair, Verdict.nan, f"{name} is {what} since step {steps(at.step)}{before}.", evidence)


def evidence_of(what: str, name: str, point: Point) -> Evidence:
    """A point as it travels."""
    if math.isfinite(point.value):
        return Evidence(what, name, point.step, point.value)
    told = None if math.isnan(point.value) else "Infinity" if point.value > 0 else "-Infinity"
    return Evidence(what, name, point.step, told)


class _Single:
    """One curve that has no other to be compared with."""

    def __init__(self, pair: Pair, name: str, digest: Digest) -> None:
        self.pair, self.name, self.digest = pair, name, digest
        self.shape = shape(digest, pair.better)

    def finding(self) -> Finding:
        """The verdict."""
        curve = self.shape
        if diverges(curve):
            return self.diverging()
        if curve.improves:
            return self.say(Verdict.learning, f"{self.name} still gets better: {self.from_to()}.", "start", "now")
        if curve.progress < _HARDLY:
            reason = f"{self.name} hardly got better since the start: {self.from_to()}."
            return self.say(Verdict.underfit, reason, "start", "now")
        return self.say(Verdict.plateau, f"{self.name} got no better since step {self.stood()}.", "best", "now")

    def diverging(self) -> Finding:
        """That it gets worse."""
        return self.say(Verdict.diverging, f"{self.name} gets worse: {self.then_now()}.", "best", "now")

    def say(self, verdict: Verdict, reason: str, *what: str) -> Finding:
        """A finding with points of the curve."""
        return Finding(*self.pair, verdict, reason, self.points(*what))

    def points(self, *what: str) -> list[Evidence]:
        """Points of the curve as evidence."""
        return [Evidence(one, self.name, *self.point(one)) for one in what]

    def point(self, what: str) -> tuple[int, float]:
        """The step and the value of its start, its best, or of now."""
        curve = self.shape
        if what == "start":
            return int(curve.step[0]), curve.value(curve.start)
        if what == "best":
            best = self.digest.lowest if curve.better is Better.low else self.digest.highest
            if best is not None:
                return best.step, best.value
        newest = self.digest.newest
        return (newest.step if newest else int(curve.step[-1])), curve.value(curve.now)

    def from_to(self) -> str:
        """From where it came, and where it is."""
        (_, start), (step, now) = self.point("start"), self.point("now")
        return f"{number(start)} at first, {number(now)} at step {steps(step)}"

    def then_now(self) -> str:
        """How good it was at best, and where it is."""
        (at, best), (step, now) = self.point("best"), self.point("now")
        return f"{number(best)} at step {steps(at)}, {number(now)} at step {steps(step)}"

    def stood(self) -> str:
        """The step since which it stands."""
        return steps(int(self.shape.step[self.shape.since]))

    def now(self) -> str:
        """Where it is."""
        return number(self.point("now")[1])


class _Both:
    """A curve of training and one of what was held out."""

    def __init__(self, pair: Pair, train: Digest, held: Digest) -> None:
        self.pair = pair
        self.train = _Single(pair, pair.train or "", train)
        self.held = _Single(pair, pair.validation or "", held)
        own, other = common_axis(self.train.shape, self.held.shape)
        self.beside = self.train.shape.at(other, own)  # the training's values where something was held out

    def finding(self) -> Finding:
        """The verdict."""
        train, held = self.train, self.held
        if diverges(train.shape):
            return train.diverging()
        if self.turned():
            return self._overfit_by_rise()
        if diverges(held.shape):
            return held.diverging()
        if held.shape.improves:
            reason = f"{held.name} still gets better, {held.from_to()}: more training may help."
            return self.say(Verdict.underfit, reason, held.points("start", "now"))
        if self.gap() > max(_GAP_SHARE * train.shape.whole_way, train.shape.flat, held.shape.flat):
            return self._overfit_by_gap()
        if max(train.shape.progress, held.shape.progress) < _HARDLY:
            now = f"{train.name} is {train.now()}, {held.name} {held.now()}"
            reason = f"Neither got much better since the start: {now}."
            return self.say(Verdict.underfit, reason, train.points("start", "now") + held.points("start", "now"))
        return self._at_rest()

    def turned(self) -> bool:
        """Whether what was held out got worse since its best, while the training did not."""
        curve, best = self.held.shape, self.held.shape.best_at
        for_long = len(curve) - 1 - best >= max(2, len(curve) // 20)
        training = float(self.beside[-1]) <= float(self.beside[best]) + self.train.shape.flat
        return for_long and curve.rise > curve.flat and training

    def gap(self) -> float:
        """How much worse it is now on what was held out."""
        return self.held.shape.now - float(np.mean(self.beside[-3:]))

    def say(self, verdict: Verdict, reason: str, evidence: list[Evidence]) -> Finding:
        """A finding."""
        return Finding(*self.pair, verdict, reason, evidence)

    def _overfit_by_rise(self) -> Finding:
        at, best = self.held.point("best")
        then = self.train.shape.value(float(self.beside[self.held.shape.best_at]))
        reason = (
            f"{self.held.name} was best at step {steps(at)} ({number(best)}) and is {self.held.now()} by now, "
            f"while {self.train.name} went from {number(then)} to {self.train.now()}."
        )
        return self.say(Verdict.overfit, reason, self.held.points("best", "now") + self.train.points("now"))

    def _overfit_by_gap(self) -> Finding:
        reason = (
            f"{self.train.name} is {self.train.now()}, but {self.held.name} only {self.held.now()}, and it got no "
            f"better since step {self.held.stood()}."
        )
        return self.say(Verdict.overfit, reason, self.train.points("now") + self.held.points("best", "now"))

    def _at_rest(self) -> Finding:
        curve = self.held.shape
        beside = f"{self.train.name} is {self.train.now()}, {self.held.name} {self.held.now()}"
        if len(curve) >= _PLATEAU_FEWEST and curve.since < (1 - _PLATEAU_SHARE) * len(curve):
            reason = f"{self.held.name} got no better since step {self.held.stood()}: {beside}."
            return self.say(Verdict.plateau, reason, self.held.points("best", "now") + self.train.points("now"))
        reason = f"{beside}: near each other, and as good as it was at best."
        return self.say(Verdict.right, reason, self.held.points("best", "now") + self.train.points("now"))


def diverges(curve: Shape) -> bool:
    """Whether it is far from its best, for more than a moment: by a large part of the way that it had come."""
    least = max(curve.flat, _DIVERGED_SHARE * curve.way, _DIVERGED_RELATIVE * abs(curve.best))
    recent = curve.smooth[-max(2, len(curve) // 10) :]
    return float(recent.min()) - curve.best > least
