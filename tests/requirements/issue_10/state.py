"""Values that all sessions share: their store, locks and contents."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: shared values",
        Requirement(
            "state.limits",
            "Keys, values, contents and all of them together have limits, and each caller a budget of changes.",
            names=(
                "setting state_keys", "setting state_value_bytes", "setting state_content_bytes",
                "setting state_total_bytes", "setting state_writes",
            ),
            deferred="issue 10",
        ),
        Requirement(
            "state.update",
            "Fields of an object are set without a lock.",
            names=("POST state/{key}/update",),
            deferred="issue 10",
        ),
        Requirement(
            "state.contents",
            "Bytes of any size travel by reference, are whole or not there, and go when nothing names them.",
            names=("GET state/{key}/content", "PUT state/{key}/content"),
            deferred="issue 10",
        ),
    ),
)  # fmt: skip
