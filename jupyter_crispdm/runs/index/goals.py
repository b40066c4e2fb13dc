"""Whether a metric is better low or high, as far as its name tells; the browser guesses by the same words."""

from __future__ import annotations

import re

from ..types import Goal

_LOW = re.compile(
    r"loss|err(or)?s?($|[^a-z])|mae|mse|rmse|mape|perplexity|ppl($|[^a-z])|cost|distance|divergence|entropy"
    r"|fid($|[^a-z])|latency|(^|[^a-z])(seconds|time)",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"acc(uracy)?($|[^a-z])|score|f1|auc|precision|recall|(^|[^a-z])m?(ap|iou)($|[^a-z0-9])|iou|dice|r2|bleu|rouge"
    r"|reward|return|psnr|ssim|throughput",
    re.IGNORECASE,
)


def goal_of(name: str) -> Goal | None:
    """What is better for a metric of this name; None where it does not tell.

    >>> goal_of("val/loss"), goal_of("accuracy"), goal_of("rate")
    ('low', 'high', None)
    """
    if _LOW.search(name):
        return "low"
    return "high" if _HIGH.search(name) else None
