"""What the ground's own verbs answer."""

from __future__ import annotations

from ..readiness import Stage
from ..tasks import LoopState
from ..wire import Wire


class Health(Wire, frozen=True):
    """The answer of ``GET health``."""

    status: Stage
    version: str


class HealthDetails(Wire, frozen=True):
    """The answer of ``GET health/details``: the background loops, how many reads of a disk hang, and how often callers
    were slowed or refused because they went over a budget."""

    loops: list[LoopState]
    stuck_reads: int
    over_budget: dict[str, int]
