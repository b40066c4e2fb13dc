"""Gathering for a run: once, in pieces, after a restart, beside another, and when the files are not what they were."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from jupyter_crispdm.tracking.gathering import gatherer as gathering
from jupyter_crispdm.tracking.gathering import inputs, pieces, rows
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, LogRules
from jupyter_crispdm.tracking.gathering.places import Place
from jupyter_crispdm.tracking.sources import RECORD

from .conftest import WordReader, World
from .recording import recorded

All = Callable[..., None]


@pytest.mark.proves("training.gathered")
def test_a_log_becomes_rows_and_what_is_new_is_appended(world: World, all_of: All) -> None:
    one = world.gatherer()
    world.print("loss 0.5\nacc 1\nlo")
    all_of(one)
    world.print("ss 0.25\nthree words here\n")
    all_of(one)
    assert world.rows() == [("loss", 0, 0.5), ("acc", 0, 1.0), ("loss", 1, 0.25)]


def test_a_run_that_says_nothing_leaves_nothing(world: World, all_of: All) -> None:
    world.print("only words in this line\n")
    all_of(world.gatherer())
    assert not (world.run / "gathered").exists()


def test_the_last_line_needs_no_end_once_it_is_over(world: World, all_of: All) -> None:
    one = world.gatherer()
    world.print("loss 0.5\nloss 0.25")
    all_of(one)
    assert len(world.rows()) == 1
    all_of(one, over=True)
    all_of(world.gatherer(), over=True)
    assert world.rows() == [("loss", 0, 0.5), ("loss", 1, 0.25)]


@pytest.mark.proves("training.gathered-restart")
@pytest.mark.parametrize("lost", ["", "rows", "names", "both"])
def test_a_server_that_dies_at_any_moment_neither_loses_nor_doubles(world: World, all_of: All, lost: str) -> None:
    world.print("loss 0.5\n")
    world.write("metrics.csv", "epoch,val\n1,0.5\n")
    all_of(world.gatherer())
    state = (world.run / "gathered" / "state.json").read_bytes()
    world.print("loss 0.25\nnew 1\n")
    world.write("metrics.csv", "2,0.25\n")
    all_of(world.gatherer())
    whole = world.rows()
    (world.run / "gathered" / "state.json").write_bytes(state)  # it died before it noted how far it was …
    for path in (world.run / "gathered").iterdir():
        if {".bin": lost in ("rows", "both"), ".names": lost in ("names", "both")}.get(path.suffix):
            path.write_bytes(path.read_bytes() + b"\x01")  # … and in the middle of a row
    all_of(world.gatherer())
    assert sorted(world.rows()) == sorted(whole)


def test_after_a_power_cut_with_rows_missing_all_is_gathered_anew(world: World, all_of: All) -> None:
    world.print("loss 0.5\nloss 0.25\n")
    all_of(world.gatherer())
    file = next((world.run / "gathered").glob("log*.bin"))
    os.truncate(file, RECORD.itemsize)
    all_of(world.gatherer())
    assert world.rows() == [("loss", 0, 0.5), ("loss", 1, 0.25)]


@pytest.mark.parametrize("state", [b"", b"[]", b"{", b'{"version": 99}', b"\xff"])
def test_a_state_that_a_program_scribbled_over_is_made_anew(world: World, all_of: All, state: bytes) -> None:
    world.print("loss 0.5\n")
    all_of(world.gatherer())
    (world.run / "gathered" / "state.json").write_bytes(state)
    all_of(world.gatherer())
    assert world.rows() == [("loss", 0, 0.5)]


def test_many_pieces_are_gathered_a_bounded_part_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_PIECE_BYTES", 64)
    monkeypatch.setattr(gathering, "_CPU_SECONDS", 0.0)
    world.print("loss 0.5\n" * 50)
    one = world.gatherer()
    calls = 1
    while one.gather():
        calls += 1
    assert calls > 5
    assert [step for _, step, _ in world.rows()] == list(range(50))


def test_two_at_once_take_turns(world: World, all_of: All) -> None:
    world.print("loss 0.5\n")
    all_of(world.gatherer())
    world.print("loss 0.25\n")
    with Place(world.run).locked() as free:
        assert free
        assert world.gatherer().gather()
    assert len(world.rows()) == 1
    all_of(world.gatherer())
    assert len(world.rows()) == 2


@pytest.mark.proves("training.gathered-cut")
def test_a_log_whose_middle_was_dropped_goes_on_after_the_gap(world: World, all_of: All) -> None:
    one = world.gatherer()
    world.print("".join(f"loss {n}\n" for n in range(100)))
    all_of(one)
    log = world.run / "output.log"
    newest = "".join(f"loss {n}\n" for n in range(80, 110))
    gap = "\n[crispdm] The log reached its limit of 10 bytes: about 5 bytes were dropped here.\n"
    log.write_text(f"loss 0\n{gap}{newest}")
    all_of(one)
    assert [value for _, _, value in world.rows()] == [float(n) for n in range(110)]


def test_a_log_that_was_cut_far_behind_goes_on_with_what_is_left(world: World, all_of: All) -> None:
    one = world.gatherer()
    world.print("loss 1\n" * 50)
    all_of(one)
    (world.run / "output.log").write_text("[crispdm] The log reached its limit of 10 bytes:\nloss 7\n")
    all_of(one)
    assert world.rows()[-1] == ("loss", 50, 7.0)
    assert len(world.rows()) == 51


@pytest.mark.proves("training.gathered-attempts")
def test_another_attempt_has_rows_of_its_own_that_count_from_the_start(world: World, all_of: All) -> None:
    world.print("loss 3\nloss 2\n")
    all_of(world.gatherer(), over=True)
    world.print("loss 5\n")
    world.write("version_0/metrics.csv", "step,val\n1,1\n")
    second = world.gatherer(attempt=2)
    all_of(second)
    files = sorted(path.stem for path in (world.run / "gathered").glob("*.bin"))
    assert [name.endswith("-a2") for name in files] == [False, True, True]
    assert world.rows("log") == [("loss", 0, 3.0), ("loss", 1, 2.0), ("loss", 0, 5.0)]


def test_other_rules_read_this_attempts_log_anew(world: World, all_of: All) -> None:
    world.print("loss 1\n")
    all_of(world.gatherer(), over=True)
    world.print("loss 2\n")
    one = world.gatherer(attempt=2)
    all_of(one)
    one.use(LogRules(lambda: WordReader("my/"), "other"))
    all_of(one)
    assert world.rows() == [("loss", 0, 1.0), ("my/loss", 0, 2.0)]
    all_of(world.gatherer(attempt=2, rules=LogRules(lambda: WordReader("my/"), "other")))
    assert len(world.rows()) == 2


def test_a_table_that_is_written_anew_with_more_columns_is_read_anew(world: World, all_of: All) -> None:
    """As Lightning does when a metric comes later."""
    one = world.gatherer()
    world.write("metrics.csv", "step,loss\n1,0.5\n")
    all_of(one)
    world.write("metrics.csv", "step,loss,val\n1,0.5,\n2,0.4,0.6\n", anew=True)
    all_of(one)
    assert world.rows() == [("loss", 1, 0.5), ("loss", 2, 0.4), ("val", 2, 0.6)]


def test_several_files_of_one_folder_are_one_run_and_those_of_others_are_named(world: World, all_of: All) -> None:
    for folder in ("tb/train", "tb/validation"):
        data = recorded("keras-train.tfevents" if folder.endswith("train") else "keras-validation.tfevents")
        world.write(f"{folder}/events.out.tfevents.1.host.1", data)
    world.write("lightning_logs/version_0/metrics.csv", "step,loss\n1,0.5\n")
    one = world.gatherer()
    all_of(one)
    world.write("lightning_logs/version_1/metrics.csv", "step,loss\n1,0.25\n")
    all_of(one, over=True)
    names = {name for name, _, _ in world.rows()}
    assert names == {"train/epoch_loss", "validation/epoch_loss", "loss", "version_1/metrics/loss"}


def test_a_folder_of_mlflow_is_one_run(world: World, all_of: All) -> None:
    for name in ("loss", "val/acc"):
        world.write(f"mlruns/0/abc/metrics/{name}", recorded("mlflow.metric"))
    world.write("mlruns/0/abc/params/lr", "0.1")
    all_of(world.gatherer())
    assert {name for name, _, _ in world.rows("mlflow")} == {"loss", "val/acc"}
    assert len(list((world.run / "gathered").glob("*.bin"))) == 1


@pytest.mark.proves("training.gathered-media")
def test_pictures_and_histograms_are_kept_as_the_recorder_keeps_its_own(world: World, all_of: All) -> None:
    world.write("tb/events.out.tfevents.1.host.1", recorded("torch.tfevents"))
    all_of(world.gatherer())
    all_of(world.gatherer())
    lines = [msgspec.json.decode(line) for line in (world.run / "gathered/media.jsonl").read_bytes().splitlines()]
    assert [(one["name"], one["step"], one["kind"]) for one in lines] == [
        ("picture", 2, "image"), ("weights", 2, "histogram"), ("note", 1, "text"),
    ]  # fmt: skip
    for one in lines:
        assert (world.run / one["file"]).stat().st_size == one["bytes"]


def test_pieces_beyond_what_is_kept_are_left_out(world: World, all_of: All, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_MOST_FILES", 1)
    world.write("tb/events.out.tfevents.1.host.1", recorded("torch.tfevents"))
    all_of(world.gatherer())
    assert len((world.run / "gathered/media.jsonl").read_bytes().splitlines()) == 1


def test_a_full_disk_is_said_and_gathering_goes_on_when_there_is_room(
    world: World, all_of: All, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.print("loss 0.5\n")
    one = world.gatherer()
    all_of(one)
    real = os.write

    def full(file: int, data: bytes) -> int:
        real(file, bytes(data)[:5])
        raise OSError(28, "No space left on device")

    world.print("loss 0.25\nacc 1\n")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        all_of(one)
    assert one.trouble == "No space left on device"
    all_of(one)
    assert one.trouble == ""
    assert world.rows() == [("loss", 0, 0.5), ("loss", 1, 0.25), ("acc", 0, 1.0)]


@pytest.mark.parametrize("what", ["link", "file", "pipe"])
def test_what_a_program_put_in_the_place_of_our_folder_is_not_followed(
    world: World, all_of: All, tmp_path: Path, what: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ours = world.run / "gathered"
    ours.symlink_to(elsewhere) if what == "link" else os.mkfifo(ours) if what == "pipe" else ours.write_text("x")
    world.print("loss 0.5\n")
    one = world.gatherer()
    all_of(one)
    assert one.trouble
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
def test_what_a_program_put_in_the_place_of_its_log_says_why_and_its_files_are_read(
    world: World, all_of: All, what: str
) -> None:
    log = world.run / "output.log"
    log.symlink_to("/etc/hostname") if what == "link" else os.mkfifo(log) if what == "pipe" else log.mkdir()
    world.write("metrics.csv", "epoch,loss\n1,0.5\n")
    one = world.gatherer()
    all_of(one)
    assert "'output.log'" in one.trouble
    assert world.rows() == [("loss", 1, 0.5)]


def test_names_and_steps_that_cannot_be_kept_are_left_out(
    world: World, all_of: All, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_MOST_NAMES", 2)
    world.print("a 1\nb 1\nc 1\n" + "x" * 300 + " 1\na 2\n")
    all_of(world.gatherer())
    assert world.rows() == [("a", 0, 1.0), ("b", 0, 1.0), ("a", 1, 2.0)]


def test_more_runs_of_other_trackers_than_are_shown_are_said(
    world: World, all_of: All, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_MOST_OUTPUTS", 3)
    for number in range(4):
        world.write(f"version_{number}/metrics.csv", "epoch,loss\n1,0.5\n")
    one = world.gatherer()
    all_of(one)
    assert "more than 3 runs" in one.trouble
    assert len(list((world.run / "gathered").glob("*.bin"))) == 2


def test_a_file_that_is_gone_keeps_its_points(world: World, all_of: All) -> None:
    path = world.write("metrics.csv", "epoch,loss\n1,0.5\n")
    one = world.gatherer()
    all_of(one)
    path.unlink()
    all_of(one)
    all_of(world.gatherer())
    assert world.rows() == [("loss", 1, 0.5)]


def test_a_record_larger_than_a_piece_is_read_with_a_larger_one(
    world: World, all_of: All, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_PIECE_BYTES", 50)
    world.write("tb/events.out.tfevents.1.host.1", recorded("torch.tfevents"))
    all_of(world.gatherer())
    assert {name for name, _, _ in world.rows()} == {"train/loss", "new/style", "bad"}
    assert len((world.run / "gathered/media.jsonl").read_bytes().splitlines()) == 3


@pytest.mark.proves("training.gathered")
def test_cut_anywhere_the_same_is_gathered(world: World, all_of: All) -> None:
    """A program that writes a few bytes at a time, and a server that is started anew at each."""
    text = "loss 0.5\nacc 1\nloss 0.25\n"
    for character in text:
        world.print(character)
        all_of(world.gatherer())
    assert world.rows() == [("loss", 0, 0.5), ("acc", 0, 1.0), ("loss", 1, 0.25)]


def test_how_far_it_came_is_written_seldom_and_when_it_is_left(
    world: World, all_of: All, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_SAVE_SECONDS", 1e9)
    one = world.gatherer()
    world.print("loss 0.5\n")
    all_of(one)
    state = world.run / "gathered" / "state.json"
    first = state.read_bytes()
    world.print("loss 0.25\n")
    all_of(one)
    assert state.read_bytes() == first
    one.leave()
    assert state.read_bytes() != first
    world.print("loss 0.125\n")
    assert not one.gather(), "it is left"
    all_of(world.gatherer())
    assert [value for _, _, value in world.rows()] == [0.5, 0.25, 0.125]


def test_gathering_what_did_not_change_writes_nothing(world: World, all_of: All) -> None:
    world.print("loss 0.5\n")
    one = world.gatherer()
    all_of(one)
    all_of(one)
    before = {path: path.stat().st_mtime_ns for path in (world.run / "gathered").iterdir()}
    all_of(one)
    assert {path: path.stat().st_mtime_ns for path in (world.run / "gathered").iterdir()} == before


def test_steps_of_a_name_go_on_over_a_restart(world: World, all_of: All) -> None:
    for value in range(3):
        world.print(f"loss {value}\n")
        all_of(world.gatherer())
    assert [step for _, step, _ in world.rows()] == [0, 1, 2]
    assert np.all(np.diff([value for _, _, value in world.rows()]) == 1)


def test_a_run_outside_of_jobs_has_no_log_and_its_files_are_read(world: World, all_of: All) -> None:
    world.print("loss 0.5\n")
    (world.run / "tb").mkdir()
    (world.run / "tb" / "events.out.tfevents.1.host.1").write_bytes(recorded("lightning.tfevents"))
    all_of(Gatherer(world.run, claims=world.claims))
    assert {name for name, _, _ in world.rows()} == {"epoch", "train_loss", "val_loss"}
