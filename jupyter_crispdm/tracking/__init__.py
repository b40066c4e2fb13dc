"""What runs leave behind while they go on: metrics, events, logs. Read from files, not from the database."""

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
