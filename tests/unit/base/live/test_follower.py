"""One task reads a log for all who follow it; what breaks it is told, and a stalled reader holds one message."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files import disk
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live import follower
from jupyter_crispdm.base.live.core.log import Place, State
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.follower import LogChannel, Turns
from jupyter_crispdm.base.live.outlet import Outlet
from jupyter_crispdm.tracking import LogSource
from tests.support import Told, eventually
from tests.unit.tracking.conftest import FakeWatcher


class Page:
    """A connection that takes what a test lets it take."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.errors: list[BaseException] = []
        self.is_free = True
        self.outlet = Outlet(self._send, lambda topic, error: self.errors.append(error), self._later)

    def follow(self, channel: LogChannel, place: Place | None = None, period: float | None = None) -> None:
        self.outlet.follow("log", channel, place or Place(), period)

    def _send(self, messages: Sequence[Message]) -> bool:
        self.messages += messages
        return self.is_free

    def _later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, call)

    @property
    def facts(self) -> list[Any]:
        return [msgspec.json.decode(message.data) for message in self.messages]

    @property
    def text(self) -> str:
        return "".join(fact["text"] for fact in self.facts)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of one line."""
    path = tmp_path / "output.log"
    path.write_text("one\n")
    return path


def channel_of(log: Path, **rest: Any) -> LogChannel:
    return LogChannel("log", LogSource(log), log.parent, lambda: False, FakeWatcher(), **rest)


def add(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def _ends(page: Page, text: str) -> bool:
    return page.text.endswith(text)


async def test_a_stalled_page_holds_one_message_and_the_others_go_on(log: Path) -> None:
    channel, quick, stalled = channel_of(log), Page(), Page()
    stalled.is_free = False
    for page in (quick, stalled):
        page.follow(channel)
    await eventually(lambda: quick.text == stalled.text == "one\n")
    for number in range(50):
        add(log, f"{number}\n")
        await eventually(partial(_ends, quick, f"{number}\n"))
    assert len(stalled.messages) == 1
    stalled.is_free = True
    stalled.outlet.resume()
    await eventually(lambda: stalled.text == quick.text)
    assert len(stalled.messages) <= 3, "what it missed comes together"
    for page in (quick, stalled):
        page.outlet.close()


async def test_the_first_change_after_a_quiet_time_is_told_at_once(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that was due a moment before took the first news for the second of a flood: it came up to a frame late."""
    watcher, page, looks = Watcher(lambda _: False), Page(), Told()
    source = LogSource(log)
    look = source.look

    def counted(is_over: bool) -> State:
        looks.changed()
        return look(is_over)

    monkeypatch.setattr(source, "look", counted)
    monkeypatch.setattr(follower, "_PATIENCE_SECONDS", 0.001)  # looks that are only due, one after another
    channel = LogChannel("log", source, log.parent, lambda: False, watcher, frame=3600)
    page.follow(channel)
    await eventually(lambda: page.text == "one\n" and looks.changes > 3)
    add(log, "two\n")
    await eventually(lambda: page.text == "one\ntwo\n")
    page.outlet.close()
    await watcher.close()


async def test_a_period_brings_all_of_a_log_that_is_new_by_then(log: Path) -> None:
    channel, page, quick = channel_of(log), Page(), Page()
    page.follow(channel, period=3600)
    quick.follow(channel)
    await eventually(lambda: page.text == "one\n")
    for number in range(5):
        add(log, f"{number}\n")
        await eventually(partial(_ends, quick, f"{number}\n"))
    assert page.text == "one\n"
    (reader,) = page.outlet._readers.values()
    reader._go_on()
    await eventually(lambda: page.text == quick.text)
    assert len(page.messages) == 2
    for one in (page, quick):
        one.outlet.close()


async def test_a_source_that_breaks_is_told_to_all(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = LogSource(log)
    source.look = lambda over: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    channel, pages = LogChannel("log", source, log.parent, lambda: False, FakeWatcher()), [Page(), Page()]
    for page in pages:
        page.follow(channel)
    await eventually(lambda: all(page.errors for page in pages))
    assert [type(error) for page in pages for error in page.errors] == [ZeroDivisionError] * 2
    assert [len(page.outlet) for page in pages] == [0, 0]
    assert "The topic log broke" in caplog.text


async def test_a_disk_that_does_not_answer_is_told_and_takes_nobody_from_their_place(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, answers = [False], disk.on_disk

    async def on_disk(of: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        if hangs[0]:
            raise Unavailable("The disk with these files does not answer.")
        return await answers(of, function, *arguments)

    monkeypatch.setattr(follower, "on_disk", on_disk)
    channel, page, late = channel_of(log), Page(), Page()
    page.follow(channel)
    await eventually(lambda: page.text == "one\n")
    hangs[0] = True
    late.follow(channel)
    await eventually(lambda: [one.facts[-1].get("trouble") for one in (page, late) if one.facts] == [
        "The disk with these files does not answer."] * 2)  # fmt: skip
    add(log, "two\n")
    hangs[0] = False
    await eventually(lambda: page.text == late.text == "one\ntwo\n" and page.facts[-1].get("trouble") == "")
    assert not any(fact.get("reset") for one in (page, late) for fact in one.facts)
    for one in (page, late):
        one.outlet.close()


class LastMoment:
    """A lock: something happens between the last look of whoever has it and its being free."""

    def __init__(self, then: Callable[[], object]) -> None:
        self._lock, self._then = threading.Lock(), [then]
        self.acquire, self.release = self._lock.acquire, self._lock.release

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        while self._then:
            self._then.pop()()
        self._lock.release()


def test_a_source_that_is_left_in_the_last_moment_of_a_turn_is_closed(tmp_path: Path) -> None:
    """Neither closed it, and its file stayed open."""
    closed: list[bool] = []
    turns = Turns(tmp_path, lambda: closed.append(True))
    turns._busy = LastMoment(turns.end)  # type: ignore[assignment]
    assert turns._turn(lambda: "read") == "read"
    assert closed == [True]


async def test_the_channel_ends_with_its_last_reader(log: Path) -> None:
    forgotten: list[bool] = []
    channel, pages = channel_of(log, forget=lambda: forgotten.append(True)), [Page(), Page()]
    for page in pages:
        page.follow(channel)
    await eventually(lambda: all(page.text for page in pages))
    pages[0].outlet.close()
    assert forgotten == []
    pages[1].outlet.close()
    assert forgotten == [True]
