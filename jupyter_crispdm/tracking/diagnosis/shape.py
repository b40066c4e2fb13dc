"""The figures of a curve that a verdict needs, all of them so that lower is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .digest import Digest
from .types import Better

_WIDEST = 25
_MAD = 1.4826  # from the median of deviations to the deviation of a bell curve
_CLEAR = 4.5  # deviations of a smoothed value beyond which chance is no explanation, with the lowest of many chosen
_FLAT_SHARE = 0.05  # of the way that the curve went, below which a change is none
_PROPORTION = 20
_FLAT_RELATIVE = 0.01


@dataclass(frozen=True)
class Shape:
    """A curve turned so that lower is better: smoothed values by stretch, and what stands out in them."""

    step: NDArray[np.float64]
    time: NDArray[np.float64]
    smooth: NDArray[np.float64]
    start: float
    noise: float  # of a smoothed value
    jitter: float  # of a single one
    better: Better

    def __len__(self) -> int:
        return len(self.smooth)

    @property
    def best_at(self) -> int:
        """Where it is best."""
        return int(self.smooth.argmin())

    @property
    def best(self) -> float:
        """The best value."""
        return float(self.smooth[self.best_at])

    @property
    def now(self) -> float:
        """The newest value."""
        return float(self.smooth[-1])

    @property
    def way(self) -> float:
        """How far it came down, without the first tenth: a first value may be out of all proportion."""
        early = len(self) // 10 if len(self) >= 10 else 0
        return max(0.0, float(self.smooth[early]) - self.best)

    @property
    def whole_way(self) -> float:
        """How far it came down since its first value."""
        return max(0.0, float(self.smooth[0]) - self.best)

    @property
    def flat(self) -> float:
        """A change below which nothing can be said."""
        return max(_CLEAR * self.noise, _FLAT_SHARE * self.way, _FLAT_RELATIVE * abs(self.best))

    @property
    def rise(self) -> float:
        """How much worse than at its best it is now."""
        return self.now - self.best

    @property
    def since(self) -> int:
        """From where on it did not get better by anything that counts: the first value as good as the best."""
        return int(np.argmax(self.smooth <= self.best + self.flat))

    @property
    def improves(self) -> bool:
        """Whether its last third made it better, and it is not worse again."""
        before = float(self.smooth[max(0, len(self) - 1 - -(-len(self) // 3))])
        return before - self.now > self.flat and self.rise <= self.flat

    @property
    def progress(self) -> float:
        """How much of what can be gained since the start was gained, 0 to 1: of a loss all, of a share up to 1."""
        lowest = min(self.start, self.best)
        gained = max(0.0, self.start - lowest - _CLEAR * self.jitter)  # the start is a single value
        if self.better is Better.low:
            whole = abs(self.start)
        else:  # turned round: a share of 0.9 is -0.9, and 0.1 is left
            whole = 1.0 + self.start if lowest >= -1.0 and self.start <= 0.0 else abs(self.start)
        return gained / whole if gained < whole else float(gained > 0)

    def value(self, turned: float) -> float:
        """A figure of the shape as a value of the metric."""
        return turned if self.better is Better.low else -turned

    def at(self, places: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
        """The smoothed values at places on an axis, of which `own` are this curve's."""
        order = np.argsort(own, kind="stable")
        return np.interp(places, own[order], self.smooth[order])


def shape(digest: Digest, better: Better) -> Shape:
    """The shape of a series."""
    step, time, mean = digest.stretches()
    values = _in_proportion(mean if better is Better.low else -mean)
    window = min(_WIDEST, max(1, len(values) // 8))
    start = digest.first.value if digest.first is not None else float("nan")
    if not np.isfinite(start) or digest.count > len(values):
        start = float(mean[0]) if len(mean) else float("nan")
    jitter = _noise(values)
    return Shape(
        step=step, time=time, smooth=_smoothed(values, window), start=start if better is Better.low else -start,
        noise=jitter / window**0.5, jitter=jitter, better=better,
    )  # fmt: skip


def common_axis(one: Shape, other: Shape) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An axis on which two curves lie side by side, and where each has its points.

    Steps, where both count the same; else time (one may count batches, the other epochs); else how far each is.
    """
    if min(_span(one.step), _span(other.step)) * 2 >= max(_span(one.step), _span(other.step)):
        return one.step, other.step
    if np.isfinite(one.time).all() and np.isfinite(other.time).all() and min(_span(one.time), _span(other.time)) > 0:
        return one.time, other.time
    return np.linspace(0, 1, len(one)), np.linspace(0, 1, len(other))


def _span(axis: NDArray[np.float64]) -> float:
    return float(axis.max() - axis.min()) if len(axis) else 0.0


def _in_proportion(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, where the first tenth is not out of all proportion to the others: there it is cut."""
    early = len(values) // 10 if len(values) >= 10 else 0
    if not early:
        return values
    rest = values[early:]
    most = rest.max() + max(_PROPORTION * (rest.max() - rest.min()), abs(rest.max()))
    return np.concatenate([np.minimum(values[:early], most), rest])


def _smoothed(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The mean of the `window` values up to each; the first ones of those that there are."""
    if window == 1 or not len(values):
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    begins = np.maximum(ends - window, 0)
    return np.asarray((sums[ends] - sums[begins]) / (ends - begins))


def _noise(values: NDArray[np.float64]) -> float:
    """The deviation of values from a smooth curve, from their second differences, which a slope does not move.

    A curve that seldom turns has little of it, however it is bent: noise turns at two of three values.
    """
    if len(values) < 5:
        return 0.0
    slopes = np.diff(values)
    turns = float(np.mean(slopes[1:] * slopes[:-1] < 0))
    bends = np.diff(slopes)
    return float(_MAD * np.median(np.abs(bends - np.median(bends))) / 6**0.5) * min(1.0, 3 * turns)
