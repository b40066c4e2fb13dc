"""What ends a chain before its source does; each names the stage at which it happened.

StreamError
├── Malformed        what came is not what the stage reads
├── TooLong          an item is over the stage's limit
├── TimedOut         nothing came in time
├── StageFailed      a function that was given to the stage raised; it is the error's cause
├── NothingToResume  the source broke, and nothing says from where it could go on
└── TooFarBehind     one side of a tee would need more than is kept for it
"""

from __future__ import annotations


class StreamError(Exception):
    """A chain cannot go on."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(f"{stage}: {message}")
        self.stage, self.message = stage, message


class Malformed(StreamError):
    """What came is not what the stage reads."""


class TooLong(StreamError):
    """An item is over the stage's limit."""


class TimedOut(StreamError):
    """Nothing came in time."""


class StageFailed(StreamError):
    """A function that was given to the stage raised."""

    def __init__(self, stage: str, cause: Exception) -> None:
        super().__init__(stage, f"{type(cause).__name__}: {cause}".removesuffix(": "))


class NothingToResume(StreamError):
    """The source broke, and nothing says from where it could go on."""


class TooFarBehind(StreamError):
    """One side of a tee would need more than is kept for it."""
