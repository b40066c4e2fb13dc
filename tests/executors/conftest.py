"""The chosen place, and jobs rooms over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.executors.house import House
from tests.executors.places import CHOSEN, PLACES, Place

#: What only a cluster can do is not asked of a single machine, nor of one cluster what another does.
_OF_CLUSTERS = {"slurm": "test_slurm.py", "ray": "test_ray.py"}
collect_ignore = [file for name, file in _OF_CLUSTERS.items() if name != CHOSEN]
if CHOSEN == "local":
    collect_ignore.append("test_clusters.py")

Reopen = Callable[[], Awaitable[House]]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = PLACES[CHOSEN]()
    place.start(tmp_path_factory.mktemp(CHOSEN))
    yield place
    place.stop()


@pytest.fixture
def reopen(place: Place, tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Reopen]:
    """Opens a jobs room; called again, another over the same directories, as a server that is started again."""
    open_now: list[House] = []

    async def reopen() -> House:
        while open_now:
            await open_now.pop().close()
        house = await House(tmp_path, place.executor(), (str(tmp_path / "environments"),)).open()
        open_now.append(house)
        return house

    yield reopen
    for house in open_now:
        jp_asyncio_loop.run_until_complete(house.close())
    for jobs in tmp_path.glob("data*/jobs"):
        place.tidy(jobs)


@pytest.fixture
def house(reopen: Reopen, jp_asyncio_loop: asyncio.AbstractEventLoop) -> House:
    async def first() -> House:
        return await reopen()

    return jp_asyncio_loop.run_until_complete(first())
