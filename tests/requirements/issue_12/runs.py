"""Runs: the table of all that was trained, what each was made of, and what becomes of them."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = of(
    "issue 12: runs",
    Requirement(
        "runs.table",
        "Every job's run stands in one table: last, best, least and greatest of each metric, parameters, state, times.",
        names=("GET runs", "GET runs/{id}"),
    ),
    Requirement(
        "runs.filter",
        "Runs are filtered and sorted by any metric, parameter or mark, in a small language that evaluates no code.",
        names=("GET runs/fields",),
    ),
    Requirement(
        "runs.marks", "A run bears tags, a note, a group and a star, which people give it.",
        names=("PATCH runs/{id}",),
    ),
    Requirement(
        "runs.outside",
        "Runs of programs outside jobs, in `crispdm-runs/` anywhere below the server's root, stand in the same table.",
        names=("GET runs/{id}/metrics", "setting run_folders_depth", "setting run_quiet_seconds"),
    ),
    Requirement(
        "runs.compare", "Runs stand beside each other: what differs in parameters, metrics, code, environment, data.",
        names=("GET runs/compare",),
    ),
    Requirement(
        "runs.views", "A way to look at the table is saved under a name, which is an address.",
        names=("GET runs/views", "GET runs/views/{name}", "PUT runs/views/{name}", "DELETE runs/views/{name}"),
    ),
    Requirement("runs.live", "The table is told live, row by row.", names=("topic runs", "topic runs/{id}/metrics")),
    Requirement(
        "runs.inputs",
        "A run knows its code (commit, difference, untracked files), its environment's packages, its data by digest.",
        names=("setting run_code_bytes", "setting run_data_bytes"),
    ),
    Requirement(
        "runs.again",
        "A run is run again with the code that it had; which inputs are others, and whether results differ, is said.",
        names=("POST runs/{id}/again",),
    ),
    Requirement(
        "runs.again-environment",
        "Where the environment changed, that of then is built from its lock, or it is said exactly why it cannot be.",
        names=("POST runs/{id}/environment", "rerun --exact"),
    ),
    Requirement(
        "runs.merge", "Several runs of one training become one, without going through a step twice.",
        names=("POST runs/merge", "DELETE runs/{id}"),
    ),
    Requirement(
        "runs.system",
        "What a job's process tree uses (CPU, memory, disk, GPUs) is a curve over the steps and times of its metrics.",
        names=("GET runs/{id}/system", "topic runs/{id}/system"),
    ),
    Requirement(
        "client.runs", "`client.runs` finds runs, the best of a metric, marks, compares, repeats and merges them.",
        names=tuple(
            f"client.runs.{name}" for name in (
                "find", "all", "best", "get", "fields", "change", "compare", "again", "merge", "delete", "metrics",
                "environment", "system", "views", "save_view", "delete_view",
            )
        ),
    ),
    Requirement(
        "runs.speed", "Ten thousand runs are filtered, sorted and listed within 50 ms.",
        elsewhere="benchmarks/bench_runs.py",
    ),
)
