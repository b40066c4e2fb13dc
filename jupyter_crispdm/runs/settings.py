"""The settings of runs."""

from __future__ import annotations

from traitlets import Float, HasTraits, Int, Unicode


class RunSettings(HasTraits):
    """Where runs outside jobs are looked for, how much of what a run was made of is kept, where runs are pushed."""

    run_folders_depth = Int(
        4, allow_none=True, min=0, config=True,
        help="How many folders deep below the server's root `crispdm-runs` is looked for, which programs outside jobs "
        "write. Default: 4. None: not at all.",
    )
    run_quiet_seconds = Float(
        60.0, min=1, config=True,
        help="After how many seconds without a word a run outside jobs counts as ended. Default: 60.",
    )
    run_code_bytes = Int(
        4_000_000, allow_none=True, min=0, config=True,
        help="Bytes of code that are kept for each run: the difference to its commit, and files that git does not "
        "track. Default: 4 MB. None: no code is kept, and no run can be run again with the code that it had.",
    )
    run_data_bytes = Int(
        500_000_000, allow_none=True, min=0, config=True,
        help="Bytes of data that are read for a run's data hash; of what is larger, samples are taken. "
        "Default: 500 MB. None: no data is looked at.",
    )
    mlflow_tracking_uri = Unicode(
        "", config=True,
        help="Address of an MLflow tracking server (https://…) to which the run of each finished job is pushed once. "
        "Default: empty, none is pushed. Who we are there comes from MLflow's own environment variables "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.",
    )
    mlflow_experiment = Unicode(
        "jupyter_crispdm", config=True,
        help="The experiment in which pushed runs are made; it is made where it is not there. "
        "Default: jupyter_crispdm.",
    )
    mlflow_points = Int(
        5000, min=100, max=100_000, config=True,
        help="About how many points of each curve are pushed: of longer ones those that show their shape, the first, "
        "the last and the extremes among them. Default: 5000.",
    )
    mlflow_artifact_bytes = Int(
        10_000_000, allow_none=True, min=0, config=True,
        help="Bytes of code and environment that are pushed with a run as artifacts, to a server that keeps artifacts "
        "itself. Default: 10 MB. None: no files are pushed.",
    )
