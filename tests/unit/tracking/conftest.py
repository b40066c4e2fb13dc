"""Run directories as programs leave them, and a watcher that tells when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest

from jupyter_crispdm.tracking.sources import RECORD


class Writer:
    """One writing process of a run."""

    def __init__(self, run: Path, name: str) -> None:
        self.path = run / "metrics" / f"{name}.bin"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._names: list[str] = []
        self._now = 0.0

    def log(self, name: str, *values: float, step: int = 0, at: float | None = None) -> None:
        """Append values of one series, at consecutive steps and times."""
        if name not in self._names:
            self._names.append(name)
            with open(self.path.with_suffix(".names"), "ab") as file:
                file.write(msgspec.json.encode(name) + b"\n")
        rows = []
        for offset, value in enumerate(values):
            self._now = self._now + 1 if at is None else at + offset
            rows.append((self._names.index(name), step + offset, value, self._now))
        with open(self.path, "ab") as file:
            file.write(np.array(rows, RECORD).tobytes())


class FakeChanges:
    """Changes that a test makes."""

    only_written = False

    def __init__(self) -> None:
        self.happened = asyncio.Event()

    def wake(self) -> None:
        """Nobody sleeps here."""

    async def wait(self, timeout: float) -> bool:
        """Until the test says so, or for a turn of the loop: a real one gives up after the timeout."""
        await asyncio.sleep(0)
        self.happened.clear()
        return True


class FakeWatcher:
    """Remembers what was watched."""

    def __init__(self) -> None:
        self.watched: list[Path] = []
        self.open = 0

    @asynccontextmanager
    async def watch(self, path: Path) -> AsyncIterator[FakeChanges]:
        self.watched.append(path)
        self.open += 1
        try:
            yield FakeChanges()
        finally:
            self.open -= 1


@pytest.fixture
def watcher() -> FakeWatcher:
    """A watcher without a kernel behind it."""
    return FakeWatcher()
