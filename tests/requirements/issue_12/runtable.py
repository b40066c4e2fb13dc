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
    Requirement(
        "runs.page-groups",
        "Groups: runs that are alike in any field stand together, folded, with how many they are and the best and the "
        "mean of each metric.",
    ),
    Requirement("runs.page-merge", "Fork and merge of runs: several are made one from the table, which stay."),
    Requirement(
        "runs.page-outside",
        "Runs outside jobs appear too: their curves are opened alone, and laid over each other and over those of jobs.",
    ),
    Requirement("runs.page-alone", "Several runs overlaid: drag a plot out as a tab of its own."),
    Requirement("runs.page-again", "A run is run again from the table, which says which input changed."),
    Requirement("runs.page-address", "The table comes back as it was left, and a saved view is an address."),
    Requirement(
        "runs.plots",
        "Parallel coordinates and a scatter of runs (any field along an axis and as colour) share one selection with "
        "the table, by mouse and by keys.",
    ),
    Requirement("runs.plots-address", "A saved view draws what was drawn, with what was chosen, for whom it is sent."),
)
