"""Runs as their directories say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_crispdm.cli.jobs.live.runs import find, log_tail, look
from tests.unit.cli.jobs.live.jobs import a_job, with_curves


def test_those_that_run_come_first_then_the_newest(tmp_path: Path) -> None:
    a_job(tmp_path, "old", state="succeeded", ended=20.0, started=10.0, changed=1000.0)
    a_job(tmp_path, "new", state="failed", reason="exited with code 3", changed=3000.0)
    a_job(tmp_path, "on", changed=2000.0)
    (tmp_path / ".new-x").mkdir()
    (tmp_path / "file").touch()
    found = find(tmp_path, tmp_path / "nowhere", 10)
    assert [(run.id, run.state) for run in found] == [("on", "running"), ("new", "failed"), ("old", "succeeded")]
    assert (found[1].reason, found[1].owner, found[2].started, found[2].ended) == (
        "exited with code 3", "ada", 10.0, 20.0,
    )  # fmt: skip
    assert [run.id for run in find(tmp_path, tmp_path, 2)] == ["on", "new"]
    assert find(tmp_path / "missing", tmp_path / "missing", 5) == []


def test_runs_outside_of_jobs_are_there_too(tmp_path: Path) -> None:
    with_curves(tmp_path / "crispdm-runs" / "20261129-1", loss=[1.0])
    [run] = find(tmp_path / "jobs", tmp_path, 10)
    assert (run.id, run.name, run.state) == ("20261129-1", "20261129-1", "running")
    for file in (run.directory / "metrics").iterdir():
        os.utime(file, (1000.0, 1000.0))
    quiet = look(run.directory)
    assert quiet is not None
    assert quiet.state == "run"


def test_a_process_that_is_gone_without_a_word_is_lost_and_one_that_never_began_waits(tmp_path: Path) -> None:
    gone, waiting = a_job(tmp_path, "gone"), a_job(tmp_path, "waiting")
    (gone / "state.json").write_text(json.dumps({"process": {"pid": 2**31 - 1}, "started": 1.0}))
    (waiting / "state.json").unlink()
    assert [(run.id, run.state) for run in sorted(find(tmp_path, tmp_path, 9), key=lambda run: run.id)] == [
        ("gone", "lost"), ("waiting", "queued"),
    ]  # fmt: skip


def test_progress_is_the_newest_that_was_told(tmp_path: Path) -> None:
    job = a_job(tmp_path, "j")
    lines = [
        {"kind": "progress", "done": 1, "total": 10},
        {"kind": "params", "params": {"progress": 3}},
        {"kind": "progress", "done": 4, "total": 10, "message": "epoch\x1b[2J 4"},
    ]
    (job / "events.jsonl").write_text("\n".join(map(json.dumps, lines)) + '\n{"kind": "progress", "done"')
    run = look(job)
    assert run is not None
    assert run.progress == (4.0, 10.0, "epoch [2J 4")


@pytest.mark.parametrize("damage", ["spec.json", "state.json", "exit.json", "events.jsonl", "output.log"])
def test_a_job_that_scribbles_over_its_files_is_shown_as_far_as_it_can_be(tmp_path: Path, damage: str) -> None:
    job, _ = a_job(tmp_path, "j", state="failed"), a_job(tmp_path, "other")
    (job / damage).unlink(missing_ok=True)
    os.mkfifo(job / damage)
    assert {run.id for run in find(tmp_path, tmp_path, 9)} == {"j", "other"}
    run = look(job)
    assert run is not None
    log_tail(run, 5)


def test_names_cannot_move_the_cursor(tmp_path: Path) -> None:
    run = look(a_job(tmp_path, "j", name="a\x1b[2Jb\nc", state="failed", reason="x\x07y"))
    assert run is not None
    assert (run.name, run.reason) == ("a [2Jb c", "x y")


def test_the_end_of_the_log_is_what_one_would_see(tmp_path: Path) -> None:
    job = a_job(tmp_path, "j")
    (job / "output.log").write_bytes(b"x" * 100_000 + b"\nfirst\n  10%\r  50%\r 100%\n\n\xff last")
    run = look(job)
    assert run is not None
    assert log_tail(run, 3) == ["first", " 100%", "\N{REPLACEMENT CHARACTER} last"]
    assert log_tail(run, 0) == []
