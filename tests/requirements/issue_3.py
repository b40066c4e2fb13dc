"""Jobs and environments."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 3",
        Requirement(
            "jobs.kills",
            "Of 120 jobs during twenty kill -9 of the server every exit code, log and row is right.",
        ),
        Requirement(
            "jobs.thousand",
            "A thousand queued short jobs run to the end, never more than max_running_jobs at once.",
        ),
        Requirement("jobs.thousand-rows", "The page of all jobs stays smooth with a thousand rows that change."),
        Requirement(
            "jobs.cheap-submit",
            "A submission costs little of the server's processor, counted in work rather than time.",
        ),
        Requirement(
            "jobs.quick-start",
            "A started job's process exists within three times a bare double fork.",
            elsewhere="benchmarks/bench_jobs.py",
        ),
        Requirement("environments.three-hundred", "Hundreds of environments are listed with no process started."),
        Requirement(
            "environments.cold-list",
            "300 environments are listed cold in under 300 ms.",
            elsewhere="benchmarks/bench_environments.py",
        ),
        Requirement(
            "environments.real-conda",
            "A real conda prefix is found, activated with its activate.d, and used by a kernel, a job and "
            "`jupyter execute`.",
        ),
        Requirement(
            "environments.versions",
            "Jobs and kernels work in environments of Python 3.8 to 3.13 without our package.",
        ),
        Requirement("executors.ray", "A real Ray head with a second node passes the executor's tests."),
        Requirement("executors.slurm", "A real SLURM passes the executor's tests."),
        Requirement(
            "jobs.notebooks",
            "A notebook runs as a job with parameters, progress by cell, and is kept after each cell.",
        ),
        Requirement(
            "jobs.cells",
            "Chosen cells, or all from one on, run as a job and their output arrives though the tab was closed.",
        ),
        Requirement("jobs.languages", "R, shell, Julia, JavaScript and other executables run as jobs."),
        Requirement("jobs.table", "The table sorts, filters, searches, marks, and shows all that is known of a job."),
        Requirement("jobs.confirm", "Stop and delete ask first, and are grey while a request is pending."),
        Requirement("jobs.keep-best", '"Stop and keep best" interrupts and waits as long as the user allows.'),
        Requirement("jobs.slots", "CPU, memory and GPU slots are given to jobs and never twice."),
        Requirement("jobs.memory-limit", "A job over its memory limit is ended and says so."),
        Requirement("jobs.fair", "Owners take turns, and nobody starves."),
        Requirement(
            "jobs.progress-of-any",
            "Progress is read from what tqdm, Keras, Lightning, rich and counts print.",
        ),
        Requirement("jobs.stalled", "A job of which nothing moves is marked as stalled."),
        Requirement(
            "schedules.cron",
            "A schedule has a time zone, runs now, pauses, follows its policy of missed runs and survives restarts.",
        ),
        Requirement("notices.all", "The end of a job is told in Lab, by the browser, by webhook and by mail."),
        Requirement("jobs.compare", "Two jobs' parameters and metrics are compared."),
        Requirement("jobs.rerun", "A job is run again with changes."),
        Requirement("jobs.retention", "Old jobs are deleted with their files by a policy."),
        Requirement("environments.watched", "A new environment shows by itself, and a removed one goes."),
        Requirement("environments.proposed", "The environment of a file's own project is proposed first."),
        Requirement("environments.activation", "Activation is as a shell would do it, measured once and cached."),
        Requirement(
            "kernels.everywhere",
            "Each usable environment is a kernel in Lab, Voila, `jupyter execute`, nbconvert and papermill under "
            "our server.",
        ),
        Requirement(
            "kernels.one-click",
            "An environment without ipykernel becomes a kernel with one click, or says why not.",
        ),
        Requirement("kernels.nb-venv", "nb_venv_kernels keeps its kernels, and no environment is there twice."),
        Requirement("environments.packages", "Packages are listed, searched and compared without a process."),
        Requirement("environments.made", "Environments are created, cloned, exported and deleted as jobs with logs."),
        Requirement(
            "doctor.all",
            "doctor looks at environments, kernels, executors, ports, the data directory and the login, with the "
            "repair.",
        ),
    ),
)
