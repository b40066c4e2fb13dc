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
        ),
        Requirement(
            "state.update",
            "Fields of an object are set without a lock.",
            names=("POST state/{key}/update",),
        ),
        Requirement("state.roles", "A value is seen and changed by those whose roles it names."),
        Requirement("state.fair", "Who asked for a lock first has it first, and who hangs up leaves the line."),
        Requirement(
            "state.redis",
            "Several servers share values, locks and contents by a Redis, which may be killed, stopped and full.",
        ),
        Requirement(
            "state.count",
            "Eight processes count together under the lock, by compare-and-set and by increment, and lose nothing.",
        ),
        Requirement(
            "state.once",
            "A change that has a name counts once, however often it is asked for: over a restart, and by two servers.",
        ),
        Requirement("state.dead-holder", "Who is killed holding a lock holds others no longer than their lease."),
        Requirement("state.restart", "Values and locks are there after the server was killed and started again."),
        Requirement(
            "bench.state",
            "From a write to its sight for one and for a hundred clients; updates of a client at 100 writes a second; "
            "eight processes counting to 8,000.",
            elsewhere="benchmarks/bench_state.py",
        ),
        Requirement("state.ttl", "A value whose time is over is gone, and its observers hear it."),
        Requirement(
            "state.contents",
            "Bytes of any size travel by reference, are whole or not there, and go when nothing names them.",
            names=("GET state/{key}/content", "PUT state/{key}/content"),
        ),
    ),
)  # fmt: skip
