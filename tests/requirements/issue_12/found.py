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
            "training.found-tables", "The tables of Lightning, Keras and ultralytics are read live, each as it writes them."
        ),
        Requirement("training.found-lines", "Lines of JSON with a step are curves, as other trackers write them."),
        Requirement(
            "training.found-offline", "MLflow's folder of metrics and the history in wandb's offline file are read."
        ),
        Requirement("training.found-no-data", "A table or a list of data is left alone, wherever it lies."),
    ),
)
