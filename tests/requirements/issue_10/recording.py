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
        Requirement(
            "recording.cost",
            "5,000 samples a second take a collector well under one core.",
            elsewhere="benchmarks/bench_recording.py",
        ),
    ),
    *of(
        "issue 10: collector",
        Requirement(
            "collector.bad-samples",
            "Rubbish, missing fields, NaN and fields that change their type cost no other sample, and are counted.",
        ),
        Requirement("collector.back-pressure", "What cannot be recorded now holds the source up; no queue grows."),
        Requirement(
            "collector.process",
            "A collector ends by signal with all in parquet, and a kill -9 loses nothing that it recorded.",
        ),
        Requirement(
            "collector.broker",
            "Every number published to a broker is in parquet at least once, while collector and broker are killed.",
        ),
        Requirement(
            "collector.five-minutes",
            "The same holds for five minutes of 5,000 samples a second.",
            elsewhere="benchmarks/bench_broker.py",
        ),
        Requirement("detectors.columns", "A detector writes its score into a column and raises alarms of its own."),
        Requirement("detectors.rare", "Rolling distances and half-space trees find what is unlike the samples before."),
        Requirement("detectors.model", "A model that cannot be asked is told of, and holds no sample up."),
        Requirement("alarms.raised", "An alarm is raised beyond a limit and cleared within, once for each time."),
        Requirement(
            "alarms.chatter",
            "Hysteresis, a least number of samples and seconds, and a quiet time keep a value from chattering.",
        ),
    ),
)
