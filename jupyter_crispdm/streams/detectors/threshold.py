"""A column beyond a limit: no more than the limit itself, as a score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..alarms.condition import Limits
from ..batch import Column
from .port import Verdict, column_of


class Threshold:
    """Scores 1 what is beyond the limits, 0 what is within."""

    memory = 0
    trouble = ""

    def __init__(self, field: str, limits: Limits) -> None:
        self._field, self._limits = field, limits

    async def judge(self, columns: Mapping[str, Column]) -> Verdict:
        """Look at some rows."""
        values = column_of(columns, self._field)
        score = self._limits.beyond(values).astype(np.float64)
        score[np.isnan(values)] = np.nan
        return Verdict(values, score)

    async def close(self) -> None:
        """Nothing is held."""
