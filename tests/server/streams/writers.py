"""Processes that record samples without end, one after another: each is killed, and the next one goes on.

``python -m tests.server.streams.writers DIR`` imports everything once. For each number on its standard input it forks
a process that records in DIR, says so of each batch that is done, and kills itself after so many steps on the disk.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from jupyter_crispdm.streams.batch import Column
from jupyter_crispdm.streams.recording.recorder import Recorder

assert pyarrow.parquet, "loaded before the first fork"
STEPS = ("open", "write", "ftruncate", "fsync", "replace", "unlink")
BATCHES_A_FILE = 3


def columns_from(first: int, rows: int) -> dict[str, Column]:
    """Samples that one can tell by their numbers."""
    seq = np.arange(first, first + rows, dtype=np.float64)
    return {"time": seq / 10, "value": seq / 7, "state": ["even" if one % 2 == 0 else None for one in seq.tolist()]}


def die_after(steps: int) -> None:
    """Count what goes to the disk, and end without a word in the place of one of these steps."""
    left = iter(range(steps - 1, -1, -1))

    def step() -> None:
        if next(left, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in STEPS:
        setattr(os, name, _stepping(getattr(os, name), step))


def _stepping(call: Any, step: Any) -> Any:
    def stepping(*args: Any, **named: Any) -> Any:
        step()
        return call(*args, **named)

    return stepping


def live(directory: Path, steps: int) -> None:
    """Begin anew, record, and make a file of every few batches, until the steps are done."""
    die_after(steps)
    recorder = Recorder(directory)
    recorder.settle()
    print("goes on after", recorder.seq, flush=True)
    batches = 0
    while True:
        batch = recorder.append(columns_from(recorder.seq + 1, 1 + batches % 4))
        print("recorded", batch.last, flush=True)
        batches += 1
        if batches % BATCHES_A_FILE == 0:
            recorder.seal()
            recorder.settle()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            live(Path(sys.argv[1]), int(line))
        _, status = os.waitpid(child, 0)
        print("ended", os.WTERMSIG(status), flush=True)


if __name__ == "__main__":
    main()
