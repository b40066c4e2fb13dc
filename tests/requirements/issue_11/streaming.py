"""Streams: the chain, its parsers, replay."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: streaming",
        Requirement("streaming.resume", "A stream that is cut goes on after the last id that arrived, exactly once."),
        Requirement("streaming.gap", "Who asks to go on after what is no longer kept is told 410 before anything."),
    ),
)
