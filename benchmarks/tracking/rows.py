"""Runs of any length, and times that others' work on the machine disturbs as little as can be."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from jupyter_crispdm.tracking.sources import RECORD

_AT_ONCE = 1 << 20


def write_run(run: Path, rows: int, names: int, seed: int = 1) -> Path:
    """A run whose names take turns; answers its file of rows."""
    path = run / "metrics" / "1-0a1b2c3d.bin"
    path.parent.mkdir(parents=True)
    random, last = np.random.default_rng(seed), 0.0
    with path.open("wb") as file:
        for start in range(0, rows, _AT_ONCE):
            numbers = np.arange(start, min(rows, start + _AT_ONCE))
            records = np.empty(len(numbers), RECORD)
            records["name"], records["step"] = numbers % names, numbers // names
            records["value"] = last + random.normal(size=len(numbers)).cumsum()
            records["time"] = 1.7e9 + numbers * 0.01
            last = float(records["value"][-1])
            records.tofile(file)
    path.with_suffix(".names").write_text("".join(f'"m{number}"\n' for number in range(names)))
    return path


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest of several processor times, in milliseconds: what the action takes when nobody disturbs it."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return min(times) * 1e3


def forget_pages(folder: Path) -> None:
    """Let the kernel drop what it holds of all files below a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def share(values: list[float], part: float) -> float:
    """A quantile."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
