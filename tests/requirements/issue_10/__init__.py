"""State shared by all sessions, and the live monitor: a file for each part of it."""

from __future__ import annotations

from . import programs, state, streams, text

ROWS = (*programs.ROWS, *state.ROWS, *streams.ROWS, *text.ROWS)
