"""Glances at runs that go on: what they tell is what a whole look tells, and what they cannot tell they leave to it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.live.core.log import State
from jupyter_crispdm.tracking import RunReader, RunSource
from jupyter_crispdm.tracking.sources import RECORD
from jupyter_crispdm.tracking.types import MetricsFact
from tests.support import open_below

from .conftest import Writer
from .reading import Reading

Points = dict[str, list[tuple[int, float]]]


class Eager(RunSource):
    """A source that is glanced at wherever that will do, and counts how often it did: its topic reads so.

    `has_moved`: files came or went since the last look, and not only were written.
    """

    glances = 0
    has_moved = False

    def look(self, over: bool) -> State:
        found = None if over or self.has_moved else self.glance()
        self.glances += found is not None
        self.has_moved = False
        return found or super().look(over)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The directory of a run."""
    path = tmp_path / "run"
    path.mkdir()
    return path


def glanced(run: Path, names: int = 1) -> RunReader:
    """A reader that has seen a row of each of a few names."""
    writer = Writer(run, "1-a")
    for number in range(names):
        writer.log(f"m{number}", 0.0)
    reader = RunReader(run)
    end = reader.look()
    writer.log("m0", 0.5, step=1)
    reader.between(end, reader.look())
    return reader


def more(run: Path, *values: float, step: int = 2, number: int = 0) -> None:
    """Rows that the writing process adds."""
    rows = [(number, step + offset, value, 0.0) for offset, value in enumerate(values)]
    with (run / "metrics" / "1-a.bin").open("ab") as file:
        file.write(np.array(rows, RECORD).tobytes())


@pytest.mark.proves("live.fresh")
def test_new_rows_are_told_without_opening_anything(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = glanced(run)
    assert reader.glance() == 2

    def refused(*_: object, **__: object) -> int:
        raise AssertionError("a glance opens nothing by its name")

    monkeypatch.setattr(os, "open", refused)
    for at in range(2, 6):
        more(run, float(at), step=at)
        assert reader.glance() == at + 1
        found = reader.between(at, at + 1)
        assert (found["m0"].step.tolist(), found["m0"].value.tolist()) == ([at], [at])
    monkeypatch.undo()
    assert reader.look() == 6
    assert reader.between(0, 6)["m0"].value.tolist() == [0, 0.5, 2, 3, 4, 5]
    reader.close()


def test_a_reader_that_is_behind_gets_the_rows_before_the_newest_too(run: Path) -> None:
    reader = glanced(run, names=2)
    more(run, 2.0, 3.0)
    assert reader.glance() == 5
    more(run, 7.0, number=1)
    assert reader.glance() == 6
    assert {name: one.value.tolist() for name, one in reader.between(3, 6).items()} == {"m0": [2, 3], "m1": [7]}
    assert {name: one.value.tolist() for name, one in reader.between(5, 6).items()} == {"m1": [7]}
    assert {name: one.value.tolist() for name, one in reader.between(0, 6).items()} == {
        "m0": [0, 0.5, 2, 3], "m1": [0, 7],
    }  # fmt: skip
    reader.close()


def _cut(run: Path) -> None:
    os.truncate(run / "metrics" / "1-a.bin", RECORD.itemsize)


def _written_anew(run: Path) -> None:
    _cut(run)
    more(run, 7.0, 8.0, 9.0)


def _replaced(run: Path) -> None:
    path = run / "metrics" / "1-a.bin"
    shutil.copy(path, run / "copy")
    path.unlink()
    (run / "copy").rename(path)
    more(run, 7.0)


def _removed(run: Path) -> None:
    (run / "metrics" / "1-a.bin").unlink()


def _with_another_name(run: Path) -> None:
    with (run / "metrics" / "1-a.names").open("a") as file:
        file.write('"new"\n')
    more(run, 7.0, number=1)


def _with_very_many_rows(run: Path) -> None:
    more(run, *map(float, range(5000)))


def _grown_without_a_byte(run: Path) -> None:
    os.truncate(run / "metrics" / "1-a.bin", (1 << 25) * RECORD.itemsize)


@pytest.mark.parametrize(
    "change",
    [_cut, _written_anew, _replaced, _removed, _with_another_name, _with_very_many_rows, _grown_without_a_byte],
)
def test_what_is_more_than_a_few_new_rows_takes_a_look(run: Path, change: Callable[[Path], None]) -> None:
    reader = glanced(run)
    more(run, 2.0)
    assert reader.glance() == 3
    change(run)
    assert reader.glance() is None
    assert reader.glance() is None, "and a glance changes nothing of what a look finds"
    whole = RunReader(run)
    assert reader.look() == whole.look()
    assert whole.epoch in (reader.epoch, ""), "a run without a file has none yet"
    end = reader.look()
    found, wanted = reader.between(0, end, 100), whole.between(0, end, 100)
    assert {name: one.value.tolist() for name, one in found.items()} == {
        name: one.value.tolist() for name, one in wanted.items()
    }
    reader.close()
    whole.close()


def test_a_run_of_json_lines_and_one_without_files_take_looks(run: Path) -> None:
    reader = RunReader(run)
    assert reader.look() == 0
    assert reader.glance() is None
    reader.close()
    reader = glanced(run)
    (run / "metrics.jsonl").write_text('{"loss": 1}\n')
    assert reader.look() == 3
    assert reader.glance() is None
    reader.close()


def test_a_run_of_very_many_processes_takes_looks_and_holds_no_file_open(run: Path) -> None:
    for number in range(20):
        Writer(run, f"{number}-a").log("loss", 1.0)
    reader = RunReader(run)
    assert reader.look() == 20
    assert reader.glance() is None
    assert len(open_below(run)) == 1, "the journal of the order, and nothing else"
    reader.close()


def test_who_closes_a_reader_lets_go_of_the_files_that_it_glanced_at(run: Path) -> None:
    reader = glanced(run)
    assert reader.glance() == 2
    assert len(open_below(run)) == 2
    reader.close()
    assert open_below(run) == []


def test_a_file_that_was_replaced_is_let_go_of(run: Path) -> None:
    reader = glanced(run)
    assert reader.glance() == 2
    before = open_below(run)
    _replaced(run)
    assert reader.look() == 3
    assert len(open_below(run)) == len(before) - 1
    assert reader.glance() == 3, "the new one is opened"
    reader.close()


def test_two_who_glance_number_the_rows_of_two_processes_alike(run: Path) -> None:
    writers = [Writer(run, "1-a"), Writer(run, "2-b")]
    for writer in writers:
        writer.log("loss", 0.0)
    sources = [Eager(run), Eager(run)]
    readings = [Reading(source, MetricsFact) for source in sources]
    seen: list[Points] = [{}, {}]
    chance = random.Random(7)
    for step in range(1, 200):
        chance.choice(writers).log("loss", float(step), step=step)
        which = chance.randrange(2)
        _follow(readings[which], seen[which])
    for reading, points in zip(readings, seen, strict=True):
        _follow(reading, points)
    assert seen[0] == seen[1] == {"loss": [(0, 0.0), (0, 0.0), *((step, float(step)) for step in range(1, 200))]}
    assert readings[0].place == readings[1].place
    for source in sources:
        assert source.glances > 50
        source.close()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_written_glances_tell_the_same_as_looks(run: Path, seed: int) -> None:
    chance = random.Random(seed)
    story = _Story(run, chance)
    story.log()
    source = Eager(run)
    glancing, looking = Reading(source, MetricsFact), Reading(RunSource(run), MetricsFact)
    seen: list[Points] = [{}, {}]
    for _ in range(80):
        source.has_moved |= chance.choices(story.turns, [30, 2, 1, 1])[0]()
        for reading, points in zip((glancing, looking), seen, strict=True):
            if chance.random() < 0.7:
                _follow(reading, points)
    for reading, points in zip((glancing, looking), seen, strict=True):
        _follow(reading, points)
    assert seen[0] == seen[1]
    assert glancing.place == looking.place
    assert source.glances > 10
    source.close()
    looking.source.close()


class _Story:
    """What programs do to a run; each turn answers whether files came or went."""

    def __init__(self, run: Path, chance: random.Random) -> None:
        self._run, self._chance, self._count = run, chance, 0
        self._writers = [Writer(run, "0-a")]
        self.turns = [self.log, self.another_process, self.begin_anew, self.replace]

    def log(self) -> bool:
        self._log(self._chance.choice(self._writers))
        return False

    def another_process(self) -> bool:
        self._writers.append(Writer(self._run, f"{len(self._writers)}-a"))
        self._log(self._writers[-1])
        return True

    def begin_anew(self) -> bool:
        os.truncate(self._chance.choice(self._writers).path, 0)
        return False

    def replace(self) -> bool:
        path = self._chance.choice(self._writers).path
        shutil.copy(path, self._run / "copy")
        os.replace(self._run / "copy", path)
        return True

    def _log(self, writer: Writer) -> None:
        values = [self._chance.random() for _ in range(self._chance.choice((1, 1, 1, 3, 40)))]
        name = self._chance.choice(("loss", "loss", "accuracy", "rate"))
        self._count += len(values)
        writer.log(name, *values, step=self._count)


def _follow(reading: Reading[MetricsFact], points: Points) -> None:
    for fact in reading.all():
        if fact.reset:
            points.clear()
        for name, curve in fact.series.items():
            for step, value in zip(curve.step, curve.value, strict=True):
                assert isinstance(value, float)
                points.setdefault(name, []).append((step, value))
    for several in points.values():
        several.sort()
