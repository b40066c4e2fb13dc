"""Speed: how soon a fact is told, and what a picture of a long run costs."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: speed",
        Requirement("columns.first-look", "The first picture of a run is drawn from its rows, the next has columns."),
        Requirement("columns.places", "A place among very many points is found by a few reads side by side."),
        Requirement("live.fresh", "New rows of a run that goes on are told after a glance that opens nothing."),
    ),
)
