"""What a stream delivers, kept: the log, the parquet files, and the process that writes them."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 10: recording",
        Requirement(
            "recording.kills",
            "A collector that is killed at any step on the disk loses nothing it had recorded, and numbers nothing "
            "twice.",
        ),
        Requirement("recording.torn", "Records cut off, foreign bytes and foreign files are left out and told of."),
        Requirement(
            "recording.disk-full",
            "A full disk leaves old files or new ones, and the samples are recorded when there is room again.",
        ),
        Requirement("recording.kept", "Old files go by their age and by the size of all; the newest stays."),
        Requirement("recording.history", "Any past span is read back, thinned so that each extreme stays."),
    ),
)
