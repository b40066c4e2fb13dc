"""What Python code imports and calls."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "surface: training code",
        Requirement(
            "crispdm.anywhere",
            "`import crispdm` works in any environment, without our package, on Python 3.8 to 3.13.",
        ),
        Requirement(
            "crispdm.log",
            "`crispdm.log({…}, step=…)` and `crispdm.log(loss=…)` record scalars; nothing that it returned from "
            "is lost.",
            names=("crispdm.log",),
        ),
        Requirement(
            "crispdm.progress",
            "`crispdm.progress(done, total, message)` tells how far the work is.",
            names=("crispdm.progress",),
        ),
        Requirement("crispdm.params", "`crispdm.params({…})` tells parameters of any kind.", names=("crispdm.params",)),
        Requirement("crispdm.artifact", "`crispdm.artifact(path)` keeps a file.", names=("crispdm.artifact",)),
        Requirement(
            "crispdm.model",
            "`crispdm.model(path, …)` keeps a model, which the server registers.",
            names=("crispdm.model",),
        ),
        Requirement("crispdm.run-dir", "`crispdm.run_dir()` is where the run is written.", names=("crispdm.run_dir",)),
        Requirement("crispdm.outside", "Outside a job a run is written under `./crispdm-runs/`."),
        Requirement("crispdm.outside-shown", "The server reads runs outside of jobs too.", deferred="issue 12"),
        Requirement(
            "tracking.read-run",
            "`read_run(path)` reads any run as numpy arrays by name.",
            names=("tracking.read_run",),
        ),
    ),
    *of(
        "surface: the client",
        Requirement(
            "client.connect",
            "`connect()` finds the server and answers a client with the API's nouns.",
            names=("connect",),
        ),
        Requirement("client.me", "`client.me()` tells whose client it is, and their role."),
        Requirement(
            "client.jobs-submit",
            "`client.jobs.submit(…)` submits what it is given.",
            names=("client.jobs.submit",),
        ),
        Requirement(
            "client.jobs-list",
            "`client.jobs.list`, `get` and `submission` read jobs.",
            names=("client.jobs.list", "client.jobs.get", "client.jobs.submission"),
        ),
        Requirement("client.jobs-rerun", "`client.jobs.rerun` submits a job once more.", names=("client.jobs.rerun",)),
        Requirement(
            "client.jobs-stop",
            "`client.jobs.stop`, `stop_many` and `stop_all` stop jobs.",
            names=("client.jobs.stop", "client.jobs.stop_many", "client.jobs.stop_all"),
        ),
        Requirement(
            "client.jobs-send",
            "`client.jobs.send` writes to the standard input, or ends it.",
            names=("client.jobs.send",),
        ),
        Requirement(
            "client.jobs-follow",
            "`client.jobs.follow(id)` yields the log to its end, over broken connections and restarts.",
            names=("client.jobs.follow",),
        ),
        Requirement(
            "client.jobs-watch",
            "`client.jobs.watch` and `wait` tell what becomes of a job.",
            names=("client.jobs.watch", "client.jobs.wait"),
        ),
        Requirement(
            "client.jobs-log",
            "`client.jobs.log` and `log_pieces` read the log.",
            names=("client.jobs.log", "client.jobs.log_pieces"),
        ),
        Requirement("client.jobs-metrics", "`client.jobs.metrics` reads the curves.", names=("client.jobs.metrics",)),
        Requirement(
            "client.jobs-artifacts",
            "`client.jobs.artifacts` and `artifact` list and read what a job kept.",
            names=("client.jobs.artifacts", "client.jobs.artifact"),
        ),
        Requirement(
            "client.jobs-delete",
            "`client.jobs.delete` removes a job that is over.",
            names=("client.jobs.delete",),
        ),
        Requirement(
            "client.environments",
            "`client.environments` lists, shows, makes, compares and removes environments.",
            names=(
                "client.environments.list",
                "client.environments.get",
                "client.environments.packages",
                "client.environments.diff",
                "client.environments.export",
                "client.environments.make_kernel",
                "client.environments.create",
                "client.environments.clone",
                "client.environments.install",
                "client.environments.delete",
            ),
        ),
        Requirement(
            "client.models",
            "`client.models` lists, registers, names and deletes models.",
            names=(
                "client.models.list",
                "client.models.get",
                "client.models.register",
                "client.models.set_alias",
                "client.models.delete",
                "client.models.remove_alias",
                "client.models.history",
                "client.models.roll_back",
                "client.models.trust",
                "client.models.trust_report",
                "client.models.compare",
                "client.models.download",
                "client.models.export",
                "client.models.import_",
            ),
        ),
        Requirement(
            "client.deployments",
            "`client.deployments` deploys, watches and withdraws models.",
            names=(
                "client.deployments.list",
                "client.deployments.get",
                "client.deployments.create",
                "client.deployments.watch",
                "client.deployments.delete",
            ),
        ),
        Requirement(
            "client.schedules",
            "`client.schedules` makes, changes, pauses, runs and removes schedules.",
            names=(
                "client.schedules.list",
                "client.schedules.get",
                "client.schedules.create",
                "client.schedules.change",
                "client.schedules.pause",
                "client.schedules.resume",
                "client.schedules.run",
                "client.schedules.preview",
                "client.schedules.delete",
            ),
        ),
        Requirement("client.errors", "What the server refuses is raised as an error of its class, with its words."),
        Requirement("client.token-hidden", "A token is not printed with the client."),
    ),
    *of(
        "surface: server state",
        Requirement(
            "state.python",
            '`server_state["k"]` and `server_state.k` read and write a value.',
            names=("server_state",),
        ),
        Requirement(
            "state.python-lock",
            '`with server_state.lock("k")` and `hold_notifications()`.',
        ),
        Requirement("state.python-observe", "`server_state.notify`, `observe` and `link`."),
        Requirement("state.python-changes", "`server_state.increment`, `append` and `text`."),
    ),
    *of(
        "surface: streaming",
        Requirement(
            "stream.class",
            "`Stream(source).lines().json().map(f).filter(g).sse()` is typed, lazy, sync and async, and closes "
            "its source.",
            names=("streaming.Stream",),
        ),
    ),
    *of(
        "surface: widgets",
        Requirement("widgets.job-table", "`JobTable` shows the jobs.", names=("widgets.JobTable",)),
        Requirement("widgets.log-view", "`LogView` shows a job's log while it grows.", names=("widgets.LogView",)),
        Requirement(
            "widgets.training-plot",
            "`TrainingPlot` shows bqplot figures that append.",
            names=("widgets.TrainingPlot",),
        ),
        Requirement(
            "widgets.predict-form",
            "`PredictForm` asks a deployed model about pictures.",
            names=("widgets.PredictForm",),
        ),
        Requirement(
            "widgets.change-job",
            "Each widget shows the job that was chosen last, however often and quickly it changes.",
        ),
        Requirement(
            "widgets.file-browser",
            "`FileBrowser` browses files.",
            names=("widgets.FileBrowser",),
        ),
        Requirement(
            "widgets.environment-picker",
            "`EnvironmentPicker` chooses an environment.",
            names=("widgets.EnvironmentPicker",),
        ),
        Requirement(
            "widgets.snapshot-bar",
            "`SnapshotBar` saves and loads work.",
            names=("widgets.SnapshotBar",),
        ),
        Requirement(
            "widgets.dashboard",
            "`Dashboard` is the shell of an application.",
            names=("widgets.Dashboard",),
        ),
        Requirement(
            "widgets.live-monitor",
            "`LiveMonitor` is the monitor of mission B.",
            names=("widgets.LiveMonitor",),
        ),
        Requirement(
            "widgets.stream-text",
            "`StreamText` shows text as it grows.",
            names=("widgets.StreamText",),
        ),
    ),
)
