"""The folder of what was gathered, which a program may put anything in the place of."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.tracking.gathering.pieces import Pieces
from jupyter_crispdm.tracking.gathering.places import Place
from jupyter_crispdm.tracking.gathering.rows import Rows
from jupyter_crispdm.tracking.gathering.state import InputState, OutputState, State, load, save
from jupyter_crispdm.tracking.points import Point
from jupyter_crispdm.tracking.sources import RECORD


@pytest.fixture
def place(tmp_path: Path) -> Place:
    run = tmp_path / "jobs" / "one"
    run.mkdir(parents=True)
    place = Place(run)
    place.make()
    return place


def test_making_the_folder_twice_is_making_it_once(place: Place) -> None:
    place.make()
    place.make_inner("media")
    place.make_inner("media")
    assert [one.name for one in place.path.iterdir()] == ["media"]
    assert place.path.stat().st_mode & 0o077 == 0


def test_a_run_that_is_gone_is_said(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    with pytest.raises(OSError):
        Place(tmp_path / "jobs" / "gone").make()


def test_files_are_appended_cut_and_measured(place: Place) -> None:
    assert place.size("a") == 0
    place.append("a", b"one")
    place.append("a", b"two")
    assert (place.read("a", 10), place.size("a")) == (b"onetwo", 6)
    place.cut("a", 3)
    place.cut("a", 100)
    place.cut("b", 0)
    assert (place.read("a", 10), place.size("b")) == (b"one", 0)


def test_what_could_be_written_in_part_only_is_not_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.append("a", b"one")
    real = os.write

    def some(file: int, data: bytes) -> int:
        if len(data) > 2:
            return real(file, bytes(data)[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", some)
    with pytest.raises(OSError):
        place.append("a", b"123456")
    assert place.read("a", 10) == b"one"
    with pytest.raises(OSError):
        place.replace("a", b"123456")
    assert place.read("a", 10) == b"one"


def test_a_file_is_replaced_also_over_what_a_dead_server_left(place: Place) -> None:
    place.append("a", b"old")
    (place.path / ".a.new").write_bytes(b"half")
    place.replace("a", b"new")
    assert place.read("a", 10) == b"new"
    assert sorted(one.name for one in place.path.iterdir()) == ["a"]


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
def test_what_is_no_file_is_refused_and_nothing_elsewhere_is_written(place: Place, tmp_path: Path, what: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    path = place.path / "a"
    path.symlink_to(elsewhere) if what == "link" else path.mkdir() if what == "folder" else os.mkfifo(path)
    for call in (lambda: place.append("a", b"x"), lambda: place.cut("a", 0), lambda: place.read("a", 10)):
        with pytest.raises(Unreadable):
            call()
    if what == "link":
        (place.path / ".a.new").symlink_to(elsewhere)
        place.replace("a", b"x")
        assert not path.is_symlink()
    assert elsewhere.read_bytes() == b"precious"


def test_one_has_the_lock_at_a_time(place: Place) -> None:
    with place.locked() as first, place.locked() as second:
        assert (first, second) == (True, False)
    with place.locked() as third:
        assert third


def test_before_there_is_a_folder_nobody_has_to_be_waited_for(tmp_path: Path) -> None:
    (tmp_path / "jobs" / "one").mkdir(parents=True)
    with Place(tmp_path / "jobs" / "one").locked() as free:
        assert free


def test_a_state_is_what_was_saved(place: Place) -> None:
    state = State(
        rules="abc", inputs={"/w/metrics.csv": InputState("table", "table-1", "a/", 3, 10, b"\xff\0", b"{}")},
        outputs={"table-1": OutputState(2, ["a/loss"], [7])}, folders={"table-a1": ["w"]}, pieces=5, over=True,
    )  # fmt: skip
    save(place, state)
    assert load(place) == state


def test_rows_know_their_names_and_steps_again(place: Place) -> None:
    state = OutputState()
    rows = Rows(place, "log-1", state)
    rows.write([Point("a", None, 1.0), Point("b", 5, 2.0, 9.0), Point("b", None, 3.0)], 7.0)
    again = Rows(place, "log-1", state)
    assert again.check()
    again.write([Point("a", None, 4.0), Point("b", -3, 5.0), Point("b", None, 6.0)], 8.0)
    found = np.fromfile(place.path / "log-1.bin", RECORD).tolist()
    first = [(0, 0, 1.0, 7.0), (1, 5, 2.0, 9.0), (1, 6, 3.0, 7.0)]
    assert found == [*first, (0, 1, 4.0, 8.0), (1, -3, 5.0, 8.0), (1, 7, 6.0, 8.0)]
    assert (place.path / "log-1.names").read_bytes() == b'"a"\n"b"\n'


@pytest.mark.parametrize("name", ["", "x" * 257, "\ud800"])
def test_a_name_that_cannot_be_kept_takes_no_number(place: Place, name: str) -> None:
    rows = Rows(place, "log-1", OutputState())
    rows.write([Point(name, 1, 1.0), Point("a", 1, 1.0)], 0.0)
    assert rows.state.names == ["a"]
    assert rows.state.rows == 1


@pytest.mark.parametrize("step", [1 << 62, -(1 << 62), 10**30])
def test_a_step_that_fits_nowhere_is_left_out(place: Place, step: int) -> None:
    rows = Rows(place, "log-1", OutputState())
    rows.write([Point("a", step, 1.0)], 0.0)
    assert rows.state.rows == 0


def test_rows_that_are_missing_are_noticed(place: Place) -> None:
    state = OutputState()
    rows = Rows(place, "log-1", state)
    rows.write([Point("a", 1, 1.0)], 0.0)
    place.cut("log-1.names", 0)
    assert not Rows(place, "log-1", state).check()
    assert not Pieces(place, State(pieces=10)).check()
