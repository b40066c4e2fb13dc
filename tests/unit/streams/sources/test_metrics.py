"""The curves of a job, as samples."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.base.live import follower
from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.sources import metrics
from jupyter_crispdm.streams.sources.metrics import MetricsSource, joined
from jupyter_crispdm.tracking.run import RunReader
from jupyter_crispdm.tracking.types import Series
from tests.support import eventually, nap, too_late
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "job"
    run.mkdir()
    return run


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "stream"
    directory.mkdir()
    return directory


def log(run: Path, *rows: dict[str, Any]) -> None:
    with (run / "metrics.jsonl").open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def source(run: Path, directory: Path, *names: str) -> MetricsSource:
    return MetricsSource(run, directory, names, sleep=nap)


async def rows(reading: Reading, count: int) -> Any:
    await reading.until(lambda: len(Mapper()(reading.got)) >= count)
    return Mapper()(reading.got).columns


@pytest.mark.proves("streams.metrics")
async def test_a_step_is_a_sample(run: Path, directory: Path) -> None:
    log(run, {"loss": 1.0, "acc": 0.1, "step": 1, "time": 1.7e9})
    log(run, {"loss": 0.5, "acc": 0.2, "step": 2, "time": 1.7e9 + 1})
    async with Reading(source(run, directory)) as reading:
        columns = await rows(reading, 2)
        assert list(columns["loss"]) == [1, 0.5]
        assert list(columns["acc"]) == [0.1, 0.2]
        assert list(columns["step"]) == [1, 2]
        assert list(columns["time"]) == [1.7e9, 1.7e9 + 1]
        log(run, {"loss": 0.25, "step": 3, "time": 1.7e9 + 2})
        assert (await rows(reading, 3))["loss"][-1] == 0.25


@pytest.mark.proves("streams.metrics")
async def test_it_goes_on_after_what_was_stored(run: Path, directory: Path) -> None:
    log(run, {"loss": 1.0, "step": 1, "time": 1.7e9})
    async with Reading(source(run, directory)) as reading:
        await rows(reading, 1)
    log(run, {"loss": 0.5, "step": 2, "time": 1.7e9 + 1})
    async with Reading(source(run, directory)) as reading:
        assert list((await rows(reading, 1))["loss"]) == [0.5]


async def test_some_metrics_can_be_chosen(run: Path, directory: Path) -> None:
    log(run, {"loss": 1.0, "acc": 0.1, "step": 1, "time": 1.7e9})
    async with Reading(source(run, directory, "acc")) as reading:
        assert list(await rows(reading, 1)) == ["time", "step", "acc"]


async def test_a_long_run_comes_in_pieces(run: Path, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "AT_ONCE", 7)
    log(run, *({"loss": float(step), "step": step, "time": 1.7e9 + step} for step in range(50)))
    async with Reading(source(run, directory)) as reading:
        assert list((await rows(reading, 50))["loss"]) == list(range(50))
        assert len(reading.got) > 5


async def test_a_run_that_is_written_anew_is_read_anew(run: Path, directory: Path) -> None:
    log(run, {"loss": 1.0, "step": 1, "time": 1.7e9}, {"loss": 2.0, "step": 2, "time": 1.7e9})
    async with Reading(source(run, directory)) as reading:
        await rows(reading, 2)
        (run / "metrics.jsonl").write_text("")
        log(run, {"loss": 9.0, "step": 1, "time": 1.7e9})
        assert (await rows(reading, 3))["loss"][-1] == 9


async def test_a_job_that_is_not_there_is_said(run: Path, directory: Path) -> None:
    async with Reading(source(run / "gone", directory)) as reading:
        await reading.until(lambda: "directory is not there" in reading.source.trouble)


async def test_what_a_slow_disk_said_too_late_is_read_again(
    run: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of a look that took over ten seconds were passed over."""
    late = too_late(monkeypatch, follower, "_turn")
    log(run, {"loss": 1.0, "step": 1, "time": 1.7e9})
    async with Reading(source(run, directory)) as reading:
        await reading.until(lambda: late)
        assert reading.got == []
        late.append("quick")
        log(run, {"loss": 0.5, "step": 2, "time": 1.7e9 + 1})
        assert list((await rows(reading, 2))["loss"]) == [1, 0.5]


async def test_the_files_are_closed_when_a_look_that_was_left_needs_them_no_more(
    run: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look went on with the numbers of closed files, which others had by then."""
    looking, goes_on, told = threading.Event(), threading.Event(), list[str]()

    def look(_: RunReader) -> int:
        looking.set()
        assert goes_on.wait(60)
        told.append("looked")
        return 0

    monkeypatch.setattr(RunReader, "look", look)
    monkeypatch.setattr(RunReader, "close", lambda _: told.append("closed"))
    async with Reading(source(run, directory)):
        assert await asyncio.to_thread(looking.wait, 60)
    assert told == []
    goes_on.set()
    await eventually(lambda: "closed" in told)
    assert told == ["looked", "closed"]


def test_what_was_logged_together_is_one_row() -> None:
    def series(*points: tuple[int, float, float]) -> Series:
        step, value, time = (np.array(column) for column in zip(*points, strict=True))
        return Series(step.astype(np.int64), value.astype(float), time.astype(float))

    table = joined({"a": series((2, 1.0, 20.0), (1, 2.0, 10.0)), "step": series((1, 3.0, 10.0), (5, 4.0, np.nan))})
    assert table == {
        "time": [None, 10.0, 20.0], "step": [5, 1, 2], "a": [None, 2.0, 1.0], "metric_step": [4.0, 3.0, None],
    }  # fmt: skip
    assert joined({}) == {}
