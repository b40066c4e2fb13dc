"""Pages of models in Lab."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: pages",
        Requirement(
            "models.page",
            "A model has a page: versions side by side, the history of its aliases, roll back, trust, deletion.",
        ),
    ),
)
