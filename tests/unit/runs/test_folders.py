"""Runs outside jobs are found wherever they are, and nothing else is taken for one."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.runs.index.folders import find, id_of, run_of
from jupyter_crispdm.runs.types import RUN_ID, RunState
from tests.unit.tracking.conftest import Writer


def logged(path: Path) -> Path:
    Writer(path, "1-a").log("loss", 1.0, 0.5)
    return path


@pytest.mark.proves("runs.outside")
def test_runs_are_found_below_the_root_and_in_homes(tmp_path: Path) -> None:
    for place in ("crispdm-runs/a", "people/ada/crispdm-runs/a", "deep/er/still/crispdm-runs/b"):
        logged(tmp_path / place)
    found = find(tmp_path, 4)
    assert [one.below for one in found] == [
        "crispdm-runs/a", "people/ada/crispdm-runs/a", "deep/er/still/crispdm-runs/b",
    ]  # fmt: skip
    assert len({one.id for one in found}) == 3
    assert all(RUN_ID.fits(one.id) for one in found)
    assert [one.below for one in find(tmp_path, 1)] == ["crispdm-runs/a"]


@pytest.mark.proves("runs.outside")
def test_what_is_no_run_is_left_alone(tmp_path: Path) -> None:
    elsewhere = logged(tmp_path / "elsewhere" / "x")
    root = tmp_path / "root"
    home = root / "crispdm-runs"
    (home / "empty").mkdir(parents=True)
    (home / "file").write_text("")
    (home / "linked").symlink_to(elsewhere)
    (root / "links").symlink_to(tmp_path / "elsewhere")
    for hidden in (".cache/crispdm-runs/a", "node_modules/x/crispdm-runs/a", "venv/crispdm-runs/a"):
        logged(root / hidden)
    (root / "venv" / "pyvenv.cfg").write_text("")
    (home / "pipe").mkdir()
    os.mkfifo(home / "pipe" / "events.jsonl")
    assert find(root, 4) == []
    logged(home / "good")
    assert [one.path.name for one in find(root, 4)] == ["good"]


@pytest.mark.proves("runs.outside")
def test_a_folder_tells_its_parameters_and_whether_it_goes_on(tmp_path: Path) -> None:
    path = logged(tmp_path / "crispdm-runs" / "20261129-101500-4711")
    with open(path / "events.jsonl", "ab") as file:
        for params in ({"lr": 0.1}, {"lr": 0.2, "depth": 3}):
            file.write(msgspec.json.encode({"kind": "params", "params": params}) + b"\n")
        file.write(b"no json\n[]\n")
    [found] = find(tmp_path, 4)
    run = run_of(found, "ada", found.written + 5, 60.0)
    assert (run.state, run.owner, run.name) == (RunState.running, "ada", "20261129-101500-4711")
    assert run.parameters == {"lr": 0.2, "depth": 3}
    assert run_of(found, "ada", found.written + 61, 60.0).state is RunState.ended


@pytest.mark.proves("runs.outside")
def test_each_word_of_a_run_is_noticed(tmp_path: Path) -> None:
    path = logged(tmp_path / "crispdm-runs" / "a")
    [before] = find(tmp_path, 4)
    Writer(path, "2-b").log("loss", 0.1)
    [after] = find(tmp_path, 4)
    assert after.signature != before.signature
    assert after.id == before.id


@pytest.mark.parametrize("name", ["a b", "…", "-x", ".hidden", "x" * 300, "ü", "a/b"])
def test_every_name_becomes_an_id(name: str) -> None:
    assert RUN_ID.fits(id_of(name, f"crispdm-runs/{name}"))
    assert id_of(name, "one") != id_of(name, "two")
