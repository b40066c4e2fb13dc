"""Dropping the middle of a log that grows at that very moment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.worker.output.loglimit import LogLimit

LIMIT = 10_000


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
