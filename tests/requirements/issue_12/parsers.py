"""What scripts already say: metrics in their logs, and rules of one's own."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: what scripts already say",
        Requirement(
            "training.log-formats",
            "Unchanged third-party scripts show their curves from their logs, of more than thirty kinds.",
        ),
        Requirement(
            "training.log-false-friends",
            "What only looks like a metric is left alone: a version, a path, a time, a shape, a table of data.",
        ),
        Requirement("training.log-bounded", "No line of a log takes long to read, whatever stands in it."),
        Requirement(
            "training.rules", "People set rules of their own for lines that nobody knows.",
            names=("GET tracking/rules", "PUT tracking/rules"),
        ),
        Requirement(
            "training.rules-live", "What rules match is shown on the log that one has before one.",
            names=("POST tracking/rules/try",),
        ),
    ),
)  # fmt: skip
