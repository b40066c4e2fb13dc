"""The collector as a process: its signals, its exit codes, and kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet
import pytest

from jupyter_crispdm.streams.recording.layout import segments
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.types import Status, StreamState
from tests.support import eventually_sync

ROOT = Path(__file__).parents[3]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "line"
    made.mkdir()
    return made


def order(directory: Path, **changes: Any) -> None:
    spec = {"id": "line", "name": "Line", "source": {"kind": "simulated", "rate": 2000, "seed": 1}, **changes}
    (directory / "stream.json").write_text(json.dumps(spec))


@contextmanager
def collector(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jupyter_crispdm.streams.collector", str(directory)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environ, cwd=directory) as process:
        try:
            yield process
        finally:
            process.kill()


def status(directory: Path) -> Status:
    with suppress(FileNotFoundError):
        return msgspec.json.decode((directory / "status.json").read_bytes(), type=Status)
    return Status()


def seqs(directory: Path) -> list[int]:
    files = [str(file) for file in sorted(directory.glob("*.parquet"))]
    found: list[int] = pyarrow.parquet.read_table(files)["seq"].to_pylist()
    return found


@pytest.mark.proves("collector.process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_all_in_parquet(directory: Path, number: signal.Signals) -> None:
    order(directory)
    with collector(directory) as process:
        eventually_sync(lambda: status(directory).seq > 200)
        assert status(directory).pid == process.pid
        process.send_signal(number)
        assert process.wait(60) == 0
    assert seqs(directory) == list(range(1, status(directory).seq + 1))
    assert all(segment.path.stat().st_size == 0 for segment in segments(directory))
    assert status(directory).state is StreamState.running


@pytest.mark.proves("collector.process")
def test_kills_lose_nothing_and_number_nothing_twice(directory: Path) -> None:
    order(directory, backup_seconds=0.5)
    seen = 0
    for _ in range(3):
        with collector(directory) as process:
            eventually_sync(lambda: Recording(directory).last > seen + 500)  # noqa: B023
            seen = Recording(directory).last
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        assert Recording(directory).last >= seen
    with collector(directory) as process:
        eventually_sync(lambda: Recording(directory).last > seen)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert seqs(directory) == list(range(1, status(directory).seq + 1))


@pytest.mark.parametrize(("text", "reason"), [
    (None, "What the stream is to do cannot be read"),
    ("{}", "What the stream is to do cannot be read"),
    ('{"id": "l", "name": "l", "source": {"kind": "mqtt", "host": "h", "topic": "t", "password_env": "NOT_THERE"}}',
     "NOT_THERE"),
])  # fmt: skip
def test_what_cannot_work_ends_with_an_error_and_says_why(directory: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (directory / "stream.json").write_text(text)
    with collector(directory) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert reason in said.decode()
    assert status(directory).state is StreamState.failed
    assert reason in status(directory).reason
    assert status(directory).pid == process.pid


def test_it_needs_a_directory() -> None:
    command = [sys.executable, "-m", "jupyter_crispdm.streams.collector"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: python -m jupyter_crispdm.streams.collector DIRECTORY\n")
