"""What a training program reports on purpose, and by the callbacks of its library."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: the recorder",
        Requirement("recorder.one-write", "Logging costs one write; the file it goes to is never another program's."),
        Requirement(
            "recorder.ranks", "Processes of one job that train together have curves of their own, side by side."
        ),
        Requirement("recorder.attempts", "What another attempt at a job wrote can be told from what the first wrote."),
        Requirement("recorder.files-at-steps", "A kept file or model says at which step it was kept."),
        Requirement(
            "recorder.media",
            "Pictures, histograms, texts, tables and figures are kept with a step, each whole or not at all.",
            names=("crispdm.image", "crispdm.histogram", "crispdm.text", "crispdm.table", "crispdm.figure"),
        ),
        Requirement(
            "training.media",
            "What a job kept with a step is listed by name, kind and step, and read piece by piece.",
            names=("GET jobs/{id}/media", "GET jobs/{id}/media/{name}"),
        ),
        Requirement(
            "client.jobs-media",
            "`client.jobs.media` and `piece` list and read what a job kept with a step.",
            names=("client.jobs.media", "client.jobs.piece"),
        ),
        Requirement(
            "training.media-view", "The page of a job shows its pictures, histograms, texts and tables, step by step."
        ),
        Requirement(
            "training.media-version",
            "A piece kept again at the same step has another address, under which a browser shows the new one.",
        ),
        Requirement(
            "training.media-live",
            "Pictures, tables and the like that a job keeps are told as they come, each once, to Lab and dashboards.",
            names=("topic jobs/{id}/media",),
        ),
        Requirement(
            "widgets.media-view",
            "`MediaView` shows in a notebook or dashboard what a job keeps with a step, as it comes.",
            names=("widgets.MediaView",),
        ),
        Requirement(
            "training.media-faults", "Whatever a program wrote of what it kept is checked, and nothing of it ever runs."
        ),
        Requirement("recorder.format", "The format of a run is written down, and what is written by it is read."),
        Requirement(
            "crispdm.resume",
            "`crispdm.resume(run, step)` or CRISPDM_RESUME goes on with a run, its steps and its curves.",
            names=("crispdm.resume",),
        ),
        Requirement(
            "crispdm.fork",
            "`crispdm.fork(run, step)` begins a run that has another's points before a step.",
            names=("crispdm.fork",),
        ),
    ),
    *of(
        "issue 12: drop-ins",
        Requirement("recorder.lightning", "A logger for Lightning reports curves, parameters, pictures, checkpoints."),
        Requirement("recorder.transformers", "A callback for Transformers reports losses, scores, steps, checkpoints."),
        Requirement("recorder.keras", "A callback for Keras reports each epoch, and batches where that is wanted."),
        Requirement("recorder.xgboost", "A callback for XGBoost reports each round, of a cross-validation its spread."),
        Requirement("recorder.lightgbm", "A callback for LightGBM reports each round and the parameters."),
        Requirement("recorder.sklearn", "Estimators of scikit-learn report what they know of their own fit."),
        Requirement(
            "recorder.tensorboard-twin", "A twin of SummaryWriter reports what programs write for TensorBoard."
        ),
        Requirement("recorder.wandb", "A program for wandb reports with one import changed, and nothing leaves."),
    ),
)
