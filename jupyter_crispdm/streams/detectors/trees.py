"""How rare a sample is among those before it: half-space trees, which learn while they judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..batch import Column
from .port import Verdict, column_of
from .rolling import Rolling

_WIDTH = 20.0
"""How many standard deviations of a column the trees divide: what is strange needs empty places to be in."""
_SLOPE = 2.0
"""By so many deviations a sample must be rarer than usual for its score to be 0.63; by twice as many, 0.86."""
_MOST_LEARNT = 5000
"""How many recorded samples are learnt at the start: a second's work."""
_FAR = 3.0
"""What is rarer than this is learnt as if it were not, so that one strange sample does not hide the next."""


class HalfSpaceTrees:
    """river's half-space trees over some columns.

    They tell how thinly the place of a sample is settled. The scale of that depends on the data: so it is compared with
    that of the samples before. The score is 0 for what is usual, 0.9 for what is 4.6 deviations rarer.
    """

    trouble = ""

    def __init__(self, fields: Sequence[str], window: int, trees: int, height: int, seed: int) -> None:
        from river import anomaly, preprocessing

        self.memory = min(2 * window, _MOST_LEARNT)
        self._fields = sorted(set(fields))
        self._window = window
        self._largest = 2.0 ** (height + 1) - 1
        self._scaler: Any = preprocessing.StandardScaler()
        self._trees: Any = anomaly.HalfSpaceTrees(n_trees=trees, height=height, window_size=window, seed=seed)
        self._usual = Rolling(window)
        self._known = 0

    async def judge(self, columns: Mapping[str, Column]) -> Verdict:
        """Look at some rows; those that lack one of the columns are passed over."""
        rows = np.column_stack([column_of(columns, name) for name in self._fields])
        usable = np.isfinite(rows).all(axis=1)
        score = np.full(len(rows), np.nan)
        score[usable] = [self._judged(row) for row in rows[usable].tolist()]
        return Verdict(score, score)

    async def close(self) -> None:
        """Nothing is held."""

    def _judged(self, row: list[float]) -> float:
        sample = dict(zip(self._fields, row, strict=True))
        score = math.nan
        if self._known:
            scaled = self._scaler.transform_one(sample)
            place = {name: min(1.0, max(0.0, 0.5 + at / _WIDTH)) for name, at in scaled.items()}
            if self._known > self._window:
                score = self._compared(self._trees.score_one(place))
            self._trees.learn_one(place)
        self._scaler.learn_one(sample)
        self._known += 1
        return score

    def _compared(self, raw: float) -> float:
        """How much rarer than those before; nothing before enough are known."""
        rarity = -math.log(1e-9 + max(0.0, 1.0 - raw) * self._largest)
        distance = self._usual.distance(rarity)
        self._usual.learn(rarity, farthest=_FAR)
        return 1.0 - math.exp(-max(0.0, distance) / _SLOPE)
