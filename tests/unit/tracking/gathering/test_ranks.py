"""Of one name the best source is shown, also when it comes late."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.tracking import RunReader, RunSource, read_run
from jupyter_crispdm.tracking.ranks import RANKS, Ranking, rank_of
from jupyter_crispdm.tracking.types import MetricsFact, Series

from ..conftest import Writer
from ..reading import Reading


def gathered(run: Path, name: str) -> Writer:
    """What the server writes for a run."""
    writer = Writer(run, name)
    writer.path = run / "gathered" / f"{name}.bin"
    writer.path.parent.mkdir(exist_ok=True)
    return writer


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "jobs" / "one"


def test_the_log_is_believed_last_and_what_nobody_knows_after_it() -> None:
    assert rank_of("log-00000000") == max(RANKS.values()) < rank_of("other-1")
    assert rank_of("tensorboard-1-a2") < rank_of("table-1") < rank_of("log-1")


@pytest.mark.proves("training.ranks")
def test_of_one_name_only_the_best_source_is_shown(run: Path) -> None:
    gathered(run, "log-00000000").log("loss", 9.0, 8.0)
    gathered(run, "log-00000001").log("printed", 1.0)
    gathered(run, "table-00000000").log("loss", 0.5, 0.25)
    gathered(run, "table-00000001").log("acc", 0.5)
    Writer(run, "1-a").log("acc", 0.9, 0.95)
    shown = {name: series.value.tolist() for name, series in read_run(run).items()}
    assert shown == {"loss": [0.5, 0.25], "printed": [1.0], "acc": [0.9, 0.95]}


@pytest.mark.proves("training.ranks")
def test_when_a_better_source_comes_late_followers_are_told_anew(run: Path) -> None:
    log = gathered(run, "log-00000000")
    log.log("loss", 9.0, 8.0)
    reading = Reading(RunSource(run), MetricsFact)
    first = reading.next()
    assert first is not None
    assert first.series["loss"].value == [9.0, 8.0]
    Writer(run, "1-a").log("loss", 0.5)
    told = reading.all()
    assert told[0].reset
    assert [curve.value for entry in told for name, curve in entry.series.items() if name == "loss"] == [[0.5]]
    log.log("loss", 7.0)
    assert all("loss" not in entry.series for entry in reading.all())


def test_a_better_source_of_other_names_changes_nothing(run: Path) -> None:
    gathered(run, "log-00000000").log("loss", 9.0)
    reader = RunReader(run)
    total, _ = reader.since()
    epoch = reader.epoch
    Writer(run, "1-a").log("acc", 0.5)
    _, news = reader.since(total)
    assert reader.epoch == epoch
    assert list(news) == ["acc"]
    reader.close()


def test_a_run_with_the_recorder_only_has_its_names_read_by_nobody() -> None:
    class Unread:
        rank = attempt = rewritten = 0

        def names(self) -> list[str]:
            raise AssertionError

        def read(self, start: int, stop: int) -> dict[str, Series]:
            raise AssertionError

    ranking = Ranking()
    ranking.look([Unread(), Unread()])
    assert (ranking.best, ranking.changes) == ({}, 0)
