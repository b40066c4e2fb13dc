"""Files of other trackers, found and read while they grow."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: what scripts already write",
        Requirement(
            "training.found-tensorboard",
            "TensorBoard's event files are read live: scalars of both styles, texts, pictures and histograms.",
        ),
        Requirement(
            "training.found-tables", "The tables of Lightning, Keras and ultralytics are read live as written."
        ),
        Requirement("training.found-lines", "Lines of JSON with a step are curves, as other trackers write them."),
        Requirement(
            "training.found-offline", "MLflow's folder of metrics and the history in wandb's offline file are read."
        ),
        Requirement(
            "training.found-database",
            "MLflow's database is read while it is written, without a lock; who share it have their own runs each.",
        ),
        Requirement("training.found-no-data", "A table or a list of data is left alone, wherever it lies."),
        Requirement(
            "training.found-own",
            "A run has what was made since it began where it alone works, or what it has open; nobody guesses.",
        ),
        Requirement("training.found-safe", "The search for files is bounded and follows no links."),
        Requirement("training.gathered", "What a log and other trackers' files say become curves like those logged."),
        Requirement(
            "training.unchanged-scripts", "What a script prints, and what it writes for another tracker, is shown live."
        ),
        Requirement("training.gathered-outside", "What trackers wrote below runs outside of jobs is shown too."),
        Requirement("training.gathered-at-the-end", "Who hears that a job is over finds its last points."),
        Requirement("training.ranks", "Of one name what was logged on purpose is shown, then files, then the log."),
        Requirement("training.twins", "What is logged and printed, as `train/loss` and `loss`, is shown once."),
        Requirement("training.gathered-restart", "A server that dies while it gathers loses and doubles no point."),
        Requirement("training.gathered-cut", "A log whose middle is dropped goes on as curves after the gap."),
        Requirement("training.gathered-times", "Points of a log that is read late have the times of their lines."),
        Requirement("training.gathered-attempts", "Each attempt of a job has its own points of its log and its files."),
        Requirement("training.gathered-media", "Pictures and histograms of other trackers stand beside our own."),
    ),
)
