"""A pusher on run directories, and the double to which it pushes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base import tasks
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.runs.index.figures import carried_on
from jupyter_crispdm.runs.index.indexer import Places, RunIndexer
from jupyter_crispdm.runs.index.memory import RunIndex
from jupyter_crispdm.runs.inputs.kept import digests_of
from jupyter_crispdm.runs.made.types import Inputs
from jupyter_crispdm.runs.pushing.pusher import Bounds, Pusher
from jupyter_crispdm.runs.pushing.server import Credentials, TrackingServer
from jupyter_crispdm.runs.pushing.store import PushStore
from jupyter_crispdm.runs.records import INPUTS, Account, Entry, InputsFile
from jupyter_crispdm.runs.store import RunStore
from jupyter_crispdm.runs.types import MlflowRun, MlflowState, Run
from tests.support import FakeClock, eventually
from tests.unit.runs.making import run
from tests.unit.runs.test_indexer import FakeJobs
from tests.unit.tracking.conftest import Writer


class House:
    """Runs in directories, and whoever pushes them."""

    def __init__(self, root: Path, database: Database) -> None:
        self.root, self.database = root, database
        self.index = RunIndex()
        self.jobs = FakeJobs(root)
        places = Places(root, None, root / "merged", 60.0)
        self.indexer = RunIndexer(
            self.index, RunStore(database), self.jobs, FakeClock(), places, "server"  # type: ignore[arg-type]
        )
        self.models: dict[str, list[str]] = {}
        self.pusher: Pusher | None = None

    def add(self, id: str, curves: dict[str, list[float]] | None = None, *, is_over: bool = True,
            inputs: Inputs | None = None, at: float = 1e9, **fields: Any) -> Run:  # fmt: skip
        """A run that logged some curves and, if it is over, was read to its end."""
        directory = self.jobs.directory(id)
        directory.mkdir(parents=True, exist_ok=True)
        for number, (name, values) in enumerate((curves or {}).items()):
            Writer(directory, f"1-{number}").log(name, *values, at=at)
        made = run(id, **fields)
        if inputs is not None:
            made = msgspec.structs.replace(made, inputs=digests_of(inputs))
            (directory / INPUTS).write_bytes(msgspec.json.encode(InputsFile(digests_of(inputs), inputs)))
        metrics = carried_on(Account(), directory)
        self.index.put(Entry(run=made, metrics=metrics, system=Account(), settled=is_over))
        self.indexer._on_change.tell(made)
        return made

    def open(self, url: str, credentials: Credentials | None = None, **bounds: Any) -> Pusher:
        """Begin to push."""
        server = TrackingServer(url, credentials or Credentials(), seconds=60.0)
        limits = Bounds(**{"experiment": "ours", "points": 5000, "files": 10_000, **bounds})
        self.pusher = Pusher(server, self.index, self.indexer, PushStore(self.database), limits, look_seconds=0.02)

        async def models() -> dict[str, list[str]]:
            return self.models

        self.pusher.use_models(models)
        self.pusher.start()
        return self.pusher

    async def close(self) -> None:
        """Push no more."""
        if self.pusher is not None:
            await self.pusher.close()
            self.pusher = None

    async def reaches(self, id: str, state: MlflowState, *, timeout: float = 60.0, **wanted: str) -> MlflowRun:
        """How a run stands to the server, once it stands so."""

        def found() -> MlflowRun | None:
            row = self.index.get(id)
            assert self.pusher is not None
            assert row is not None
            told = self.pusher.of(row)
            is_it = told is not None and told.state is state
            return told if is_it and all(text in getattr(told, name) for name, text in wanted.items()) else None

        reached: MlflowRun = await eventually(found, timeout)
        return reached


@asynccontextmanager
async def housed(root: Path) -> AsyncIterator[House]:
    database = Database.in_directory(root)
    await database.start()
    house = House(root, database)
    try:
        yield house
    finally:
        await house.close()
        await database.close()


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries again does so at once."""
    monkeypatch.setattr(tasks, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(tasks, "LONGEST_PAUSE", 0.05)


Opened = Callable[[Path], Any]


@pytest.fixture
def opened() -> Opened:
    """Makes a house in a directory."""
    return housed
