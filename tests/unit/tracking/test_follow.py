"""Following runs that go on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live import follower
from jupyter_crispdm.base.live.core.log import Place, State
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.follower import LogChannel
from jupyter_crispdm.base.live.following import following
from jupyter_crispdm.tracking import RunSource
from jupyter_crispdm.tracking.follow import follow_log, follow_metrics
from jupyter_crispdm.tracking.sources import RECORD
from jupyter_crispdm.tracking.types import Curve, LogFact, MetricsFact
from tests.support import eventually

from .conftest import FakeWatcher, Writer
from .reading import Reading, curves_of, log_of, next_curves, next_log


def never() -> bool:
    return False


@pytest.mark.proves("live.topic-log")
async def test_a_log_from_its_end_to_its_end(tmp_path: Path, watcher: FakeWatcher) -> None:
    log, over = tmp_path / "output.log", [False]
    log.write_text("one\n")
    messages = follow_log(log, None, lambda: over[0], watcher)
    assert await next_log(messages) == LogFact("one\n", 0, 4)
    with log.open("a") as file:
        file.write("two\n")
    assert await next_log(messages) == LogFact("two\n", 4, 8)
    with log.open("ab") as file:
        file.write(b"three\xe2\x82")
    over[0] = True
    rest = [message async for message in messages]
    assert "".join(log_of(message).text for message in rest) == "three\ufffd"
    assert (rest[-1].seq, log_of(rest[-1])) == (15, LogFact("", 15, 15, ended=True))
    assert len({message.epoch for message in rest}) == 1
    await eventually(lambda: watcher.open == 0)
    assert watcher.watched == [tmp_path]


async def test_a_log_that_does_not_exist_yet(tmp_path: Path, watcher: FakeWatcher) -> None:
    messages = follow_log(tmp_path / "output.log", None, lambda: True, watcher)
    assert await next_log(messages) == LogFact("", 0, 0, ended=True)


@pytest.mark.proves("live.resume", "live.topic-log")
async def test_a_log_resumed_at_a_byte(tmp_path: Path, watcher: FakeWatcher) -> None:
    (tmp_path / "output.log").write_text("one\ntwo\n")
    messages = [message async for message in follow_log(tmp_path / "output.log", 4, lambda: True, watcher)]
    assert [log_of(message).text for message in messages] == ["two\n", ""]


@pytest.mark.proves("machine.never-reads")
async def test_a_log_of_which_nobody_reads_on_holds_nothing(tmp_path: Path, watcher: FakeWatcher) -> None:
    (tmp_path / "output.log").write_text("one\n")
    async with aclosing(follow_log(tmp_path / "output.log", None, never, watcher)) as messages:
        await next_log(messages)
    await eventually(lambda: watcher.open == 0)


@pytest.mark.proves("live.topic-metrics")
async def test_metrics_from_the_start_to_the_end(tmp_path: Path, watcher: FakeWatcher) -> None:
    writer, over = Writer(tmp_path, "1-a"), [False]
    writer.log("loss", 1.0, 2.0)
    messages = follow_metrics(tmp_path, None, lambda: over[0], watcher)
    fact = await next_curves(messages)
    assert fact.cursor == 2
    assert fact.series["loss"].value == [1.0, 2.0]
    writer.log("loss", float("nan"), step=2)
    assert await next_curves(messages) == MetricsFact({"loss": Curve([2], [None], [3.0])}, 3)
    over[0] = True
    assert await next_curves(messages) == MetricsFact({}, 3, ended=True)
    assert [message async for message in messages] == []
    await eventually(lambda: watcher.open == 0)


async def test_metrics_before_there_are_any(tmp_path: Path, watcher: FakeWatcher) -> None:
    messages = follow_metrics(tmp_path, None, never, watcher)
    assert await next_curves(messages) == MetricsFact({}, 0)
    Writer(tmp_path, "1-a").log("loss", 1.0)
    fact = await next_curves(messages)
    assert (fact.cursor, list(fact.series), fact.reset) == (1, ["loss"], False)
    (tmp_path / "metrics.jsonl").write_text('{"other": 1}\n')
    fact = await next_curves(messages)
    assert (fact.cursor, list(fact.series)) == (2, ["other"])
    await messages.aclose()
    assert watcher.watched == [tmp_path, tmp_path / "metrics", tmp_path]


@pytest.mark.proves("live.resume", "live.topic-metrics")
async def test_metrics_resumed_at_a_cursor(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0, 2.0, 3.0)
    facts = [curves_of(message) async for message in follow_metrics(tmp_path, 2, lambda: True, watcher)]
    assert facts[0].series["loss"].value == [3.0]
    assert facts[1:] == [MetricsFact({}, 3, ended=True, trouble="")], "who comes again may know of a trouble"


async def test_a_cursor_from_somewhere_else_starts_anew(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0)
    facts = [curves_of(message) async for message in follow_metrics(tmp_path, 500, lambda: True, watcher)]
    assert facts[0].reset
    assert facts[0].series["loss"].value == [1.0]
    assert not facts[1].reset


async def test_a_long_curve_is_thinned(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", *map(float, range(10_000)))
    facts = [curves_of(message) async for message in follow_metrics(tmp_path, None, lambda: True, watcher)]
    assert len(facts[0].series["loss"].step) == 2000
    assert facts[0].cursor == 10_000


def values(facts: list[MetricsFact]) -> list[float | str | None]:
    return [value for fact in facts for value in fact.series["loss"].value]


@pytest.mark.proves("live.logs")
def test_a_run_that_is_written_anew_begins_anew(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 1.0, 2.0, 3.0)
    reader = Reading(RunSource(tmp_path), MetricsFact)
    assert values(reader.all()) == [1, 2, 3]
    old = reader.place
    writer.path.write_bytes(b"")
    writer.log("loss", 7.0)
    facts = reader.all()
    assert ([fact.reset for fact in facts], values(facts)) == ([True], [7])
    writer.log("loss", 8.0, 9.0)
    assert values(reader.all()) == [8, 9]
    again = Reading(RunSource(tmp_path), MetricsFact, old.cursor, old.epoch)
    facts = again.all()
    assert ([fact.reset for fact in facts], values(facts)) == ([True], [7, 8, 9])
    assert again.place == reader.place, "every reader counts alike"


def test_rows_that_are_replaced_by_as_many_others_are_noticed(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 1.0, 2.0)
    reader = Reading(RunSource(tmp_path), MetricsFact)
    reader.all()
    writer.path.write_bytes(b"")
    writer.log("loss", 5.0, 6.0, 7.0)
    facts = reader.all()
    assert ([fact.reset for fact in facts], values(facts)) == ([True], [5, 6, 7])


def test_a_run_whose_files_were_removed_begins_anew_with_its_next_rows(tmp_path: Path) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0, 2.0)
    reader = Reading(RunSource(tmp_path), MetricsFact)
    reader.all()
    shutil.rmtree(tmp_path / "metrics")
    (tmp_path / "metrics.order").unlink()
    Writer(tmp_path, "2-b").log("loss", 5.0)
    facts = reader.all()
    assert ([fact.reset for fact in facts], values(facts)) == ([True], [5])


def test_json_lines_that_are_written_anew_begin_anew(tmp_path: Path) -> None:
    lines = tmp_path / "metrics.jsonl"
    lines.write_text('{"loss": 1}\n{"loss": 2}\n')
    reader = Reading(RunSource(tmp_path), MetricsFact)
    assert values(reader.all()) == [1, 2]
    lines.write_text('{"loss": 5}\n{"loss": 6}\n{"loss": 7}\n')
    facts = reader.all()
    assert ([fact.reset for fact in facts], values(facts)) == ([True], [5, 6, 7])
    with lines.open("a") as file:
        file.write('{"loss": 8}\n')
    assert values(reader.all()) == [8]


def test_two_readers_that_see_the_same_begin_anew_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 1.0, 2.0)
    readers = [Reading(RunSource(tmp_path), MetricsFact) for _ in range(2)]
    for reader in readers:
        reader.all()
    writer.path.write_bytes(b"")
    writer.log("loss", 5.0)
    assert [[fact.reset for fact in reader.all()] for reader in readers] == [[True], [True]]
    assert [reader.all() for reader in readers] == [[], []]


async def test_news_arrive_by_the_watcher_and_not_by_looking_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_PATIENCE_SECONDS", 3600)
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 0.0)
    log = tmp_path / "output.log"
    log.write_text("0\n")
    watcher = Watcher()
    metrics = follow_metrics(tmp_path, None, never, watcher)
    lines = follow_log(log, None, never, watcher)
    try:
        async with aclosing(metrics), aclosing(lines):
            await next_curves(metrics)
            await next_log(lines)
            for number in range(1, 10):
                curve = asyncio.ensure_future(next_curves(metrics))
                writer.log("loss", float(number))
                assert (await curve).series["loss"].value == [number]
                line = asyncio.ensure_future(next_log(lines))
                with log.open("a") as file:
                    file.write(f"{number}\n")
                assert (await line).text == f"{number}\n"
    finally:
        await watcher.close()


class Counting(RunSource):
    """A source that counts how it is looked at."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.looks = self.glances = 0

    def look(self, over: bool) -> State:
        self.looks += 1
        return super().look(over)

    def glance(self) -> State | None:
        found = super().glance()
        self.glances += found is not None
        return found


@asynccontextmanager
async def _counted(run: Path) -> AsyncIterator[tuple[Counting, AsyncGenerator[Message, None]]]:
    source, watcher = Counting(run), Watcher()
    channel = LogChannel("metrics", source, run, never, watcher)
    try:
        async with aclosing(following("metrics", channel, Place(None))) as messages:
            yield source, messages
    finally:
        await watcher.close()


@pytest.mark.proves("live.fresh")
async def test_what_is_written_is_told_after_a_glance_and_what_is_made_after_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_PATIENCE_SECONDS", 3600)
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 0.0)
    async with _counted(tmp_path) as (source, messages):
        await next_curves(messages)
        for number in range(1, 4):  # the first of them tells what the row's name is, and takes a look yet
            writer.log("loss", float(number), step=number)
            assert (await next_curves(messages)).series["loss"].value == [number]
        looks = source.looks
        for number in range(4, 9):
            writer.log("loss", float(number), step=number)
            assert (await next_curves(messages)).series["loss"].value == [number]
        assert (source.looks, source.glances >= 5) == (looks, True)
        Writer(tmp_path, "2-b").log("loss", 100.0, step=9)
        assert (await next_curves(messages)).series["loss"].value == [100]
        assert source.looks > looks


async def test_however_much_is_written_a_whole_look_comes_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_PATIENCE_SECONDS", 0.05)
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 0.0)
    async with _counted(tmp_path) as (source, messages):
        await next_curves(messages)
        step = 0
        (tmp_path / "gathered").mkdir()
        (tmp_path / "gathered" / "table-1.bin").write_bytes(np.array([(0, 0, 7.0, 0.0)], RECORD).tobytes())
        (tmp_path / "gathered" / "table-1.names").write_text('"elsewhere"\n')  # nobody watches that folder
        while "elsewhere" not in (await next_curves(messages)).series:
            step += 1
            writer.log("loss", 1.0, step=step)
    assert source.looks > 1
