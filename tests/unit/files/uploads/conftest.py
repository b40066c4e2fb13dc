"""Houses for tests of uploads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .house import House, OpenHouse


@pytest.fixture
def open_house(tmp_path: Path, jp_asyncio_loop: Any) -> Iterator[OpenHouse]:
    opened: list[House] = []

    def make(name: str = "house", **options: Any) -> House:
        opened.append(House(tmp_path / name, **options))
        return opened[-1]

    yield make
    for one in opened:
        jp_asyncio_loop.run_until_complete(one.forget())


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()
