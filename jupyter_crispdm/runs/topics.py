"""What can be followed live of runs."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import RunsFact

RUNS = Topic("runs", Kind.table, RunsFact, "runs", "All runs, then each that changes, logs, or is deleted.")
TOPICS = [RUNS]
