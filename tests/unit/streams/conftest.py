from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.streams.playing import Line


@pytest.fixture
def line(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Line]:
    line = jp_asyncio_loop.run_until_complete(Line(tmp_path).open())
    yield line
    jp_asyncio_loop.run_until_complete(line.close())
