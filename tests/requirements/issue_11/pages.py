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
        Requirement(
            "deployments.rows",
            "Deployed models are rows beside the jobs: log, rate, p50 and p99, queue, CPU, memory, stop.",
        ),
        Requirement(
            "tryit.rows",
            "Rows that are typed or pasted become what a model takes, and what is wrong is told by row and column.",
        ),
        Requirement(
            "tryit.dashboards",
            "In dashboards too a model is asked by a form made of what it takes: rows, pictures or a prompt.",
        ),
        Requirement("tryit.programs", "The same can be asked by programs that are shown, without a token in them."),
    ),
)
