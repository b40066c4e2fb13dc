"""Following runs that go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.tracking import follow as follow_module
from jupyter_crispdm.tracking.follow import follow_log, follow_metrics
from tests.support import soon

from .conftest import FakeWatcher, Writer

Messages = AsyncGenerator[tuple[int, dict[str, Any]], None]


def never() -> bool:
    return False


async def following(messages: Messages) -> tuple[int, dict[str, Any]]:
    return await soon(anext(messages))


@pytest.mark.proves("live.topic-log")
async def test_a_log_from_its_end_to_its_end(tmp_path: Path, watcher: FakeWatcher) -> None:
    log, over = tmp_path / "output.log", [False]
    log.write_text("one\n")
    messages = follow_log(log, None, lambda: over[0], watcher)
    assert await following(messages) == (4, {"text": "one\n", "start": 0, "end": 4})
    with log.open("a") as file:
        file.write("two\n")
    assert await following(messages) == (8, {"text": "two\n", "start": 4, "end": 8})
    with log.open("ab") as file:
        file.write(b"three\xe2\x82")
    over[0] = True
    rest = [message async for message in messages]
    assert "".join(message["text"] for _, message in rest) == "three\ufffd"
    assert rest[-1] == (15, {"text": "", "start": 15, "end": 15, "ended": True})
    assert (watcher.watched, watcher.open) == ([tmp_path], 0)


async def test_a_log_that_does_not_exist_yet(tmp_path: Path, watcher: FakeWatcher) -> None:
    messages = follow_log(tmp_path / "output.log", None, lambda: True, watcher)
    assert await following(messages) == (0, {"text": "", "start": 0, "end": 0, "ended": True})


@pytest.mark.proves("live.resume", "live.topic-log")
async def test_a_log_resumed_at_a_byte(tmp_path: Path, watcher: FakeWatcher) -> None:
    (tmp_path / "output.log").write_text("one\ntwo\n")
    messages = [message async for message in follow_log(tmp_path / "output.log", 4, lambda: True, watcher)]
    assert [message["text"] for _, message in messages] == ["two\n", ""]


@pytest.mark.proves("machine.never-reads")
async def test_a_log_of_which_nobody_reads_on_holds_nothing(tmp_path: Path, watcher: FakeWatcher) -> None:
    (tmp_path / "output.log").write_text("one\n")
    async with aclosing(follow_log(tmp_path / "output.log", None, never, watcher)) as messages:
        await following(messages)
    assert watcher.open == 0


@pytest.mark.proves("live.topic-metrics")
async def test_metrics_from_the_start_to_the_end(tmp_path: Path, watcher: FakeWatcher) -> None:
    writer, over = Writer(tmp_path, "1-a"), [False]
    writer.log("loss", 1.0, 2.0)
    messages = follow_metrics(tmp_path, None, lambda: over[0], watcher)
    cursor, message = await following(messages)
    assert cursor == message["cursor"] == 2
    assert message["series"]["loss"]["value"] == [1.0, 2.0]
    writer.log("loss", float("nan"), step=2)
    cursor, message = await following(messages)
    assert (cursor, message["series"]) == (3, {"loss": {"step": [2], "value": [None], "time": [3.0]}})
    over[0] = True
    assert await following(messages) == (3, {"series": {}, "cursor": 3, "ended": True})
    assert [message async for message in messages] == []
    assert watcher.open == 0


async def test_metrics_before_there_are_any(tmp_path: Path, watcher: FakeWatcher) -> None:
    messages = follow_metrics(tmp_path, None, never, watcher)
    assert await following(messages) == (0, {"series": {}, "cursor": 0})
    Writer(tmp_path, "1-a").log("loss", 1.0)
    cursor, message = await following(messages)
    assert (cursor, list(message["series"])) == (1, ["loss"])
    (tmp_path / "metrics.jsonl").write_text('{"other": 1}\n')
    cursor, message = await following(messages)
    assert (cursor, list(message["series"])) == (2, ["other"])
    await messages.aclose()
    assert watcher.watched == [tmp_path / "metrics", tmp_path]


@pytest.mark.proves("live.resume", "live.topic-metrics")
async def test_metrics_resumed_at_a_cursor(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0, 2.0, 3.0)
    messages = [message async for _, message in follow_metrics(tmp_path, 2, lambda: True, watcher)]
    assert messages[0]["series"]["loss"]["value"] == [3.0]
    assert messages[1:] == [{"series": {}, "cursor": 3, "ended": True}]


async def test_a_cursor_from_somewhere_else_starts_anew(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", 1.0)
    messages = [message async for _, message in follow_metrics(tmp_path, 500, lambda: True, watcher)]
    assert messages[0]["reset"] is True
    assert messages[0]["series"]["loss"]["value"] == [1.0]
    assert "reset" not in messages[1]


async def test_a_long_curve_is_thinned(tmp_path: Path, watcher: FakeWatcher) -> None:
    Writer(tmp_path, "1-a").log("loss", *map(float, range(10_000)))
    messages = [message async for _, message in follow_metrics(tmp_path, None, lambda: True, watcher)]
    assert len(messages[0]["series"]["loss"]["step"]) == 2000
    assert messages[0]["cursor"] == 10_000
    msgspec.json.encode(messages)


async def test_news_arrive_by_the_watcher_and_not_by_looking_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_module, "_PATIENCE_SECONDS", 3600)
    writer = Writer(tmp_path, "1-a")
    writer.log("loss", 0.0)
    log = tmp_path / "output.log"
    log.write_text("0\n")
    watcher = Watcher()
    metrics = follow_metrics(tmp_path, None, never, watcher)
    lines = follow_log(log, None, never, watcher)
    try:
        async with aclosing(metrics), aclosing(lines):
            await following(metrics)
            await following(lines)
            for number in range(1, 10):
                for messages, write in ((metrics, _metric), (lines, _line)):
                    waiting = asyncio.ensure_future(following(messages))
                    write(writer, log, number)
                    await waiting
    finally:
        await watcher.close()


def _metric(writer: Writer, log: Path, number: int) -> None:
    writer.log("loss", float(number))


def _line(writer: Writer, log: Path, number: int) -> None:
    with log.open("a") as file:
        file.write(f"{number}\n")
