"""Notes that are written later: in order, within their room, and whatever the disk says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from jupyter_crispdm.serving.inference.later import Later
from tests.support import eventually, soon


class Notes(Later[str]):
    """Notes as large as they are long, on a disk that a test can spoil."""

    def __init__(self, seconds: float = 3600) -> None:
        super().__init__("the notes", seconds)
        self.written: list[Sequence[str]] = []
        self.fault: Exception | None = None
        self.tell: Callable[[], object] = lambda: None

    def add(self, text: str) -> None:
        """Note a text where ten letters have room."""
        self._note(text, len(text), 10)

    def _write(self, entries: Sequence[str]) -> None:
        if self.fault is not None:
            raise self.fault
        self.written.append(entries)
        self.tell()


async def test_notes_are_written_together_and_once() -> None:
    notes = Notes()
    await notes.write()
    for text in ("a", "b"):
        notes.add(text)
    await notes.write()
    await notes.write()
    assert notes.written == [["a", "b"]]


async def test_what_has_no_room_is_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    notes = Notes()
    for text in ("123456", "12345", "1234", "1"):
        notes.add(text)
    await notes.write()
    assert notes.written == [["123456", "1234"]]
    assert [record.message for record in caplog.records] == ["2 requests were left out of the notes."]
    notes.add("1234567890")
    await notes.write()
    assert notes.written[1:] == [["1234567890"]]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("kind", [OSError, ImportError, ValueError])
async def test_a_fault_is_told_once_and_again_after_it_was_over(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notes()
    for fault in (kind("full"), kind("full"), kind("gone"), None, kind("gone")):
        notes.fault = fault
        notes.add("x")
        await notes.write()
    assert [record.message for record in caplog.records] == [
        f"Requests cannot be kept in the notes: {text}" for text in ("full", "gone", "gone")
    ]
    assert notes.written == [["x"]]


async def test_notes_are_written_by_themselves() -> None:
    notes, written = Notes(seconds=0), asyncio.Event()
    notes.tell = partial(asyncio.get_running_loop().call_soon_threadsafe, written.set)
    writing = asyncio.create_task(notes.run())
    notes.add("x")
    await asyncio.wait_for(written.wait(), 60)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert notes.written == [["x"]]


async def test_what_is_left_is_written_at_the_end() -> None:
    notes = Notes()
    writing = asyncio.create_task(notes.run())
    await asyncio.sleep(0)
    notes.add("x")
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert notes.written == [["x"]]


async def test_what_waits_for_a_thread_at_the_end_is_written_before_the_rest() -> None:
    notes, free, busy = Notes(seconds=0), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))

    def hold() -> None:
        loop.call_soon_threadsafe(busy.set)
        free.wait(60)

    holding = loop.run_in_executor(None, hold)
    await soon(busy.wait())
    notes.add("x")
    writing = asyncio.create_task(notes.run())
    await eventually(lambda: not notes._waiting)
    writing.cancel()
    notes.add("y")
    free.set()
    await asyncio.gather(writing, holding, return_exceptions=True)
    assert notes.written == [["x"], ["y"]]
