"""Logs that are looked into: any place, a search over all of it, errors, times, folding, links."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: log",
        Requirement(
            "training.log-gigabyte",
            "Lines around any place of a log cost the same, however long the log or a line of it is.",
            names=("GET jobs/{id}/log/lines",),
        ),
        Requirement(
            "training.log-search",
            "The whole log of a job is searched on the server, by text or by pattern, a part at a time.",
            names=("GET jobs/{id}/log/search",),
        ),
        Requirement(
            "training.log-errors",
            "The errors that a log tells of are found: tracebacks, failures of programs, the level ERROR; no figure.",
            names=("GET jobs/{id}/log/errors",),
        ),
        Requirement("training.log-pattern", "A pattern that never ends is given up, and slows nobody else."),
        Requirement(
            "training.log-anywhere",
            "A view of a log goes to any place of it, and holds no more of it than some tens of thousands of lines.",
        ),
        Requirement("training.log-folds", "Repeated lines are shown once, with how often; a click opens them."),
        Requirement("training.log-links", "A file and line that a log names opens in Lab."),
        Requirement("training.log-times", "It is known when each line was printed, also without a server."),
    ),
)
