"""One file that is read on: when it is quiet, what time its points have, and what stands in its place."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.gathering import inputs
from jupyter_crispdm.tracking.gathering.formats.mlflow import MetricOfMlflow
from jupyter_crispdm.tracking.gathering.inputs import Anew, FileInput, LogInput
from jupyter_crispdm.tracking.gathering.state import InputState
from jupyter_crispdm.tracking.points import Point

from .conftest import WordReader


class TimedReader(WordReader):
    """Answers the time of each piece as a point."""

    def feed(self, data: bytes, time: float) -> Iterator[Point]:
        """One point."""
        return iter([Point("at", None, time)])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "jobs" / "one" / "output.log"
    path.parent.mkdir(parents=True)
    return path


def reading(log: Path, reader: WordReader | None = None) -> LogInput:
    return LogInput(log, log.parents[1], InputState("log", "log-1"), reader or WordReader())


def table(path: Path) -> FileInput:
    return FileInput(path, path.parent, InputState("mlflow", "mlflow-1"), MetricOfMlflow("loss"))


def test_a_log_is_quiet_when_all_of_it_is_read(log: Path) -> None:
    one = reading(log)
    assert one.is_quiet(), "there is none yet"
    log.write_text("loss 1\n")
    assert not one.is_quiet()
    assert [point.value for point in one.read(0.0, over=False)[0] if isinstance(point, Point)] == [1.0]
    assert one.is_quiet()
    assert one.read(0.0, over=False) == ([], False)


def test_a_file_is_quiet_when_nobody_wrote_it_also_where_its_end_is_not_complete(log: Path) -> None:
    path = log.parent / "loss"
    one = table(path)
    assert one.is_quiet()
    path.write_text("1 0.5 1\n2 0.")
    assert not one.is_quiet()
    assert len(one.read(0.0, over=False)[0]) == 1
    assert one.is_quiet()
    path.write_text("1 0.5 1\n2 0.25 2\n")
    assert not one.is_quiet()
    assert len(one.read(0.0, over=False)[0]) == 1


def test_a_file_that_holds_something_else_is_begun_anew(log: Path) -> None:
    path = log.parent / "loss"
    one = table(path)
    path.write_text("1 0.5 1\n")
    one.read(0.0, over=False)
    path.write_text("1 0.7 1\n2 0.5 2\n")
    with pytest.raises(Anew):
        one.read(0.0, over=False)
    path.write_text("")
    with pytest.raises(Anew):
        one.read(0.0, over=False)


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
def test_what_is_no_file_says_so(log: Path, what: str) -> None:
    path = log.parent / "loss"
    path.symlink_to("/etc/hostname") if what == "link" else path.mkdir() if what == "folder" else os.mkfifo(path)
    one = table(path)
    assert one.read(0.0, over=False) == ([], False)
    assert "'loss'" in one.trouble


@pytest.mark.proves("training.gathered-times")
def test_what_was_printed_before_has_the_times_that_stand_beside_the_log(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_TIMED_BYTES", 10)
    log.write_bytes(b"123456789\n" * 3)
    log.with_name("output.log.times").write_bytes(struct.pack("<QdQd", 0, 100.0, 20, 200.0))
    one = reading(log, TimedReader())
    said = [point.value for point in one.read(999.0, over=False)[0] if isinstance(point, Point)]
    assert said == [100.0, 100.0, 200.0]
    with open(log, "ab") as file:
        file.write(b"new\n")
    assert [point.value for point in one.read(999.0, over=False)[0] if isinstance(point, Point)] == [999.0]


def test_a_log_without_times_has_that_at_which_it_is_read(log: Path) -> None:
    log.write_bytes(b"123\n")
    said = reading(log, TimedReader()).read(999.0, over=False)[0]
    assert [point.value for point in said if isinstance(point, Point)] == [999.0]


def test_the_last_line_is_told_once(log: Path) -> None:
    log.write_text("loss 1\nloss 2")
    one = reading(log)
    assert len(one.read(0.0, over=True)[0]) == 2
    assert one.read(0.0, over=True) == ([], False)
