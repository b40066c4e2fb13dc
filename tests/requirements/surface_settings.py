"""The settings."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "surface: settings",
        Requirement(
            "settings.ways",
            "Each setting is read from the command line and from files, also where two classes read it.",
        ),
        Requirement("settings.help", "Each setting's help tells its default, unit and what None means."),
        Requirement("settings.data-dir", "`data_dir` is where everything is kept.", names=("setting data_dir",)),
        Requirement(
            "settings.database-url",
            "`database_url` names the database; by default it is SQLite in the data directory.",
            names=("setting database_url",),
        ),
        Requirement("settings.executor", "`executor` is local, ray or slurm.", names=("setting executor",)),
        Requirement(
            "settings.max-running",
            "`max_running_jobs` is never exceeded; the default is the number of cores.",
            names=("setting max_running_jobs",),
        ),
        Requirement(
            "settings.slots",
            "`cpu_slots`, `memory_slots` and `gpus` say what running jobs may hold together.",
            names=("setting cpu_slots", "setting memory_slots", "setting gpus"),
        ),
        Requirement(
            "settings.environment-paths",
            "`environment_paths` names more places of environments.",
            names=("setting environment_paths",),
        ),
        Requirement(
            "settings.serving-port",
            "`serving_port` is the port of the prediction service, 8503 unless told otherwise.",
            names=("setting serving_port",),
        ),
        Requirement(
            "settings.serving-outlives",
            "`serving_outlives_server` says whether predictions go on while the server is away.",
            names=("setting serving_outlives_server",),
        ),
        Requirement(
            "settings.published",
            "`published` names the dashboards that a viewer may open.",
            names=("setting published",),
        ),
        Requirement(
            "settings.session-days",
            "`session_days` is after how many days a login ends.",
            names=("setting session_days",),
        ),
        Requirement(
            "settings.login",
            "`login` chooses another back end of the login.",
            names=("setting login",),
            deferred="no issue yet",
        ),
        Requirement(
            "settings.state-url",
            "`state_url` shares state between several servers.",
            names=("setting state_url",),
        ),
        Requirement(
            "settings.stop-grace",
            "`stop_grace` is the time between the signals of a stop.",
            names=("setting stop_grace",),
        ),
        Requirement(
            "settings.log-limit",
            "`log_limit` is how many bytes a log has at most.",
            names=("setting log_limit",),
        ),
        Requirement(
            "settings.retention",
            "`keep_jobs_days` and `keep_jobs_bytes` say when jobs that are over are deleted; by default never.",
            names=("setting keep_jobs_days", "setting keep_jobs_bytes"),
        ),
        Requirement(
            "settings.stalled",
            "`stalled_after` is after how long a job without a sign of life counts as stalled.",
            names=("setting stalled_after",),
        ),
        Requirement(
            "settings.notices",
            "`webhooks` and the mail settings say who is told of the end of a job.",
            names=(
                "setting webhooks",
                "setting mail_from",
                "setting mail_security",
                "setting mail_server",
                "setting mail_to",
                "setting mail_user",
            ),
        ),
        Requirement(
            "settings.slurm",
            "`slurm_account`, `slurm_options` and `slurm_partition` go to sbatch.",
            names=("setting slurm_account", "setting slurm_options", "setting slurm_partition"),
        ),
        Requirement(
            "settings.ray",
            "`ray_address` and `ray_token_file` name the Ray cluster and its token.",
            names=("setting ray_address", "setting ray_token_file"),
        ),
        Requirement(
            "settings.cluster",
            "`cluster_python` and `cluster_seconds` say what a cluster runs and how often it is asked.",
            names=("setting cluster_python", "setting cluster_seconds"),
        ),
        Requirement(
            "settings.package-urls",
            "`package_urls` lets packages be named by address; by default they may not.",
            names=("setting package_urls",),
        ),
        Requirement(
            "settings.pass-variables",
            "`pass_variables` lets variables of the server reach jobs and kernels.",
            names=("setting pass_variables",),
        ),
        Requirement(
            "settings.trusted-extensions",
            "`trusted_extensions` names server extensions whose routes are open by their own rules.",
            names=("setting trusted_extensions",),
        ),
        Requirement(
            "settings.kernels",
            "`max_kernels`, `max_kernels_per_user` and the times of dashboards bound kernels.",
            names=(
                "setting max_kernels",
                "setting max_kernels_per_user",
                "setting dashboard_check_seconds",
                "setting dashboard_connect_seconds",
                "setting dashboard_reconnect_seconds",
            ),
        ),
    ),
)
