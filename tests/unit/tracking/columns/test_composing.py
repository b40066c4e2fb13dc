"""One curve out of several files: attempts, ranks, processes side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import RunReader, RunSource, read_run
from jupyter_crispdm.tracking.columns.keeping import keep
from jupyter_crispdm.tracking.sources import BinarySource, Source, Sources
from jupyter_crispdm.tracking.types import MetricsFact

from ..conftest import Writer
from ..reading import Reading
from .conftest import noise, write_rows


def test_the_attempt_stands_in_the_name_of_the_file(tmp_path: Path) -> None:
    names = ["4711-0a1b2c3d", "4711-0a1b2c3d-a2", "4711-0a1b2c3d-r3-a12", "4711-0a1b2c3d-r3"]
    attempts = [BinarySource(tmp_path / "run" / "metrics" / f"{name}.bin").attempt for name in names]
    assert attempts == [1, 2, 12, 1]


@pytest.mark.proves("columns.restarts")
def test_a_resumed_attempt_goes_on_where_it_began_and_is_marked(run: Path) -> None:
    Writer(run, "1-a").log("loss", *map(float, range(10)))
    Writer(run, "2-b-a2").log("loss", 60.0, 70.0, step=6, at=100)
    loss = read_run(run)["loss"]
    assert loss.step.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert loss.value.tolist() == [0, 1, 2, 3, 4, 5, 60, 70]
    assert loss.restarts == (6,)


def test_an_attempt_from_the_start_leaves_nothing_of_the_one_before(run: Path) -> None:
    Writer(run, "1-a").log("loss", *map(float, range(10)))
    Writer(run, "2-b-a2").log("loss", 5.0, 4.0, at=100)
    loss = read_run(run)["loss"]
    assert (loss.value.tolist(), loss.restarts) == ([5, 4], (0,))


def test_each_attempt_takes_over_at_its_own_step(run: Path) -> None:
    Writer(run, "1-a").log("loss", *map(float, range(10)))
    Writer(run, "2-b-a2").log("loss", *map(float, range(20, 30)), step=4, at=100)
    Writer(run, "3-c-a3").log("loss", 99.0, step=8, at=200)
    loss = read_run(run)["loss"]
    assert loss.step.tolist() == list(range(9))
    assert loss.value.tolist() == [0, 1, 2, 3, 20, 21, 22, 23, 99]
    assert loss.restarts == (4, 8)


def test_a_curve_that_only_an_earlier_attempt_has_stays(run: Path) -> None:
    Writer(run, "1-a").log("warmup", 1.0, 2.0)
    Writer(run, "2-b-a2").log("loss", 1.0, at=100)
    series = read_run(run)
    assert (series["warmup"].value.tolist(), series["warmup"].restarts) == ([1, 2], ())


def test_processes_of_one_attempt_stay_in_the_order_of_time(run: Path) -> None:
    Writer(run, "1-a").log("loss", 1.0, 3.0, at=10)
    Writer(run, "2-b").log("loss", 2.0, at=10.5)
    loss = read_run(run)["loss"]
    assert (loss.value.tolist(), loss.restarts) == ([1, 2, 3], ())


@pytest.mark.proves("columns.restarts")
def test_a_restart_is_told_live_once(run: Path) -> None:
    first = Writer(run, "1-a")
    first.log("loss", 1.0, 2.0, 3.0)
    reader = Reading(RunSource(run), MetricsFact)
    assert [fact.series["loss"].restarts for fact in reader.all()] == [[]]
    again = Writer(run, "2-b-a2")
    again.log("loss", 9.0, step=1, at=100)
    (fact,) = reader.all()
    assert (fact.series["loss"].step, fact.series["loss"].restarts) == ([1], [0])
    again.log("loss", 8.0, step=2, at=101)
    again.log("accuracy", 0.5, step=2, at=101)
    (fact,) = reader.all()
    assert (fact.series["loss"].step, fact.series["loss"].restarts) == ([2], [])
    assert fact.series["accuracy"].restarts == [0]
    anew = Reading(RunSource(run), MetricsFact).all()
    assert (anew[0].series["loss"].value, anew[0].series["loss"].restarts) == ([1, 9, 8], [1])


def test_a_reader_that_comes_back_after_the_restart_is_not_told_again(run: Path) -> None:
    Writer(run, "1-a").log("loss", 1.0, 2.0)
    again = Writer(run, "2-b-a2")
    again.log("loss", 9.0, step=1, at=100)
    cursor, _ = RunReader(run).since(0)
    again.log("loss", 8.0, step=2, at=101)
    _, series = RunReader(run).since(cursor)
    assert (series["loss"].value.tolist(), series["loss"].restarts) == ([8], ())
    _, series = RunReader(run).since(2)
    assert (series["loss"].value.tolist(), series["loss"].restarts) == ([9, 8], (0,))


def test_a_long_curve_is_cut_and_marked_in_any_zoom(run: Path) -> None:
    write_rows(run, noise(200_000), file="1-a")
    write_rows(run, noise(200_000, seed=2) + 1e6, file="2-b-a2", step=150_000)
    keep(run)
    reader = RunReader(run)
    _, found = reader.zoom("step", -np.inf, np.inf, 500)
    whole = found["m0"]
    assert np.all(np.diff(whole.step) > 0)
    (restart,) = whole.restarts
    assert whole.step[restart] >= 150_000
    assert np.all(whole.value[:restart] < 1e5)
    assert np.all(whole.value[restart:] > 1e5)
    _, found = reader.zoom("step", 149_990, 150_010, 500)
    assert found["m0"].step.tolist() == list(range(149_989, 150_012))
    assert found["m0"].restarts == (11,)
    _, found = reader.zoom("step", 160_000, 160_010, 500)
    assert (found["m0"].restarts, bool(np.all(found["m0"].value > 1e5))) == ((), True)
    reader.close()


@pytest.fixture
def ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose name begins with a letter are of a lower rank."""
    original = Sources.refresh

    def refresh(self: Sources) -> list[Source]:
        found = original(self)
        for source in found:
            if isinstance(source, BinarySource):
                source.rank = "0ab".find(source.key[0]) if source.key[0] in "0ab" else 0
        return found

    monkeypatch.setattr(Sources, "refresh", refresh)


@pytest.mark.usefixtures("ranked")
def test_of_one_name_the_best_rank_is_shown(run: Path) -> None:
    log, file, own = Writer(run, "b-log"), Writer(run, "a-file"), Writer(run, "1-own")
    log.log("loss", 1.0)
    log.log("speed", 5.0)
    file.log("loss", 2.0)
    file.log("rate", 0.1)
    own.log("loss", 3.0)
    expected = {"loss": [3], "speed": [5], "rate": [0.1]}
    assert {name: one.value.tolist() for name, one in read_run(run).items()} == expected
    reader = RunReader(run)
    cursor, series = reader.since(0)
    assert {name: one.value.tolist() for name, one in series.items()} == expected
    log.log("loss", 1.5)
    log.log("speed", 6.0)
    own.log("loss", 2.5)
    _, series = reader.since(cursor)
    assert {name: one.value.tolist() for name, one in series.items()} == {"loss": [2.5], "speed": [6]}
    reader.close()
