"""What a program logged and printed is shown once: under the name that it logged it by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import RunReader, RunSource, read_run
from jupyter_crispdm.tracking.ranks import LOG, RANKS, Ranking
from jupyter_crispdm.tracking.types import MetricsFact, Series

from ..conftest import Writer
from ..reading import Reading
from .test_ranks import gathered, run

__all__ = ["run"]

VALUES = [0.731912, 0.523341, 0.31204, 0.1899951]
PRINTED = [0.7319, 0.5233, 0.312, 0.19]


def shown(run: Path) -> list[str]:
    return sorted(read_run(run))


@pytest.mark.proves("training.twins")
def test_a_loss_that_was_logged_and_printed_is_shown_as_it_was_logged(run: Path) -> None:
    Writer(run, "1-a").log("train/loss", *VALUES)
    gathered(run, "log-00000000").log("loss", *PRINTED)
    gathered(run, "log-00000000b").log("speed", 12.0)
    found = read_run(run)
    assert sorted(found) == ["speed", "train/loss"]
    assert found["train/loss"].value.tolist() == VALUES
    reader = RunReader(run)
    assert sorted(reader.since()[1]) == ["speed", "train/loss"]
    assert sorted(reader.zoom("step", 0, 9, 100)[1]) == ["speed", "train/loss"]
    reader.close()


@pytest.mark.proves("training.twins")
@pytest.mark.parametrize(
    ("logged", "printed"),
    [("val/loss", "val_loss"), ("loss", "train loss"), ("metrics/Val.Loss", "val-loss"), ("train/acc", "acc")],
)
def test_the_words_of_one_name_end_those_of_the_other(run: Path, logged: str, printed: str) -> None:
    Writer(run, "1-a").log(logged, *VALUES)
    gathered(run, "log-0").log(printed, *PRINTED)
    assert shown(run) == [logged]


@pytest.mark.parametrize(
    ("logged", "printed"), [("train/loss", "val_loss"), ("train/acc", "loss"), ("closs", "loss"), ("/", "_")]
)
def test_other_names_stay_beside_each_other_whatever_their_numbers_are(run: Path, logged: str, printed: str) -> None:
    Writer(run, "1-a").log(logged, *VALUES)
    gathered(run, "log-0").log(printed, *PRINTED)
    assert shown(run) == sorted([logged, printed])


@pytest.mark.proves("training.twins")
@pytest.mark.parametrize(
    "printed",
    [
        pytest.param([f"{one:.4f}" for one in VALUES], id="places"),
        pytest.param([f"{one:.3g}" for one in VALUES], id="digits"),
        pytest.param([f"{one:.2e}" for one in VALUES], id="exponent"),
        pytest.param([repr(one) for one in VALUES], id="all"),
        pytest.param([str(np.float32(one)) for one in VALUES], id="single"),
    ],
)
def test_it_is_minded_how_a_number_was_printed(run: Path, printed: list[str]) -> None:
    Writer(run, "1-a").log("train/loss", *VALUES)
    gathered(run, "log-0").log("loss", *(float(one) for one in printed))
    assert shown(run) == ["train/loss"]


@pytest.mark.proves("training.twins")
@pytest.mark.parametrize(
    "printed",
    [
        pytest.param([*PRINTED[:3], 0.1901], id="one-other"),
        pytest.param([0.7318, *PRINTED[1:]], id="last-place"),
        pytest.param([float("nan"), *PRINTED[1:]], id="nan"),
        pytest.param([1.0, 1.0, 0.0, 0.0], id="one-digit"),
    ],
)
def test_other_numbers_are_shown(run: Path, printed: list[float]) -> None:
    Writer(run, "1-a").log("train/loss", *VALUES)
    gathered(run, "log-0").log("loss", *printed)
    assert shown(run) == ["loss", "train/loss"]


def test_numbers_that_are_none_are_the_same(run: Path) -> None:
    values = [0.5123, float("nan"), float("inf"), 0.25]
    Writer(run, "1-a").log("train/loss", *values)
    gathered(run, "log-0").log("loss", *values)
    assert shown(run) == ["train/loss"]


@pytest.mark.proves("training.twins")
def test_what_is_printed_now_and_then_is_looked_for_at_its_steps(run: Path) -> None:
    Writer(run, "1-a").log("train/loss", *VALUES)
    log = gathered(run, "log-0")
    log.log("loss", PRINTED[1], step=1)
    log.log("loss", PRINTED[3], step=3)
    assert shown(run) == ["train/loss"]
    gathered(run, "log-1").log("acc", 0.5123, 0.6123, step=1)
    logged = Writer(run, "1-b")
    logged.log("train/acc", 0.5123, step=1)
    logged.log("train/acc", 0.6123, step=3)
    assert shown(run) == ["acc", "train/acc", "train/loss"]


@pytest.mark.proves("training.twins")
def test_those_of_two_processes_and_of_two_attempts_are_told_apart(run: Path) -> None:
    Writer(run, "1-a").log("train/loss", 0.7123, 0.5123)
    Writer(run, "1-b").log("train/loss", 0.6123, 0.4123)
    gathered(run, "log-0").log("loss", 0.61, 0.41)
    assert shown(run) == ["train/loss"]
    Writer(run, "2-a-a2").log("train/loss", 0.3123, 0.2123)
    again = gathered(run, "log-0-a2")
    again.log("loss", 0.31)
    assert shown(run) == ["train/loss"]
    again.log("loss", 0.41, step=1)
    assert shown(run) == ["loss", "train/loss"]


@pytest.mark.proves("training.twins")
def test_followers_are_told_anew_when_it_shows_that_a_name_is_none(run: Path) -> None:
    log = gathered(run, "log-0")
    log.log("loss", *PRINTED[:2])
    reading = Reading(RunSource(run), MetricsFact)
    first = reading.next()
    assert first is not None
    assert list(first.series) == ["loss"]
    logged = Writer(run, "1-a")
    logged.log("train/loss", *VALUES[:2])
    told = reading.all()
    assert told[0].reset
    assert {name for entry in told for name in entry.series} == {"train/loss"}
    log.log("loss", 9.5, step=2)
    logged.log("train/loss", VALUES[2], step=2)
    told = reading.all()
    assert told[0].reset
    assert {name for entry in told for name in entry.series} == {"loss", "train/loss"}


def test_what_is_still_to_be_logged_does_not_speak_against_it(run: Path) -> None:
    Writer(run, "1-a").log("train/loss", *VALUES[:2])
    gathered(run, "log-0").log("loss", *PRINTED)
    assert shown(run) == ["train/loss"]


class File:
    """A file that counts how often it is read."""

    attempt = 1
    rewritten = 0

    def __init__(self, rank: int, **curves: list[float]) -> None:
        self.rank, self.curves, self.reads = rank, curves, 0

    def names(self) -> list[str]:
        return list(self.curves)

    def read(self, start: int, stop: int) -> dict[str, Series]:
        self.reads += 1
        return {
            name: Series(np.arange(len(values)), np.array(values), np.full(len(values), np.nan))
            for name, values in self.curves.items()
        }


@pytest.mark.proves("training.twins")
def test_files_are_read_while_they_grow_and_until_it_is_settled() -> None:
    values = np.random.default_rng(1).random(100).tolist()
    logged, log = File(0, **{"a/loss": values}), File(RANKS[LOG], loss=values[:10])
    other = File(0, acc=values)
    ranking = Ranking()
    for _ in range(3):
        ranking.look([logged, log, other], 210)
    assert (set(ranking.hidden), logged.reads, other.reads) == ({"loss"}, 1, 0)
    log.curves["loss"] = values
    ranking.look([logged, log, other], 300)
    ranking.look([logged, log, other], 301)
    assert (set(ranking.hidden), logged.reads) == ({"loss"}, 2)
    logged.rewritten = 1
    logged.curves["a/loss"] = values[::-1]
    ranking.look([logged, log, other], 301)
    assert (set(ranking.hidden), logged.reads, ranking.changes) == (set(), 3, 1)


def test_many_rows_are_read_again_only_when_there_are_a_quarter_more() -> None:
    """A look comes with each frame, and read all rows of a fast training each time."""
    logged, log = File(0, **{"a/loss": [0.25]}), File(RANKS[LOG], loss=[0.25])
    ranking = Ranking()
    for rows in range(10_000, 20_000):
        ranking.look([logged, log], rows)
    assert (set(ranking.hidden), logged.reads) == ({"loss"}, 4)


def test_where_no_names_are_alike_nothing_is_read() -> None:
    logged, log = File(0, acc=[1.0]), File(RANKS[LOG], loss=[1.0])
    Ranking().look([logged, log], 2)
    assert (logged.reads, log.reads) == (0, 0)
