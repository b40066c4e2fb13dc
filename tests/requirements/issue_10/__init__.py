"""State shared by all sessions, and the live monitor: a file for each part of it."""

from __future__ import annotations

from . import monitor, programs, recording, shared, sharing, sources, state, streams, text

ROWS = (
    *monitor.ROWS,
    *programs.ROWS,
    *recording.ROWS,
    *shared.ROWS,
    *sharing.ROWS,
    *sources.ROWS,
    *state.ROWS,
    *streams.ROWS,
    *text.ROWS,
)
