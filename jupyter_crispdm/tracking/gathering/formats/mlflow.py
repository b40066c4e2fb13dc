"""MLflow's folder: a file for each metric, and in it a line for each value: milliseconds, value, step."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...points import Point
from .format import Found, whole_lines

_LINE_BYTES = 1000


class MetricOfMlflow:
    """One metric. `name`: that of its file, below the folder `metrics`."""

    is_other = False

    def __init__(self, name: str) -> None:
        self._name = name

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the complete lines say."""
        lines, used = whole_lines(data, _LINE_BYTES)
        return [point for line in lines if (point := self._point(line.split())) is not None], used

    def state(self) -> bytes:
        """Nothing is to be remembered."""
        return b"{}"

    def restore(self, state: bytes) -> None:
        """Go on."""

    def _point(self, parts: list[bytes]) -> Point | None:
        try:
            when, value = int(parts[0]) / 1000, float(parts[1])
            step = int(parts[2]) if len(parts) > 2 else None
        except (ValueError, IndexError, OverflowError):
            return None
        fits = (step is None or abs(step) < 1 << 62) and math.isfinite(when)
        return Point(self._name, step, value, when) if fits else None
