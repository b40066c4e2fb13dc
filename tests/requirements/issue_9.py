"""The desk: pages, files, work that saves itself."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 9: people without Lab",
        Requirement(
            "desk.published-jobs",
            "A viewer runs published scripts with parameters of their own, stops their own jobs, no more.",
        ),
        Requirement("desk.reading-tokens", "A token whose scope is read changes nothing, whoever it belongs to."),
    ),
)
