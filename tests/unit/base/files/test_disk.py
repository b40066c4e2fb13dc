"""Threads for disks that may hang: what hangs there takes nothing from anybody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import Disk, on_disk
from tests.support import eventually


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a hanging call waits for."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_result_and_an_error_come_back() -> None:
    assert await on_disk("one", lambda a, b: a + b, 1, b=2) == 3
    with pytest.raises(ZeroDivisionError):
        await on_disk("one", lambda: 1 / 0)


async def test_a_disk_that_hangs_is_said_to(gate: threading.Event) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await Disk(patience=0.01).run("one", gate.wait)


async def test_one_directory_that_hangs_leaves_threads_for_the_others(gate: threading.Event) -> None:
    disk = Disk(threads=3, of_one=2, patience=60)
    hanging = [asyncio.ensure_future(disk.run("bad", gate.wait)) for _ in range(20)]
    assert await disk.run("good", lambda: 1) == 1
    gate.set()
    assert all(await asyncio.gather(*hanging))


async def test_however_many_directories_hang_there_is_a_thread_for_one_that_does_not(gate: threading.Event) -> None:
    disk = Disk(threads=2, of_one=2, patience=0.05)

    async def hangs(number: int) -> bool:
        with pytest.raises(Unavailable):
            await disk.run(f"bad {number}", gate.wait)
        return disk.stuck > number  # else this machine is slow: the call had not begun when it was given up

    for number in range(5):
        await eventually(partial(hangs, number))

    async def answered() -> bool:
        try:
            return await disk.run("good", lambda: True)
        except Unavailable:  # this machine is slow: the thread came too late
            return False

    await eventually(answered)
    assert disk.stuck == 5
    gate.set()
    await eventually(lambda: disk.stuck == 0)


async def test_who_goes_on_asking_a_disk_that_hangs_is_told_at_once(gate: threading.Event) -> None:
    disk = Disk(threads=2, of_one=1, patience=60)
    waiting = [asyncio.ensure_future(disk.run("bad", gate.wait)) for _ in range(101)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await disk.run("bad", gate.wait)
    gate.set()
    assert all(await asyncio.gather(*waiting))


async def test_a_call_whose_caller_has_gone_is_not_made(gate: threading.Event) -> None:
    disk = Disk(threads=1, of_one=1, patience=60)
    made: list[int] = []
    first = asyncio.ensure_future(disk.run("one", gate.wait))
    second = asyncio.ensure_future(disk.run("one", made.append, 2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.set()
    await first
    await disk.run("one", made.append, 3)
    assert made == [3]


async def test_who_waits_no_more_takes_a_call_back_that_has_not_begun(gate: threading.Event) -> None:
    disk = Disk(threads=1, of_one=1)
    first = asyncio.ensure_future(disk.run("one", gate.wait))
    begun: list[int] = []
    second = asyncio.ensure_future(disk.run("one", begun.append, 2))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    gate.set()
    assert await first
    assert await disk.run("one", len, "abc") == 3
    assert begun == []


async def test_a_call_whose_caller_leaves_in_its_middle_hangs_only_where_it_takes_too_long(
    gate: threading.Event,
) -> None:
    """Health said that reads of files hang, whenever somebody closed a page in the middle of one."""
    disk, begun = Disk(patience=60), threading.Event()

    def read() -> bool:
        begun.set()
        return gate.wait(60)

    reading = asyncio.ensure_future(disk.run("one", read))
    await eventually(begun.is_set)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert (len(disk._stuck), disk.stuck) == (1, 0)
    gate.set()
    await eventually(lambda: not disk._stuck)


async def test_an_answer_that_comes_too_late_disturbs_nobody(
    gate: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    disk = Disk(patience=0.0)
    with pytest.raises(Unavailable):
        await disk.run("one", gate.wait)
    gate.set()
    disk.patience = 60.0
    await eventually(lambda: disk.stuck == 0)
    assert await disk.run("one", len, "abc") == 3
    assert not caplog.records
