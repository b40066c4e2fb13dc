"""State shared by all sessions, and the live monitor: a file for each part of it."""

from __future__ import annotations

from . import state, streams

ROWS = (*state.ROWS, *streams.ROWS)
