"""Directories of jobs, as supervisors and programs leave them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.unit.tracking.conftest import Writer


def a_job(jobs: Path, id: str, *, name: str = "fit", changed: float | None = None, **exit: Any) -> Path:
    """A job that runs as long as this process does; with `state` it has ended."""
    directory = jobs / id
    (directory / "metrics").mkdir(parents=True)
    (directory / "spec.json").write_text(json.dumps({"job": {"job": {"name": name, "owner": "ada"}}, "argv": ["x"]}))
    state = {"process": {"pid": os.getpid()}, "supervisor": {}, "started": 1_000_000_000.0}
    (directory / "state.json").write_text(json.dumps(state))
    (directory / "output.log").write_text("epoch 1\nepoch 2\n")
    if exit:
        (directory / "exit.json").write_text(json.dumps(exit))
    if changed is not None:
        os.utime(directory, (changed, changed))
    return directory


def with_curves(directory: Path, **curves: list[float]) -> Path:
    """The directory with curves in it; `_` in a name stands for `/`."""
    writer = Writer(directory, "1-a")
    for name, values in curves.items():
        writer.log(name.replace("_", "/"), *values)
    return directory
