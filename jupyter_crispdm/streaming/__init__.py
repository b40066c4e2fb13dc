"""Streams: small chains that are pulled, over plain and async sources; the parsers of what comes in pieces; replay."""

from .errors import Malformed, NothingToResume, StageFailed, StreamError, TimedOut, TooFarBehind, TooLong
from .events import Event
from .stream import Stream
from .waits import NeedsEventLoop

__all__ = [
    "Event",
    "Malformed",
    "NeedsEventLoop",
    "NothingToResume",
    "StageFailed",
    "Stream",
    "StreamError",
    "TimedOut",
    "TooFarBehind",
    "TooLong",
]
