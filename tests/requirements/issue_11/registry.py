"""The registry: what is known of a version, who may trust which file, and what leads back."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 11: registry",
        Requirement(
            "http.models-rollback",
            "An alias goes back to the version before by one call, one step a call; 409 where there is none.",
            names=("POST models/{name}/aliases/{alias}/rollback",),
        ),
        Requirement(
            "http.models-file",
            "`GET models/{name}/versions/{n}/file` sends a version's file, or a Range of it, to those who may code.",
            names=("GET models/{name}/versions/{number}/file",),
        ),
        Requirement(
            "http.models-trust",
            "A version says which types its file would build beyond everybody's; an admin trusts them, for a reason.",
            names=("GET models/{name}/versions/{number}/trust", "POST models/{name}/versions/{number}/trust"),
        ),
        Requirement(
            "cli.models-actions",
            "`models` with an action shows history and differences, rolls back, trusts, exports and imports.",
            names=(
                "models history", "models history NAME", "models history --json", "models rollback",
                "models rollback NAME", "models rollback ALIAS", "models compare", "models compare NAME",
                "models compare VERSION", "models compare --all", "models trust", "models trust MODEL",
                "models trust TYPE", "models trust --reason", "models export", "models export MODEL",
                "models export FILE", "models import", "models import FILE", "models import --name",
            ),
        ),
        Requirement(
            "http.models-compare",
            "Two or more versions stand beside each other: metrics, parameters, signature, lineage, packages.",
            names=("GET models/{name}/compare",),
        ),
        Requirement(
            "http.models-exchange",
            "A version leaves as a zip that another server takes in, whole or not at all; nothing of it is believed.",
            names=("GET models/{name}/versions/{number}/export", "POST models/import"),
        ),
        Requirement(
            "models.pickle-decision",
            "A pickle is registered by an admin alone, with a reason that the log and the version show.",
        ),
        Requirement(
            "models.own-programs",
            "A file or script that runs code is registered by whose job made it, or by an admin.",
        ),
        Requirement(
            "models.lineage",
            "A version knows its job, parameters, data, code and the packages of its environment, by their hashes.",
        ),
        Requirement(
            "models.looked-into",
            "A model file is looked into without loading it; one that lies about its format is refused.",
        ),
        Requirement(
            "models.script", "A version may bring a script with a class that loads and predicts; it never runs here."
        ),
        Requirement(
            "models.mlflow",
            "A folder that MLflow wrote is registered with its signature and example, read without MLflow.",
        ),
        Requirement(
            "runs.pushed",
            "The run of a finished job is pushed to an MLflow server that a setting names: whole, and once, whatever "
            "is killed or cut off; an outage is waited for and said.",
            names=(
                "setting mlflow_tracking_uri", "setting mlflow_experiment", "setting mlflow_points",
                "setting mlflow_artifact_bytes",
            ),
        ),
        Requirement(
            "runs.pushed-real",
            "MLflow's own client sees on a real MLflow server what was pushed.",
            elsewhere="make test-mlflow",
        ),
    ),
)
