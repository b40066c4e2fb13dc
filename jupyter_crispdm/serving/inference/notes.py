"""What is noted of a request while it is answered, for the log: which model, how many rows, with which score."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)


def begin_notes() -> dict[str, Any]:
    """From now on, notes of this request go into the answered dict."""
    notes: dict[str, Any] = {}
    _noted.set(notes)
    return notes


def note(**facts: Any) -> None:
    """Note something of the request that is being answered; nothing where none is."""
    notes = _noted.get()
    if notes is not None:
        notes.update(facts)
