"""The table of runs in Lab."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = of(
    "issue 12: the table of runs",
    Requirement(
        "runs.page",
        "Run table: choose, sort, filter by any metric or parameter, best marked, tags, notes, favourites; the chosen "
        "runs' curves lie over each other.",
    ),
    Requirement("runs.page-again", "A run is run again from the table, which says which input changed."),
    Requirement("runs.page-address", "The table comes back as it was left, and a saved view is an address."),
)
