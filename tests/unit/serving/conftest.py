"""A deployment manager on a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.base.database import Database

from .deploying import FakeModels, House, version


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    database = Database.in_directory(tmp_path)
    database.start_sync()
    house = House(tmp_path, database, FakeModels(version(), version(number=2)))
    yield house
    for manager in house.managers:
        jp_asyncio_loop.run_until_complete(manager.close())
    jp_asyncio_loop.run_until_complete(house.watcher.close())
    jp_asyncio_loop.run_until_complete(database.close())
