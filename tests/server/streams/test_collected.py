"""Streams in a real server, collected by the real collector."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom
from tests.server.streams.conftest import LONG, Fetch, Streams, end_all
from tests.support import eventually

SECRET = "geheim-und-lang"


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.CrispdmApp.stream_secrets = ["LINE_PASSWORD"]
    jp_server_config.CrispdmApp.pass_variables = []  # as where people log in
    return jp_server_config


@pytest.fixture
def collected(
    monkeypatch: pytest.MonkeyPatch, crispdm: CrispdmApp, jp_fetch: Fetch, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Streams]:
    monkeypatch.setenv("LINE_PASSWORD", SECRET)
    yield Streams(crispdm, jp_fetch)
    jp_asyncio_loop.run_until_complete(end_all(crispdm))


def holding(*places: Path) -> list[str]:
    """The names of files, of those too that are in folders, in which the password stands."""
    files = [path for place in places for path in (place.rglob("*") if place.is_dir() else [place])]
    return [path.name for path in files if SECRET.encode() in content(path)]


def content(path: Path) -> bytes:
    """What is in a file; nothing in a folder, or in one that was replaced by its next state meanwhile."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        return b""


async def pid_of(streams: Streams, stream: dict[str, Any]) -> int:
    return (await streams.app.room(JobsRoom).manager.get(stream["job"])).pid or 0


async def other_than(pid: int, streams: Streams, stream: dict[str, Any]) -> bool:
    return await pid_of(streams, stream) not in (0, pid)


@pytest.mark.proves("streams.survives", "streams.changed")
async def test_a_stream_is_collected_changed_and_killed_without_a_gap(collected: Streams) -> None:
    await collected.make(rate=200, seed=1, backup_seconds=1, window=LONG)
    before = await collected.has(50, state="running")
    changed = await collected.call("PATCH", "line", body={"alert": {"over": 0.0}})
    assert changed["job"] == before["job"]

    async def alarm() -> Any:
        return (await collected.call("GET", "line", "events"))["events"]

    await eventually(alarm)
    killed = await pid_of(collected, before)
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: other_than(killed, collected, before))
    seen = (await collected.call("GET", "line", "window"))["seq"]
    after = await collected.has(seen + 400)
    assert after["job"] == before["job"]
    window = await collected.call("GET", "line", "window")
    assert window["columns"]["seq"] == list(range(1, window["seq"] + 1))
    stopped = await collected.call("POST", "line", "stop", body={})
    await eventually(lambda: list(Path(stopped["directory"]).glob("*.parquet")))


@pytest.mark.proves("streams.secrets", "streams.table")
async def test_a_password_is_nowhere_and_a_broker_that_is_not_there_is_said(
    collected: Streams, data_dir: Path
) -> None:
    source = {"kind": "mqtt", "host": "127.0.0.1", "port": 1, "topic": "line", "username": "ada",
              "password_env": "LINE_PASSWORD"}  # fmt: skip
    made = await collected.call("POST", body={"name": "Line", "id": "line", "source": source})

    async def said() -> Any:
        stream = await collected.call("GET", "line")
        return stream if stream["reason"] and stream["state"] == "running" else None

    await eventually(said)
    process = Path("/proc") / str(await pid_of(collected, made))
    assert holding(process / "cmdline", process / "environ") == []
    assert holding(data_dir) == ["secrets.json"]
    told = (await collected.raw("GET")).body
    assert SECRET.encode() not in told
