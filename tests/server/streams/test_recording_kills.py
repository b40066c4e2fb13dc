"""A collector's recording, killed between any two steps on the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from jupyter_crispdm.streams.batch import gather, numbers_of
from jupyter_crispdm.streams.recording.reading import Recording
from tests.server.streams.writers import columns_from

ROOT = Path(__file__).parents[3]
NEWEST = 60
STEPS = 75
"""A little more than beginning anew and two files take."""


@pytest.fixture
def mother(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    program = [sys.executable, "-m", "tests.server.streams.writers", str(tmp_path / "s")]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, env=environ, cwd=ROOT) as process:
        yield process
        process.kill()


def live_and_die(mother: subprocess.Popen[str], steps: int) -> tuple[int | None, int]:
    """One process from its start to its end: after which sample it went on, and the last it said was recorded."""
    assert mother.stdin is not None
    assert mother.stdout is not None
    print(steps, file=mother.stdin, flush=True)
    after, last = None, 0
    for line in mother.stdout:
        word, number = line.split()[0], int(line.split()[-1])
        if word == "ended":
            assert number == signal.SIGKILL
            return after, last
        if word == "goes":
            after = number
        last = number
    raise AssertionError("the mother ended")


@pytest.mark.proves("recording.kills")
def test_nothing_that_was_recorded_is_lost_nor_numbered_twice_wherever_a_writer_is_killed(
    tmp_path: Path, mother: subprocess.Popen[str]
) -> None:
    directory, told = tmp_path / "s", 0
    directory.mkdir()
    for steps in range(1, STEPS):
        after, last = live_and_die(mother, steps)
        assert after is None or after >= told, f"step {steps}: {told} was recorded"
        told = max(told, last)
        recording = Recording(directory)
        found, last = recording.window(NEWEST).seq.tolist(), recording.last
        assert found == list(range(max(1, last + 1 - NEWEST), last + 1)), f"step {steps}"
        assert last - told in range(5), f"step {steps}: {told} was recorded"
        assert recording.trouble == "", f"step {steps}"
    found = gather(list(Recording(directory).iterate())).seq.tolist()
    assert found == list(range(1, len(found) + 1))
    check(directory)


def check(directory: Path) -> None:
    """The files alone: no gap, nothing twice, every value its own."""
    files = sorted(directory.glob("*.parquet"))
    assert len(files) > 10
    table = pyarrow.parquet.read_table([str(file) for file in files])
    rows = table.num_rows
    assert table["seq"].to_pylist() == list(range(1, rows + 1))
    wanted = columns_from(1, rows)
    assert np.array_equal(table["value"].to_numpy(), numbers_of(wanted["value"]))
    assert table["state"].to_pylist() == wanted["state"]
