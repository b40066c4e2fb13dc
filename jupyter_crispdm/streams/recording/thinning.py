"""Fewer samples that look the same when drawn: of each stretch the extremes of every column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from tsdownsample import MinMaxDownsampler

from ..batch import TIME, Samples, gather

LEAST_POINTS = 4
_PATIENCE = 8
"""How many times too many samples are gathered before they are thinned."""


def thin(samples: Samples, points: int) -> Samples:
    """At most about `points` samples: the first, the last, and the extremes of every column of numbers."""
    points = max(points, LEAST_POINTS)
    if len(samples) <= points:
        return samples
    columns = [
        column for name, column in samples.columns.items() if isinstance(column, np.ndarray) and name != TIME
    ]
    share = max(2, 2 * ((points - 2) // (2 * max(1, len(columns)))))
    sampler: Any = MinMaxDownsampler()  # type: ignore[no-untyped-call]
    rows = [np.array([0, len(samples) - 1])]
    rows += [sampler.downsample(np.ascontiguousarray(column), n_out=share).astype(np.intp) for column in columns]
    if not columns:
        rows.append(np.linspace(0, len(samples) - 1, points).astype(np.intp))
    return samples.take(np.unique(np.concatenate(rows)))


def thin_all(parts: Iterable[Samples], points: int) -> Samples:
    """`thin` of all parts together, never holding many more samples than are wanted and one part."""
    points = max(points, LEAST_POINTS)
    gathered: list[Samples] = []
    for part in parts:
        gathered.append(thin(part, _PATIENCE * points))
        if sum(map(len, gathered)) > 2 * _PATIENCE * points:
            gathered = [thin(gather(gathered), _PATIENCE * points)]
    return thin(gather(gathered), points)
