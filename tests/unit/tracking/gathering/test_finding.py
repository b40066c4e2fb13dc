"""Which files belong to a run, and which are left alone."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.gathering import finding
from jupyter_crispdm.tracking.gathering.finding import Claims, Finder
from jupyter_crispdm.tracking.gathering.kinds import kind_of

from .conftest import World

START = 1_700_000_000.0


class FakeClock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def finder(
    world: World, run: Path | None = None, started: float = START, clock: FakeClock | None = None, end: float = 4e9
) -> Finder:
    def opened() -> Collection[str]:
        return world.opened

    return Finder(run or world.run, world.folder, started, opened, world.claims, clock or FakeClock(), lambda: end)


def found(one: Finder) -> list[str]:
    return sorted(file.key.rsplit("/workdir/", 1)[-1] for file in one.look(now=True))


def age(path: Path, time: float) -> None:
    os.utime(path, (time, time))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("runs/a/events.out.tfevents.1764000000.host.1.0", "tensorboard"),
        ("lightning_logs/version_0/metrics.csv", "table"),
        ("runs/detect/train/results.csv", "table"),
        ("training.log", "table"),
        ("out/scores.csv", "table"),
        ("wandb/offline-run-1/run-x.wandb", "wandb"),
        ("mlruns/0/abc/metrics/val/loss", "mlflow"),
        ("out/metrics.json", "objects"),
        ("vis_data/20260101.log.json", "objects"),
        ("log.jsonl", "objects"),
        ("mlruns/0/abc/params/lr", None),
        ("mlruns/0/meta.yaml", None),
        ("runs/a/1764000000.123/events.out.tfevents.1764000000.host.1.0", None),
        ("package.json", None),
        ("train.py", None),
        ("model.pt", None),
        ("metrics", None),
    ],
)
def test_files_are_told_by_their_names(path: str, kind: str | None) -> None:
    told = kind_of(path)
    assert (told and told.name) == kind


@pytest.mark.proves("training.found-own")
def test_what_was_made_since_the_run_began_is_its_own_and_what_was_there_before_is_not(world: World) -> None:
    age(world.write("old/metrics.csv", "x"), START - 60)
    world.write("new/metrics.csv", "x")
    assert found(finder(world)) == ["new/metrics.csv"]


def test_what_was_there_before_stays_out_when_it_is_written_unless_the_run_has_it_open(world: World) -> None:
    old = world.write("metrics.csv", "x")
    age(old, START - 60)
    one = finder(world)
    assert found(one) == []
    world.write("metrics.csv", "y")
    assert found(one) == []
    world.opened.add(str(old))
    assert found(one) == ["metrics.csv"]


@pytest.mark.proves("training.found-own")
def test_of_two_runs_in_one_folder_each_has_what_it_has_open_and_nobody_guesses(world: World) -> None:
    other = world.run.parent / "two"
    one, two = finder(world), finder(world, other)
    path = world.write("metrics.csv", "x")
    assert found(one) == found(two) == []
    world.opened.add(str(path))
    assert found(two) == ["metrics.csv"]
    assert found(one) == []


@pytest.mark.proves("training.found-own")
@pytest.mark.parametrize("how", ["cut and written", "replaced"])
def test_a_file_of_an_earlier_run_that_is_begun_anew_belongs_to_the_run_that_does_it(world: World, how: str) -> None:
    """As a script does that is run again, and writes over its last table."""
    path = world.write("training.log", "epoch,loss\n1,0.5\n")
    after = path.stat().st_mtime + 60
    first = finder(world, started=path.stat().st_mtime, end=after - 30)
    assert found(first) == ["training.log"]
    first.close()
    second = finder(world, world.run.parent / "two", started=after)
    assert found(second) == []
    if how == "replaced":
        path.unlink()
        (world.folder / "other").write_text("x")  # so that the number of the file is another one
    world.write("training.log", "epoch,loss\n" + ("1,0.5\n2,0.5\n" if how == "replaced" else ""), anew=True)
    age(path, after + 60)
    assert found(second) == ["training.log"]


def test_a_run_that_goes_on_does_not_take_the_file_of_one_that_is_over(world: World) -> None:
    one, two = finder(world), finder(world, world.run.parent / "two")
    path = world.write("metrics.csv", "x")
    world.opened.add(str(path))
    assert found(one) == ["metrics.csv"]
    one.close()
    assert found(two) == []


def test_a_run_that_is_only_about_to_begin_is_a_rival_already(world: World) -> None:
    others = {world.run.parent / "two": world.folder}
    world.claims = Claims(lambda: others)
    one = finder(world)
    world.write("metrics.csv", "x")
    assert found(one) == []
    others.clear()
    assert found(one) == ["metrics.csv"]


def test_when_the_other_run_is_over_what_is_made_then_belongs_to_the_one_that_is_left(world: World) -> None:
    one, two = finder(world), finder(world, world.run.parent / "two")
    two.close()
    world.write("metrics.csv", "x")
    assert found(one) == ["metrics.csv"]


def test_a_run_that_works_elsewhere_is_no_rival(world: World, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Finder(world.run.parent / "two", tmp_path / "elsewhere", START, claims=world.claims)
    world.write("metrics.csv", "x")
    assert found(finder(world)) == ["metrics.csv"]


def test_what_a_run_had_stays_its_own_after_it_is_over_and_after_a_restart(world: World) -> None:
    path = world.write("metrics.csv", "x")
    one = finder(world)
    assert found(one) == ["metrics.csv"]
    one.close()
    assert found(finder(world, world.run.parent / "two")) == []
    again = World.__new__(World)
    again.__dict__.update(world.__dict__, claims=Claims())
    first = finder(again)
    first.keep([str(path)])
    assert found(first) == []
    first.close()
    assert found(finder(again, world.run.parent / "two")) == []


@pytest.mark.proves("training.found-safe")
def test_links_hidden_folders_and_folders_of_libraries_are_not_looked_into(world: World, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "metrics.csv").write_text("x")
    (world.folder / "link").symlink_to(tmp_path / "secret")
    (world.folder / "metrics.csv").symlink_to(tmp_path / "secret" / "metrics.csv")
    os.mkfifo(world.folder / "log.jsonl")
    for folder in (".cache", "node_modules", "crispdm-runs/x", "a/b/c/d/e/f/g"):
        world.write(f"{folder}/metrics.csv", "x")
    world.write("ok/metrics.csv", "x")
    assert found(finder(world)) == ["ok/metrics.csv"]


@pytest.mark.proves("training.found-safe")
def test_the_search_is_bounded_and_near_files_come_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_MOST_ENTRIES", 100)
    for number in range(200):
        world.write(f"a/deep/{number}.txt", "")
    world.write("b/metrics.csv", "x")
    assert found(finder(world)) == ["b/metrics.csv"]


def test_no_more_files_than_a_run_may_have_are_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_MOST_FOUND", 3)
    one = finder(world)
    for number in range(10):
        world.write(f"{number}/metrics.csv", "x")
    assert len(found(one)) == 3
    assert found(one) == []


def test_files_of_other_people_are_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write("metrics.csv", "x")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert found(finder(world)) == []


def test_the_runs_own_directory_is_looked_through_without_our_own_files(world: World) -> None:
    ours = ("metrics/1.csv", "gathered/x.csv", "artifacts/results.csv", "metrics.jsonl")
    for name in (*ours, "tb/tfevents.1", "metrics.csv"):
        path = world.run / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert found(finder(world)) == ["metrics.csv", "tb/tfevents.1"]


def test_directories_of_other_jobs_are_not_looked_into(world: World) -> None:
    run = world.folder / "data" / "jobs" / "one"
    other = world.folder / "data" / "jobs" / "two"
    for path in (run, other):
        path.mkdir(parents=True)
        (path / "metrics.csv").write_text("x")
    keys = [file.key for file in finder(world, run).look(now=True)]
    assert keys == ["metrics.csv"]


def test_it_looks_again_after_a_pause_that_its_cost_sets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    one = finder(world, clock=clock)
    real = finding._walk

    def slow(folder: Path, without: Collection[str]) -> list[str]:
        clock.now += 0.05
        return list(real(folder, without))

    monkeypatch.setattr(finding, "_walk", slow)
    one.look()
    world.write("metrics.csv", "x")
    for pause, expected in ((1.0, 0), (18.0, 0), (2.0, 1)):
        clock.now += pause
        assert len(one.look()) == expected


def test_a_folder_that_is_gone_is_nothing(world: World) -> None:
    world.folder.rmdir()
    assert found(finder(world)) == []


def test_names_that_are_no_text_are_left_out(world: World) -> None:
    with open(os.fsencode(world.folder) + b"/\xff.csv", "w") as file:
        file.write("x")
    assert found(finder(world)) == []


def test_what_is_claimed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_MOST_CLAIMS", 2)
    claims = Claims()
    for number in range(5):
        assert claims.take(Path("/a"), Path(f"/f/{number}"))
    assert claims.take(Path("/b"), Path("/f/0"))
    assert not claims.take(Path("/b"), Path("/f/4"))
