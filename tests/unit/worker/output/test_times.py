"""When what stands in a log was printed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.logtimes import LogTimes
from jupyter_crispdm.worker.output import times
from jupyter_crispdm.worker.output.loglimit import LogLimit
from tests.unit.worker.conftest import StartJob


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    return tmp_path / "job" / "output.log"


def write(log: Path, *records: tuple[int, float]) -> None:
    with open(f"{log}{times.SUFFIX}", "ab") as file:
        file.write(b"".join(times.RECORD.pack(*record) for record in records))


def test_a_supervisor_notes_when_its_program_prints(start_job: StartJob) -> None:
    begun = time.time()
    job = start_job([sys.executable, "-uc", "print('one'); input(); print('two')"])
    job.printed("one")
    between = time.time()
    job.send(b'{"do": "input", "text": "on\\n"}\n')
    job.exit()
    log = job.directory / "output.log"
    first, *others = LogTimes(log).of([0, len("one\n")])
    assert first is not None
    assert begun <= first <= between
    assert others[0] is not None
    assert others[0] >= first


def test_no_more_than_two_notes_a_second(log: Path) -> None:
    with log.open("wb", 0) as file:
        index = times.open_times(str(log))
        assert index is not None
        notes = times.TimeNotes(file.fileno(), index)
        for _ in range(10_000):
            notes.note()
            file.write(b"x\n")
        os.close(index)
    size = Path(f"{log}{times.SUFFIX}").stat().st_size
    last = LogTimes(log).of([0, 20_000])
    assert last[0] is not None
    assert last[1] is not None
    assert times.RECORD.size <= size <= times.RECORD.size * (2 + 2 * (last[1] - last[0]))


def test_a_job_goes_on_where_nothing_can_be_noted(log: Path) -> None:
    os.mkfifo(f"{log}{times.SUFFIX}")
    assert times.open_times(str(log)) is None
    with log.open("wb") as file:
        times.TimeNotes(file.fileno(), None).note()
        full = os.open("/dev/full", os.O_WRONLY)
        times.TimeNotes(file.fileno(), full).note()
        os.close(full)


def test_what_was_printed_when(log: Path) -> None:
    write(log, (10, 100.0), (20, 101.5), (40, 105.0))
    assert LogTimes(log).of([0, 10, 19, 20, 100]) == [None, 100.0, 100.0, 101.5, 105.0]
    assert LogTimes(log).newest(15, 40, is_begun=False) == [(10, 100.0), (20, 101.5)]
    assert LogTimes(log).newest(15, 40, is_begun=True) == [(20, 101.5)]
    assert LogTimes(log).newest(20, 41, is_begun=False) == [(20, 101.5), (40, 105.0)]


@pytest.mark.parametrize("content", [None, b"", b"short", bytes(7) * 5])
def test_a_log_of_which_nothing_is_known(log: Path, content: bytes | None) -> None:
    if content is not None:
        Path(f"{log}{times.SUFFIX}").write_bytes(content)
    found = LogTimes(log).of([0, 5])
    assert all(one is None or one >= 0 for one in found)
    Path(f"{log}{times.SUFFIX}").unlink(missing_ok=True)
    os.symlink("/etc/passwd", f"{log}{times.SUFFIX}")
    assert LogTimes(log).of([0]) == [None]


def test_a_record_with_a_smaller_byte_makes_those_void_that_are_larger(log: Path) -> None:
    write(log, (0, 1.0), (10, 2.0), (20, 3.0), (15, 4.0), (30, float("nan")), (31, -5.0))
    assert LogTimes(log).of([0, 12, 15, 25, 35]) == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_times_move_with_what_is_left_of_a_log_that_is_cut(log: Path) -> None:
    lines = [f"line {n:05}\n".encode() for n in range(1000)]
    log.write_bytes(b"".join(lines))
    write(log, *((11 * n, 1000.0 + n) for n in range(0, 1000, 10)))
    LogLimit(str(log), 8000).enforce()
    data = log.read_bytes()
    assert len(data) < 8000
    assert b"reached its limit" in data
    for n in (0, 7, 355, 990, 999):
        at = data.find(lines[n])
        if at >= 0:
            assert LogTimes(log).of([at]) == [1000.0 + n // 10 * 10], n
    assert data.find(lines[999]) > 0
    assert data.find(lines[7]) > 0


def test_a_log_that_has_no_times_gets_none_when_it_is_cut(log: Path) -> None:
    log.write_bytes(b"line\n" * 5000)
    LogLimit(str(log), 8000).enforce()
    assert not Path(f"{log}{times.SUFFIX}").exists()
