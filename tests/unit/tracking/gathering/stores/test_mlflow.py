"""MLflow's database: the curves of the runs that are ours, while it is written."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, gather_folder
from tests.unit.tracking.gathering.conftest import World
from tests.unit.tracking.gathering.recording import RECORDED

Gather = Callable[..., None]
BEGAN = 1795984611.0  # just before the recorded runs
FIRST = "d9344afd1e704d3995a921b27cac7430"


def recorded(path: Path) -> Path:
    """What MLflow 3.17 wrote: two runs of the job `one`, one of another job, one of nobody's."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((RECORDED / "mlflow.sql").read_text())
    return path


def log(path: Path, name: str, value: float, step: int, run: str = FIRST) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        when = 1795984700000 + step
        connection.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, 0)", (name, value, when, run, step))


def add_run(path: Path, run: str, name: str, job: str | None = "one", started: int = 1795984650000) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO runs (run_uuid, name, start_time) VALUES (?, ?, ?)", (run, name, started))
        if job is not None:
            connection.execute("INSERT INTO tags VALUES ('crispdm.job', ?, ?)", (job, run))


def names(world: World) -> set[str]:
    return {name for name, _, _ in world.rows("mlflow")}


@pytest.mark.proves("training.found-database")
def test_runs_of_the_job_are_curves_with_their_steps_and_times(world: World, all_of: Gather) -> None:
    recorded(world.folder / "mlflow.db")
    all_of(world.gatherer(started=BEGAN))
    said: dict[str, list[float]] = {}
    for name, step, value in world.rows("mlflow"):
        said.setdefault(name, []).append(value)
        assert step == len(said[name]) - 1
    assert said["loss"] == [1.0, 0.5, 1 / 3, 0.25, 0.2]
    assert said["second/val/acc"] == [0.0, 0.5, 1 - 1 / 3, 0.75, 0.8]
    assert math.isnan(said["val/odd"][2])
    assert said["val/odd"][3] == math.inf
    assert names(world) == {"loss", "val/acc", "val/odd", "second/loss", "second/val/acc", "second/val/odd"} | {
        "unmarked/loss"
    }


def test_a_run_without_a_mark_is_nobodys_where_two_work(world: World, all_of: Gather) -> None:
    recorded(world.folder / "mlflow.db")
    world.claims.enter(world.run.with_name("two"), world.folder)
    all_of(world.gatherer(started=BEGAN))
    assert "unmarked/loss" not in names(world)
    assert "loss" in names(world)


@pytest.mark.proves("training.found-database")
def test_two_jobs_that_share_a_database_have_their_own_runs_each(world: World, all_of: Gather, tmp_path: Path) -> None:
    recorded(world.folder / "mlflow.db")
    other = Gatherer(tmp_path / "jobs" / "other", folder=world.folder, started=BEGAN, claims=world.claims)
    (tmp_path / "jobs" / "other").mkdir()
    all_of(world.gatherer(started=BEGAN))
    all_of(other)
    assert (tmp_path / "jobs" / "other" / "gathered").is_dir()
    assert ("loss", 0, 9.0) not in world.rows("mlflow")
    world.run = tmp_path / "jobs" / "other"
    assert world.rows("mlflow") == [("loss", 0, 9.0)]


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_what_is_logged_while_it_is_watched_comes_once(world: World, all_of: Gather, mode: str) -> None:
    path = recorded(world.folder / "mlflow.db")
    one = world.gatherer(started=BEGAN)
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.execute(f"PRAGMA journal_mode = {mode}")
        all_of(one)
        before = world.rows("mlflow")
        for step in range(5, 8):
            log(path, "loss", 1 / step, step)
            all_of(one)
        assert repr(world.rows("mlflow")) == repr([*before, *(("loss", step, 1 / step) for step in range(5, 8))])


def test_another_server_goes_on_behind_the_last_row(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    first = world.gatherer(started=BEGAN)
    all_of(first)
    first.leave()
    log(path, "loss", 0.1, 5)
    before = world.rows("mlflow")
    all_of(world.gatherer(started=BEGAN))
    assert repr(world.rows("mlflow")) == repr([*before, ("loss", 5, 0.1)])


def test_runs_from_before_the_job_are_not_its_own(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    add_run(path, "old", "old", job=None, started=1795984000000)
    log(path, "loss", 7.0, 0, run="old")
    all_of(world.gatherer(started=BEGAN))
    assert "old/loss" not in names(world)


def test_rows_from_long_before_the_job_are_passed_over_at_once(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    add_run(path, "late", "late", job="one", started=1795990000000)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        rows = [("loss", 1.0, 1795990000000 + step, "late", step) for step in range(20)]
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, 0)", rows)
    all_of(world.gatherer(started=1795990000.0))
    assert world.rows("mlflow") == [("loss", step, 1.0) for step in range(20)]


def test_another_attempt_has_rows_of_its_own_under_the_same_names(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    first = world.gatherer(started=BEGAN)
    all_of(first)
    first.leave()
    count = len(world.rows("mlflow"))
    add_run(path, "again", "again")
    log(path, "loss", 3.0, 0, run="again")
    all_of(world.gatherer(started=BEGAN + 40, attempt=2))
    assert len(world.rows("mlflow")) == count + 1
    (second,) = (world.run / "gathered").glob("mlflow-*-a2.names")
    assert second.read_text() == '"loss"\n'


def test_runs_of_one_name_are_told_apart(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    for run in ("a", "b"):
        add_run(path, run, "second")
        log(path, "loss", 1.0, 0, run=run)
    all_of(world.gatherer(started=BEGAN))
    assert {"second/loss", "second (2)/loss", "second (3)/loss"} <= names(world)


def test_a_database_in_place_of_another_is_read_anew(world: World, all_of: Gather) -> None:
    path = recorded(world.folder / "mlflow.db")
    one = world.gatherer(started=BEGAN)
    all_of(one)
    before = world.rows("mlflow")
    shutil.copy(path, world.folder / "copy")
    (world.folder / "copy").replace(path)
    log(path, "loss", 0.1, 5)
    all_of(one)
    assert repr(world.rows("mlflow")) == repr([*before, ("loss", 5, 0.1)])


def test_a_database_that_is_not_mlflows_says_nothing(world: World, all_of: Gather) -> None:
    with closing(sqlite3.connect(world.folder / "mlflow.db")) as connection:
        connection.execute("CREATE TABLE metrics (name TEXT, value FLOAT)")
        connection.execute("INSERT INTO metrics VALUES ('loss', 1)")
        connection.commit()
    one = world.gatherer()
    all_of(one)
    assert world.rows() == []
    assert one.trouble == ""


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_file_of_that_name_that_is_none_harms_nobody(world: World, all_of: Gather, content: bytes) -> None:
    world.write("mlflow.db", content)
    world.write("metrics.csv", "step,loss\n1,0.5\n")
    one = world.gatherer()
    all_of(one)
    assert world.rows() == [("loss", 1, 0.5)]


def test_a_state_that_means_nothing_is_begun_anew(world: World, all_of: Gather) -> None:
    recorded(world.folder / "mlflow.db")
    first = world.gatherer(started=BEGAN)
    all_of(first)
    first.leave()
    before = world.rows("mlflow")
    state = world.run / "gathered" / "state.json"
    content = json.loads(state.read_text())
    for one in content["inputs"].values():
        one["memory"] = b64encode(b'{"prefixes": 7}').decode()
    state.write_text(json.dumps(content))
    all_of(world.gatherer(started=BEGAN))
    assert repr(world.rows("mlflow")[len(before) :]) == repr(before)


@pytest.mark.proves("training.gathered-outside")
def test_a_database_below_a_run_outside_of_jobs_is_read_too(world: World) -> None:
    recorded(world.run / "mlflow.db")
    gather_folder(world.run)
    assert {"loss", "second/loss", "theirs/loss", "unmarked/loss"} <= names(world)
