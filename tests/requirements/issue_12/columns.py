"""Columns: bounded memory whatever is logged, any zoom at one cost, one curve over all attempts."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: columns",
        Requirement("columns.bounded", "Columns on the disk hold what the files of metrics hold, to the bit."),
        Requirement("columns.damaged", "Columns that are damaged are done without, and made anew from the files."),
        Requirement("columns.kept-meanwhile", "Columns grow while a job runs, and are complete when it is over."),
        Requirement("columns.wire", "A point takes at most 64 bytes on a socket that takes binary frames."),
        Requirement("columns.period", "A view asks for news every so many seconds, or once an epoch of the training."),
        Requirement("columns.zoom", "A range of any length shows its ends and its extremes, and costs the same."),
        Requirement(
            "client.jobs-zoom", "`client.jobs.zoom` reads a range of the curves.", names=("client.jobs.zoom",)
        ),
        Requirement("columns.lineage", "A run that resumes or forks another begins with its points, up to the step."),
        Requirement("columns.restarts", "Resume and retry make one curve with its restarts marked, not a saw-tooth."),
    ),
)
