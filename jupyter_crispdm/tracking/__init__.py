"""What runs leave behind while they go on: metrics, events, logs. Read from files, not from the database."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .events import RunEvents
    from .follow import RunSource, follow_log, follow_metrics
    from .logfile import LogSource, tail_lines
    from .manager import TrackingManager
    from .run import RunReader, read_run
    from .types import Curve, Metrics, Series, curve

__all__ = [
    "Curve",
    "LogSource",
    "Metrics",
    "RunEvents",
    "RunReader",
    "RunSource",
    "Series",
    "TrackingManager",
    "curve",
    "follow_log",
    "follow_metrics",
    "read_run",
    "tail_lines",
]

_HOMES = {
    "events": ("RunEvents",),
    "follow": ("RunSource", "follow_log", "follow_metrics"),
    "logfile": ("LogSource", "tail_lines"),
    "manager": ("TrackingManager",),
    "run": ("RunReader", "read_run"),
    "types": ("Curve", "Metrics", "Series", "curve"),
}


def __getattr__(name: str) -> Any:
    """Import only what is asked for: a client that knows what a verdict is needs no numpy."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
