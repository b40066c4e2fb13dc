"""The command line, as it is typed."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "surface: command line",
        Requirement("cli.module", "Each command runs as `jupyter crispdm …` and as `python -m jupyter_crispdm …`."),
        Requirement("cli.help", "Each command has help, which imports no command."),
        Requirement("cli.errors", "A mistake is one line and an exit code."),
        Requirement("cli.find-server", "Commands find a running server by Jupyter's runtime files."),
        Requirement(
            "cli.find-server-by-variables",
            "CRISPDM_URL and CRISPDM_TOKEN name the server.",
            names=("variable CRISPDM_URL", "variable CRISPDM_TOKEN"),
        ),
        Requirement(
            "cli.demo",
            "`demo` makes a project and users, trains, registers, deploys and measures, and is quick the second time.",
            names=("demo",),
        ),
        Requirement("cli.demo-dir", "`demo --dir` says where the project is made.", names=("demo --dir",)),
        Requirement("cli.demo-port", "`demo --port` says the port of JupyterLab.", names=("demo --port",)),
        Requirement(
            "cli.demo-serving-port",
            "`demo --serving-port` says the port of the prediction service.",
            names=("demo --serving-port",),
        ),
        Requirement(
            "cli.demo-no-browser",
            "`demo --no-browser` opens no browser; without it Lab opens on the training job.",
            names=("demo --no-browser",),
        ),
        Requirement(
            "cli.demo-env",
            "`demo --env` trains in that environment; without it the demo makes one, once.",
            names=("demo --env",),
        ),
        Requirement(
            "cli.demo-exit",
            "`demo --exit-when-done` stops when the model was measured.",
            names=("demo --exit-when-done",),
        ),
        Requirement(
            "cli.demo-users",
            "The demo's users are admin, analyst and viewer; their passwords are printed once, or come from "
            "CRISPDM_DEMO_PASSWORD.",
            names=("variable CRISPDM_DEMO_PASSWORD",),
        ),
        Requirement("cli.demo-pictures", "The demo leaves at least twenty held-out pictures in `pictures/`."),
        Requirement("cli.demo-model", "The demo's model has the algorithm unet and the Model_path digits."),
        Requirement(
            "cli.lab",
            "`lab` starts JupyterLab and dashboards with users, roles and safe defaults.",
            names=("lab",),
        ),
        Requirement("cli.lab-refuses", "`lab` refuses a door that stands open and says what to do.", names=("lab",)),
        Requirement(
            "cli.plain-lab",
            "A plain `jupyter lab` keeps the server's own identity, and everyone with access is admin.",
        ),
        Requirement("cli.run", "`run` submits a job and prints its id.", names=("run", "run COMMAND")),
        Requirement("cli.run-file", "`run FILE` runs a notebook or a script as what it is.", names=("run COMMAND",)),
        Requirement(
            "cli.run-env",
            "`run --env` takes an id, a name or a folder, and a mistake is told before anything is sent.",
            names=("run --env", "rerun --env", "schedule add --env"),
        ),
        Requirement(
            "cli.run-name",
            "`run --name` names the job.",
            names=("run --name", "rerun --name", "schedule add --name"),
        ),
        Requirement(
            "cli.run-param",
            "`run --param` gives parameters; a text stays a text unless it is written as a value.",
            names=("run --param", "rerun --param", "schedule add --param"),
        ),
        Requirement(
            "cli.run-tag",
            "`run --tag` gives words to find the job by.",
            names=("run --tag", "rerun --tag", "schedule add --tag"),
        ),
        Requirement(
            "cli.run-timeout",
            "`run --timeout` takes a length of time such as 1h30m.",
            names=("run --timeout", "rerun --timeout", "schedule add --timeout"),
        ),
        Requirement(
            "cli.run-retries",
            "`run --retries` and `--retry-delay` try a failed job again.",
            names=(
                "run --retries", "rerun --retries", "schedule add --retries", "run --retry-delay",
                "rerun --retry-delay", "schedule add --retry-delay",
            ),
        ),
        Requirement(
            "cli.run-resources",
            "`run --cpus`, `--gpus` and `--memory` say what the job needs.",
            names=(
                "run --cpus", "rerun --cpus", "schedule add --cpus", "run --gpus", "rerun --gpus",
                "schedule add --gpus", "run --memory", "rerun --memory", "schedule add --memory",
            ),
        ),
        Requirement(
            "cli.run-after",
            "`run --after` waits for another job.",
            names=("run --after", "rerun --after", "schedule add --after"),
        ),
        Requirement(
            "cli.run-cwd",
            "`run --cwd` says where the job runs; without it it runs where the user stands.",
            names=("run --cwd", "schedule add --cwd"),
        ),
        Requirement(
            "cli.run-follow",
            "`run --follow` streams the log and exits with the job's exit code, as a shell would give it.",
            names=("run --follow", "rerun --follow"),
        ),
        Requirement("cli.rerun", "`rerun` submits a job once more with changes.", names=("rerun", "rerun ID")),
        Requirement(
            "cli.jobs",
            "`jobs` lists jobs as a table, and with `--json` as the API answers.",
            names=("jobs", "jobs --json"),
        ),
        Requirement(
            "cli.jobs-filters",
            "`jobs --state`, `--owner` and `--limit` choose among the jobs.",
            names=("jobs --state", "jobs --owner", "jobs --limit"),
        ),
        Requirement(
            "cli.logs",
            "`logs` prints a job's log, and with `-f` goes on until the job is over.",
            names=("logs", "logs ID", "logs --follow"),
        ),
        Requirement(
            "cli.stop",
            "`stop` stops the jobs that are named, or all with `--all`.",
            names=("stop", "stop ID", "stop --all"),
        ),
        Requirement(
            "cli.stop-grace",
            "`stop --grace` gives the time between signals, and `--keep-best` all the time that the job needs.",
            names=("stop --grace", "stop --keep-best"),
        ),
        Requirement(
            "cli.send",
            "`send` writes a text to a job's standard input, with a newline or without, or ends it.",
            names=("send", "send ID", "send TEXT", "send --no-newline", "send --eof"),
        ),
        Requirement(
            "cli.schedule",
            "`schedule` adds, lists, pauses, resumes, runs and removes what the clock starts.",
            names=(
                "schedule", "schedule add", "schedule add CRON", "schedule add COMMAND", "schedule add --timezone",
                "schedule list", "schedule list --json", "schedule pause", "schedule pause ID", "schedule resume",
                "schedule resume ID", "schedule run", "schedule run ID", "schedule remove", "schedule remove ID",
            ),
        ),
        Requirement(
            "cli.schedule-policies",
            "`schedule add --missed` and `--overlap` say what becomes of missed times and of a job that still runs.",
            names=("schedule add --missed", "schedule add --overlap"),
        ),
        Requirement(
            "cli.envs",
            "`envs` lists the environments, as a table and with `--json`.",
            names=("envs", "envs --json"),
        ),
        Requirement(
            "cli.envs-look",
            "`envs --refresh` looks anew, `--package` finds those that have a package, `--kernel` makes one "
            "usable as a kernel.",
            names=("envs --refresh", "envs --package", "envs --kernel", "envs refresh"),
        ),
        Requirement(
            "cli.envs-make",
            "`envs create`, `clone`, `install` and `delete` make, fill and remove environments as jobs.",
            names=(
                "envs create", "envs create NAME", "envs create PACKAGE", "envs create --python", "envs create --file",
                "envs create --kind", "envs create --follow", "envs clone", "envs clone ID", "envs clone NAME",
                "envs clone --kind", "envs clone --follow", "envs install", "envs install ID", "envs install PACKAGE",
                "envs install --follow", "envs delete", "envs delete ID", "envs delete --follow",
            ),
        ),
        Requirement(
            "cli.envs-packages",
            "`envs packages`, `diff` and `export` tell what is in environments.",
            names=(
                "envs packages", "envs packages ID", "envs packages --search", "envs packages --json", "envs export",
                "envs export ID", "envs export --format", "envs diff", "envs diff ID", "envs diff OTHER",
                "envs diff --json",
            ),
        ),
        Requirement(
            "cli.doctor",
            "`doctor` checks every part and tells the reason and the repair for what is not usable.",
            names=("doctor", "doctor --json", "doctor --data-dir"),
        ),
        Requirement("cli.models", "`models` lists the registered models.", names=("models", "models --json")),
        Requirement(
            "cli.deploy",
            "`deploy MODEL[@ALIAS]` deploys in the running server and waits until the model answers.",
            names=("deploy", "deploy MODEL", "deploy --workers", "deploy --env", "deploy --no-wait"),
        ),
        Requirement(
            "cli.serve",
            "`serve` serves models in a process of its own, without Jupyter, by default on 127.0.0.1:8503.",
            names=("serve", "serve MODEL", "serve --host", "serve --port", "serve --workers", "serve --data-dir"),
        ),
        Requirement(
            "cli.user",
            "`user` adds, lists, changes and removes people, with a role.",
            names=(
                "user", "user add", "user add NAME", "user add --role", "user add --data-dir", "user passwd",
                "user passwd NAME", "user passwd --data-dir", "user role", "user role NAME", "user role --role",
                "user role --data-dir", "user remove", "user remove NAME", "user remove --data-dir", "user list",
                "user list --json", "user list --data-dir",
            ),
        ),
        Requirement(
            "cli.user-password",
            "A password is asked for at a terminal, or read with `--password-stdin`.",
            names=("user add --password-stdin", "user passwd --password-stdin"),
        ),
        Requirement(
            "cli.token",
            "`token` creates, lists and revokes the tokens of programs, with a scope and an end.",
            names=(
                "token", "token create", "token create NAME", "token create --scope", "token create --for",
                "token create --days", "token create --data-dir", "token revoke", "token revoke NAME",
                "token revoke --data-dir", "token list", "token list --json", "token list --data-dir",
            ),
        ),
    ),
)
