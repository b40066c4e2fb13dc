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
    *of(
        "issue 9: files",
        Requirement(
            "files.folders",
            "Whoever asks is told which folders they reach, and how much room is left.",
            names=("GET files/folders",),
        ),
        Requirement(
            "files.room-left",
            "A home's quota and the free disk are checked before anything is written.",
            names=("setting home_quota", "setting keep_disk_free"),
        ),
    ),
)
