"""When what stands in a log was printed."""

from __future__ import annotations

import os
import sys
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
    job = start_job([sys.executable, "-uc", "print('one'); input(); print('two')"])
    job.printed("one")
    job.send(b'{"do": "input", "text": "on\\n"}\n')
    ended = job.exit()
    log = job.directory / "output.log"
    first, *others = LogTimes(log).of([0, len("one\n")])
    assert first is not None
    assert ended["started"] - 1 <= first <= ended["ended"] + 1
    assert others[0] is not None
    assert others[0] >= first


class Ticking:
    """A clock that goes on by so much at each look, and can be set."""

    def __init__(self, now: float, step: float) -> None:
        self.now, self.step = now, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def noted(log: Path, clock: Ticking, count: int) -> list[tuple[int, float]]:
    """What is noted while so many lines of two bytes are appended."""
    with log.open("ab", 0) as file:
        index = times.open_times(str(log))
        assert index is not None
        notes = times.TimeNotes(file.fileno(), index, clock)
        for _ in range(count):
            notes.note()
            file.write(b"x\n")
        os.close(index)
    return list(times.RECORD.iter_unpack(Path(f"{log}{times.SUFFIX}").read_bytes()))


def test_no_more_than_two_notes_a_second(log: Path) -> None:
    found = noted(log, Ticking(1000.0, 0.01), 1000)  # ten seconds
    assert len(found) == 20
    assert found[0] == (0, 1000.01)
    assert all(at % 2 == 0 for at, _ in found)


def test_each_piece_is_noted_where_they_come_slowly(log: Path) -> None:
    assert noted(log, Ticking(1000.0, 60.0), 5) == [(2 * n, 1060.0 + 60 * n) for n in range(5)]


def test_a_clock_that_is_set_back_is_believed(log: Path) -> None:
    clock = Ticking(9000.0, 1.0)
    noted(log, clock, 2)
    clock.now = 100.0
    found = noted(log, clock, 1)
    assert found[-1] == (4, 101.0)
    assert LogTimes(log).of([2, 4]) == [9002.0, 101.0]


def test_a_job_that_goes_on_is_noted_after_what_was_there(log: Path) -> None:
    noted(log, Ticking(10.0, 1.0), 2)
    assert noted(log, Ticking(500.0, 1.0), 1)[-1] == (4, 501.0)


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
