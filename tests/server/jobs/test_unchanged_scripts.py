"""Real programs that know nothing of us: what they print and write for other trackers is shown while they run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.running.openfiles import open_files
from jupyter_crispdm.jobs.types import Input, Job, JobState
from jupyter_crispdm.tracking import follow_metrics, read_run
from jupyter_crispdm.tracking.types import MetricsFact
from tests.support import eventually, soon
from tests.unit.jobs.fakes import House

PRINTS = """
import sys
for epoch, loss in enumerate([0.5, 0.25]):
    print(f"epoch {epoch}: loss {loss}", flush=True)
    sys.stdin.readline()
"""
HOLDS = """
import sys
file = open(sys.argv[1], "w")
file.write("epoch,loss\\n1,0.5\\n")
file.flush()
sys.stdin.readline()
"""
TENSORBOARD = """
import shutil, sys
shutil.copy(sys.argv[1], "events.out.tfevents.1764000000.host.1.0")
"""
RECORDED = Path(__file__).parents[2] / "unit" / "tracking" / "gathering" / "recorded"


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, LocalExecutor(Watcher()), max_running=4).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


async def started(house: House, program: str, *args: str) -> Job:
    job = await house.submit(command=[sys.executable, "-c", program, *args])
    return await house.reaches(job.id, JobState.running)


def values(house: House, id: str) -> dict[str, list[float]]:
    return {name: one.value.tolist() for name, one in read_run(house.jobs.directory(id)).items()}


async def shows(house: House, id: str, expected: dict[str, list[float]]) -> None:
    async def there() -> bool:
        return values(house, id) == expected

    await eventually(there)


@asynccontextmanager
async def following(house: House, id: str) -> AsyncIterator[AsyncIterator[Message]]:
    """What the topic of its curves tells."""
    watcher = Watcher()
    messages = follow_metrics(house.jobs.directory(id), None, lambda: house.jobs.over(id), watcher)
    try:
        yield messages
    finally:
        await messages.aclose()
        await watcher.close()


@pytest.mark.proves("training.unchanged-scripts")
async def test_who_follows_a_script_that_prints_sees_its_curve_grow_and_its_end(house: House) -> None:
    job = await started(house, PRINTS)
    found: list[float | str | None] = []
    async with following(house, job.id) as messages:
        while len(found) < 2:
            fact = msgspec.json.decode((await soon(anext(messages))).data, type=MetricsFact)
            new = fact.series["loss"].value if "loss" in fact.series else []
            found += new
            if new:
                await house.jobs.send_input(job.id, Input(text="\n"))
        assert found == [0.5, 0.25]
        while not msgspec.json.decode((await soon(anext(messages))).data, type=MetricsFact).ended:
            pass
    ended = await house.jobs.get(job.id)
    assert ended.state is JobState.succeeded


@pytest.mark.proves("training.found-own")
async def test_two_programs_in_one_folder_each_show_the_file_that_they_have_open(house: House) -> None:
    one, two = await started(house, HOLDS, "one.csv"), await started(house, HOLDS, "two.csv")
    await shows(house, one.id, {"loss": [0.5]})
    await shows(house, two.id, {"loss": [0.5]})
    names = [{Path(path).name for path in open_files(house.jobs.directory(job.id))} for job in (one, two)]
    assert [sorted(each & {"one.csv", "two.csv"}) for each in names] == [["one.csv"], ["two.csv"]]
    for job in (one, two):
        await house.jobs.send_input(job.id, Input(text="\n"))
        await house.reaches(job.id, JobState.succeeded)
    assert open_files(house.jobs.directory(one.id)) == set()


@pytest.mark.proves("training.unchanged-scripts")
async def test_what_a_short_program_left_for_tensorboard_is_there_at_its_end(house: House) -> None:
    job = await house.submit(command=[sys.executable, "-c", TENSORBOARD, str(RECORDED / "lightning.tfevents")])
    await house.reaches(job.id, JobState.succeeded)
    assert set(values(house, job.id)) == {"epoch", "train_loss", "val_loss"}


@pytest.mark.proves("training.gathered-restart")
async def test_a_server_that_is_started_anew_goes_on_where_the_last_one_was(house: House) -> None:
    job = await started(house, PRINTS)
    await shows(house, job.id, {"loss": [0.5]})
    await house.jobs.close()
    other = House(house.path, LocalExecutor(Watcher()))
    await other.open()
    try:
        await other.jobs.send_input(job.id, Input(text="\n"))
        await shows(other, job.id, {"loss": [0.5, 0.25]})
        await other.jobs.send_input(job.id, Input(text="\n"))
        await other.reaches(job.id, JobState.succeeded)
        assert values(other, job.id) == {"loss": [0.5, 0.25]}
    finally:
        await other.close()
