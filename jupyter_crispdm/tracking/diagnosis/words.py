"""Numbers in sentences."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """A value as people read it: four digits that count."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.3e}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def steps(step: int) -> str:
    """A step, its thousands apart."""
    return f"{step:,}"
