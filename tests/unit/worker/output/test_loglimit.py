"""Dropping the middle of a log that grows at that very moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.worker.output.loglimit import LogLimit

LIMIT = 10_000
ROOT = Path(__file__).parents[4]


@pytest.mark.proves("machine.log-cap")
def test_what_is_written_while_the_middle_is_dropped_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"first\n" + b"y\n" * LIMIT)
    late = iter([b"late\n", b"last\n"])
    read = os.pread

    def read_and_write(descriptor: int, count: int, start: int) -> bytes:
        data = read(descriptor, count, start)
        with log.open("ab") as program:
            program.write(next(late, b""))
        return data

    monkeypatch.setattr(os, "pread", read_and_write)
    LogLimit(str(log), LIMIT).enforce()
    content = log.read_bytes()
    assert content.startswith(b"first\n")
    assert content.endswith(b"y\nlate\nlast\n")
    assert len(content) <= LIMIT


def test_a_program_that_never_stops_writing_does_not_hold_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"y\n" * LIMIT)
    read = os.pread

    def read_and_write(descriptor: int, count: int, start: int) -> bytes:
        with log.open("ab") as program:
            program.write(b"y\n" * LIMIT)
        return read(descriptor, count, start)

    monkeypatch.setattr(os, "pread", read_and_write)
    LogLimit(str(log), LIMIT).enforce()
    assert log.stat().st_size <= LIMIT


#: A pump of its own and who cuts its log; the last words come between the look at the newest and the cut.
_LAST_WORDS = """
import os, sys
from jupyter_crispdm.worker.output import loglimit
from jupyter_crispdm.worker.output.pump import Pump
path, size = sys.argv[1], int(sys.argv[2])
log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
limit = loglimit.LogLimit(path, size)
pump = Pump(log, None, limit.turn)
os.write(pump.sink, b"y\\n" * size)
while os.stat(path).st_size < 2 * size: pass
real, most = os.ftruncate, 20_000
def cut(*arguments):
    os.write(pump.sink, b"last words\\n")
    for _ in range(most):
        if os.stat(path).st_size > 2 * size: break
    real(*arguments)
os.ftruncate = cut
limit.enforce()
pump.release()
pump.finish(60)
"""


@pytest.mark.proves("machine.log-cap")
def test_the_last_words_of_a_program_are_not_lost_in_a_cut(tmp_path: Path) -> None:
    """What the pump appended between the look at the newest and the cut was gone."""
    log = tmp_path / "output.log"
    command = [sys.executable, "-c", _LAST_WORDS, str(log), str(LIMIT)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60)
    content = log.read_bytes()
    assert b"reached its limit" in content
    assert content.endswith(b"y\nlast words\n")
