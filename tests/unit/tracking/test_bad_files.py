"""A job that replaces, locks, links or bloats its own files: nobody else notices, and it is said why."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.tracking import RunEvents, RunReader, TrackingManager, follow_log, follow_metrics, tail_lines
from jupyter_crispdm.tracking.logfile import LogSource
from jupyter_crispdm.tracking.progress import LogProgressReader
from jupyter_crispdm.tracking.sources import RECORD
from jupyter_crispdm.tracking.types import LogFact

from .conftest import FakeWatcher, Writer
from .reading import Reading, next_curves, next_log
from .test_follow import never


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run directory with a log and a metric."""
    directory = tmp_path / "jobs" / "one"
    directory.mkdir(parents=True)
    (directory / "output.log").write_text("hello\n")
    Writer(directory, "1-a").log("loss", 1.0, 0.5)
    return directory


def a_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def a_link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/etc/hostname")


def a_directory(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


BAD = pytest.mark.parametrize("spoil", [a_pipe, a_link, a_directory])


@pytest.mark.proves("jobs.own-files")
@BAD
async def test_a_log_that_is_no_file_says_so_and_goes_on_when_it_is_one(
    run: Path, watcher: FakeWatcher, spoil: Callable[[Path], None]
) -> None:
    log = run / "output.log"
    spoil(log)
    messages = follow_log(log, None, never, watcher)
    fact = await next_log(messages)
    assert fact.text == ""
    assert str(fact.trouble).startswith("The log cannot be read: 'output.log' is a")
    log.rmdir() if log.is_dir() and not log.is_symlink() else log.unlink()
    log.write_text("again\n")
    told = [await next_log(messages)]  # also of a moment at which it was not there, or empty
    while told[-1].end < 6 or "" not in [fact.trouble for fact in told]:
        told.append(await next_log(messages))
    assert "".join(fact.text for fact in told) == "again\n"
    await messages.aclose()


@BAD
def test_a_log_that_was_replaced_is_read_on_as_long_as_it_was_open(run: Path, spoil: Callable[[Path], None]) -> None:
    reader = Reading(LogSource(run / "output.log"), LogFact)
    assert reader.next() is not None
    with (run / "output.log").open("a") as writer:
        spoil(run / "output.log")
        writer.write("more\n")
    facts = reader.all()
    assert [fact.text for fact in facts] == ["more\n", ""]
    assert "is a" in str(facts[-1].trouble)
    reader.source.close()


@BAD
def test_progress_and_events_are_not_waited_for(run: Path, spoil: Callable[[Path], None]) -> None:
    spoil(run / "output.log")
    spoil(run / "events.jsonl")
    assert LogProgressReader(run / "output.log").read() is None
    events = RunEvents(run)
    assert events.read() == []
    assert events.trouble.startswith("What it reports cannot be read: 'events.jsonl' is a")
    with pytest.raises(Unreadable):
        tail_lines(run / "output.log", 3)


@BAD
@pytest.mark.parametrize("name", ["metrics/1-a.names", "metrics/1-a.bin", "metrics.order", "metrics.jsonl"])
async def test_metrics_that_are_no_files_do_not_stop_the_rest(
    run: Path, watcher: FakeWatcher, spoil: Callable[[Path], None], name: str
) -> None:
    Writer(run, "2-b").log("accuracy", 0.9)
    spoil(run / name)
    found = await TrackingManager().since(run)
    assert "accuracy" in found.series
    assert found.trouble.startswith(f"Some of the metrics cannot be read: '{Path(name).name}' is a")
    messages = follow_metrics(run, None, never, watcher)
    assert "accuracy" in (await next_curves(messages)).series
    assert "is a" in str((await next_curves(messages)).trouble)
    await messages.aclose()


@pytest.mark.proves("jobs.own-files")
async def test_a_lock_that_a_job_holds_is_not_waited_for(run: Path) -> None:
    (run / "metrics.order").touch()
    with (run / "metrics.order").open("r+") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        found = await TrackingManager().since(run)
    assert found.series["loss"].value == [1.0, 0.5]
    assert found.trouble == "Some of the metrics cannot be read: 'metrics.order' is locked by a program."


@pytest.mark.parametrize("what", ["metrics", ""])
async def test_a_directory_that_is_a_link_shows_nothing_of_elsewhere(run: Path, tmp_path: Path, what: str) -> None:
    (run / what).rename(tmp_path / "elsewhere")
    (run / what).symlink_to(tmp_path / "elsewhere")
    found = await TrackingManager().since(run)
    assert found.series == {}
    if what == "":
        fact = Reading(LogSource(run / "output.log"), LogFact).next()
        assert fact is not None
        assert fact.text == ""
        assert "behind a link" in str(fact.trouble)
        assert RunEvents(run).read() == []
        assert LogProgressReader(run / "output.log").read() is None


def test_files_of_any_size_are_read_within_bounds(run: Path) -> None:
    os.truncate(run / "metrics" / "1-a.bin", RECORD.itemsize << 36)
    reader = RunReader(run)
    sources = reader._sources.refresh()
    assert sources[0].rows() == 1 << 24
    assert "too long" in sources[0].trouble
    os.truncate(run / "metrics" / "1-a.bin", 2 * RECORD.itemsize)
    os.truncate(run / "metrics" / "1-a.names", 1 << 40)
    cursor, series = reader.since(0)
    assert (cursor, list(series)) == (2, ["#0"])
    assert "'1-a.names' is over" in reader.trouble


def test_a_journal_that_was_scribbled_over_costs_no_memory(run: Path) -> None:
    entries = np.array([(1, 1 << 62), (2, 1 << 63)], np.dtype([("file", "<u4"), ("end", "<u8")]))
    (run / "metrics.order").write_bytes(entries.tobytes())
    assert RunReader(run).since(0)[0] == 2
    os.truncate(run / "metrics.order", 1 << 40)
    reader = RunReader(run)
    assert reader.since(0)[0] == 2
    assert "'metrics.order' is too long" in reader.trouble


def test_a_name_for_each_point_makes_no_million_curves(run: Path) -> None:
    rows = np.zeros(100_000, RECORD)
    rows["name"] = np.arange(100_000)
    (run / "metrics" / "1-a.bin").write_bytes(rows.tobytes())
    _, series = RunReader(run).since(0)
    assert len(series) == 2000
    (run / "metrics.jsonl").write_text("".join(f'{{"n{number}": 1}}\n' for number in range(5000)))
    _, series = RunReader(run).since(0)
    assert len(series) == 4000


def test_events_come_a_few_megabytes_at_a_time(run: Path) -> None:
    line = b'{"kind": "params", "params": {"a": "' + b"x" * 900_000 + b'"}}\n'
    (run / "events.jsonl").write_bytes(line * 12)
    events = RunEvents(run)
    counts = []
    while found := events.read():
        counts.append(len(found))
    assert sum(counts) == 12
    assert max(counts) <= 5


def test_more_files_than_a_run_has_processes_are_left_out(run: Path) -> None:
    for number in range(1100):
        (run / "metrics" / f"3-{number:04}.bin").touch()
    reader = RunReader(run)
    assert reader.since(0)[0] == 2
    assert "more than 1000 files" in reader.trouble
