"""Real programs that wait, compute or print, over hours of a clock that the test moves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import Input, Job, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import House

# Neither may miss the signal, or be ended by it, whenever it comes.
BEGINS = "import signal; nudge = {signal.SIGUSR1}; signal.pthread_sigmask(signal.SIG_BLOCK, nudge)\n"
STANDS = BEGINS + "print('here', flush=True)\nwhile signal.sigwait(nudge): print('hello', flush=True)"
ASKS = BEGINS + (
    "print('your name?', flush=True); print('hello', input(), flush=True)\n"
    "signal.sigwait(nudge); input(); input()"
)
COMPUTES = "print('begin', flush=True)\nwhile True: pass"


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, LocalExecutor(Watcher())).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


async def begin(house: House, program: str) -> Job:
    job = await house.submit(command=[sys.executable, "-u", "-c", program])
    await house.reaches(job.id, JobState.running)
    log = house.jobs.directory(job.id) / "output.log"
    await eventually(lambda: log.read_text())
    return job


async def pass_minutes(house: House, minutes: int, computing: Job | None = None) -> None:
    """Let the monitor of the room beat through some minutes, in each look of which a program has computed."""
    monitor = house.jobs._monitor
    for _ in range(minutes * 6):
        house.clock.advance(10)
        await monitor.measure()
        await monitor.find_stalled()
        if computing is not None:
            await computed(await house.jobs.get(computing.id))


async def computed(job: Job) -> None:
    """A program has computed some more."""
    process = psutil.Process(job.pid)
    before = process.cpu_times().user
    await eventually(lambda: process.cpu_times().user > before)


@pytest.mark.proves("jobs.stalled")
async def test_who_stands_still_is_stalled_until_it_moves_and_who_computes_is_not(house: House) -> None:
    waiting, computing = await begin(house, STANDS), await begin(house, COMPUTES)
    await pass_minutes(house, 5, computing)
    assert (await house.jobs.get(waiting.id)).stalled is None
    await pass_minutes(house, 7, computing)
    stalled = (await house.jobs.get(waiting.id)).stalled
    assert stalled is not None
    assert 600 <= house.clock.now() - stalled.timestamp() <= 12.5 * 60
    assert (await house.jobs.get(computing.id)).stalled is None

    log = house.jobs.directory(waiting.id) / "output.log"
    os.kill((await house.jobs.get(waiting.id)).pid or 0, signal.SIGUSR1)
    await eventually(lambda: "hello" in log.read_text())
    await pass_minutes(house, 1)
    assert (await house.jobs.get(waiting.id)).stalled is None

    for job in (waiting, computing):
        await house.jobs.stop(job.id, (0.2, 0.2))
    ended = await house.reaches(waiting.id, JobState.stopped)
    assert ended.stalled is None
    await house.reaches(computing.id, JobState.stopped)


@pytest.mark.proves("jobs.waits-for-input")
async def test_who_waits_for_input_says_so_until_it_comes_and_is_not_stalled(house: House) -> None:
    id = (await begin(house, ASKS)).id

    async def waits() -> bool:
        return (await house.jobs.get(id)).waiting_for_input is not None

    await eventually(waits)
    await pass_minutes(house, 20)
    assert (await house.jobs.get(id)).stalled is None
    await house.jobs.send_input(id, Input(text="Ada\n"))
    await eventually(lambda: "hello Ada" in (house.jobs.directory(id) / "output.log").read_text())

    async def goes_on() -> bool:
        return not await waits()

    await eventually(goes_on)
    os.kill((await house.jobs.get(id)).pid or 0, signal.SIGUSR1)
    await eventually(waits)
    await house.jobs.stop(id, (0.2, 0.2))
    assert (await house.reaches(id, JobState.stopped)).waiting_for_input is None
