"""Another attempt of a job that failed, in words."""

from __future__ import annotations

from jupyter_crispdm.base.clock import utc


def waits_for_attempt(failure: str, due: float | None, now: float) -> str:
    """That the last attempt failed, and when the next one is, where it is not at once."""
    if due is None:
        return failure
    day = "" if utc(due).date() == utc(now).date() else f"{utc(due):%Y-%m-%d} "
    return f"{failure}; again at {day}{utc(due):%H:%M} UTC"
