"""Curves as trainings make them, with a known fate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.tracking.diagnosis.digest import Digest
from jupyter_crispdm.tracking.types import Series

Floats = NDArray[np.float64]


def series(values: Sequence[float] | Floats, first: int = 0, every: int = 1, at: float = 0.0) -> Series:
    """A series with a step every `every`, one second a step."""
    value = np.asarray(values, np.float64)
    step = first + every * np.arange(len(value))
    return Series(step.astype(np.int64), value, at + step.astype(np.float64))


def digest(*parts: Series | Sequence[float] | Floats) -> Digest:
    """What is kept of a series that came in parts."""
    made = Digest()
    for part in parts:
        made.add(part if isinstance(part, Series) else series(part))
    return made


def falls(depth: float, to: float, speed: float) -> Callable[[Floats], Floats]:
    """A curve that falls as losses do."""
    return lambda x: np.asarray(to + depth * np.exp(-speed * x))


def rises_after(place: float, slope: float) -> Callable[[Floats], Floats]:
    """A curve that is flat and then goes up."""
    return lambda x: slope * np.maximum(0.0, x - place)


#: Name, curve of training, curve of what was held out: what must be said of them, however long and noisy they are.
FATES: dict[str, tuple[str, Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "right": ("right", falls(2, 0.2, 6), falls(2, 0.25, 6)),
    "right, accuracy": ("right", lambda x: -falls(0.9, -0.95, 6)(x), lambda x: -falls(0.85, -0.92, 6)(x)),
    "overfit by rise": ("overfit", falls(2, 0, 6), lambda x: falls(1.8, 0.5, 8)(x) + rises_after(0.4, 0.6)(x)),
    "overfit, mildly": ("overfit", falls(2, 0, 6), lambda x: falls(1.8, 0.5, 8)(x) + rises_after(0.4, 0.25)(x)),
    "overfit by gap": ("overfit", falls(2, 0, 6), falls(1.3, 0.7, 8)),
    "overfit by gap, accuracy": ("overfit", lambda x: -falls(0.9, -1, 6)(x), lambda x: -falls(0.6, -0.75, 8)(x)),
    "still falling": ("underfit", falls(2, 0, 1), falls(2, 0.1, 1)),
    "never learns": ("underfit", lambda x: 2.3 - 0.02 * x, lambda x: 2.3 - 0.02 * x),
    "diverging": (
        "diverging",
        lambda x: falls(1, 0.5, 8)(x) + 3 * rises_after(0.6, 2)(x) ** 2,
        lambda x: falls(1, 0.6, 8)(x) + 3 * rises_after(0.6, 2)(x) ** 2,
    ),
    "at rest early": ("plateau", falls(1, 0.5, 30), falls(1, 0.55, 30)),
}
