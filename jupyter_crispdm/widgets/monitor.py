"""A stream, live, in a notebook or dashboard."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from traitlets import Bool, CFloat, CInt, Dict, List, TraitError, Unicode, validate

from .base import CrispdmWidget

PERIODS = (0.5, 1.0, 2.0, 5.0)
"""Seconds between two updates that a reader can choose; None is push, as the samples come."""
_MOST_CHANGES = 200


class LiveMonitor(CrispdmWidget):
    """A production line, live: its newest samples over time, its anomalies, its alarms.

    `stream` is a stream's id or name; empty shows the first. With `controls` the reader has thresholds and period
    beside the plot, and starts and stops the stream where their role allows it. `period` is the least number of
    seconds between two updates; None means as the samples come. `thresholds` are changes of which the last holds;
    with `shared` those that all share are shown in their place. What a reader chooses is kept with the page.

    >>> LiveMonitor(stream="line-1", controls=True)
    """

    kept_traits: ClassVar[tuple[str, ...]] = ("period", "thresholds", "shared")
    _view_name = Unicode("LiveMonitorView").tag(sync=True)
    stream = Unicode("", help="The stream's id or name; empty: the first.").tag(sync=True)
    controls = Bool(True, help="Whether thresholds, period, start and stop are offered.").tag(sync=True)
    period = CFloat(None, allow_none=True, help="Seconds between two updates; None as they come.").tag(sync=True)
    height = CInt(620, help="The least height in pixels.").tag(sync=True)
    thresholds = List(Dict(), help="Changes of the reader's own thresholds, the newest last.").tag(sync=True)
    shared = Bool(False, help="Whether the thresholds that all share are followed.").tag(sync=True)

    @validate("period")
    def _is_period(self, proposal: dict[str, Any]) -> float | None:
        period: float | None = proposal["value"]
        if period is not None and not (math.isfinite(period) and 0 <= period <= 3600):
            raise TraitError("A period has 0 to 3600 seconds.")
        return period or None

    @validate("thresholds")
    def _are_thresholds(self, proposal: dict[str, Any]) -> list[dict[str, float]]:
        changes: list[dict[str, Any]] = proposal["value"]
        return [_change(change) for change in changes[-_MOST_CHANGES:]]


def _change(change: dict[str, Any]) -> dict[str, float]:
    """One change as it is kept: when, and which two thresholds held from then on. Raises TraitError."""
    time, anomaly, display = change.get("time", 0), change.get("anomaly", 0.5), change.get("display", 0)
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in (time, anomaly, display)):
        raise TraitError("A change of thresholds has numbers as its time, anomaly and display.")
    if not (0 <= anomaly <= 1 and 0 <= display <= 1):
        raise TraitError("A threshold is between 0 and 1.")
    return {"time": float(time), "anomaly": float(anomaly), "display": float(display)}
