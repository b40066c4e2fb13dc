from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.jobs.fakes import FakeExecutor, House


@pytest.fixture
def executor(jp_asyncio_loop: asyncio.AbstractEventLoop) -> FakeExecutor:
    return FakeExecutor()


@pytest.fixture
def house(tmp_path: Path, executor: FakeExecutor, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, executor).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())
