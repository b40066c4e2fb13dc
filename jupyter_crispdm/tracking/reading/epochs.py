"""How many epochs of a training are over, as far as its curves tell: for views that want news once an epoch."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ..types import Series

_EPOCH = re.compile(r"(.*[/ ])?epoch", re.IGNORECASE)
_VALIDATION = re.compile(r"(.*[/_. ])?(val|valid|validation|eval|test|dev|held.?out)([/_. ].*)?", re.IGNORECASE)


class EpochCounter:
    """Counts epochs in what is new of a run.

    Where a curve is named `epoch`, its whole numbers count. Else an epoch is over when something was validated; and
    where nothing is, with everything that is logged.
    """

    def __init__(self) -> None:
        self.count = 0
        self._has_epochs = self._has_validation = False
        self._epoch = -math.inf

    def take(self, series: Mapping[str, Series]) -> None:
        """Take note of new points."""
        new = {name: one for name, one in series.items() if len(one)}
        epochs = [one for name, one in new.items() if _EPOCH.fullmatch(name)]
        validated = any(_VALIDATION.fullmatch(name) for name in new)
        self._has_epochs |= bool(epochs)
        self._has_validation |= validated
        if self._has_epochs:
            latest = max((float(one.value[-1]) for one in epochs if math.isfinite(one.value[-1])), default=self._epoch)
            if math.isfinite(latest) and math.floor(latest) != self._epoch:
                self._epoch = math.floor(latest)
                self.count += 1
        elif validated or (new and not self._has_validation):
            self.count += 1
