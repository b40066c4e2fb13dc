"""Where the samples of streams come from, and how messages become columns."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: sources of streams",
        Requirement(
            "streams.mapping-safe",
            "A path reads one place of a message, or all of one array: it runs no code and its cost is bounded.",
        ),
        Requirement("streams.mapping-arrays", "One message may hold many samples, as a list or as columns."),
        Requirement(
            "streams.mapping-python",
            "A function of the user's own makes samples of messages; its mistakes cost those messages only.",
        ),
        Requirement(
            "streams.rubbish",
            "A message that is huge, deep, cut or no JSON at all is counted by its reason, and the others are there.",
        ),
        Requirement(
            "streams.odd-values",
            "NaN, a missing field and a field that changes its type cost that one value, never a row or the stream.",
        ),
    ),
)
