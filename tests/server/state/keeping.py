"""Both places where shared values are kept, for tests that hold for either."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.state.backends.making import make
from jupyter_crispdm.state.entries import Change, Entry, Limits, Writer, increment, put
from jupyter_crispdm.state.once import Once
from jupyter_crispdm.state.types import Increment, NewValue
from tests.support import eventually

ADA = Writer("ada")
PATIENT = 60.0
LIMITS = Limits()


@dataclass
class Place:
    """Where values are kept, as one server sees it, and what it was told."""

    backend: Any
    contents: Any
    told: list[str | None] = field(default_factory=list)
    woken: list[tuple[str, str]] = field(default_factory=list)

    async def put(self, key: str, value: Any, **more: Any) -> Entry:
        body = NewValue(value=value, **more)
        return await self.change(key, put(key, body, replace(ADA, notify=body.notify), LIMITS))

    async def add(self, key: str, by: int = 1, once: Once | None = None) -> Entry:
        return await self.change(key, increment(key, Increment(by=by), ADA, LIMITS), once=once)

    async def change(self, key: str, change: Change, lock: str | None = None, once: Once | None = None) -> Entry:
        after: Entry = (await self.backend.change(key, change, lock, once)).after
        return after

    async def value(self, key: str) -> bytes | None:
        entry = await self.backend.get(key)
        return None if entry is None else entry.value


def patient(place: Place, seconds: float = PATIENT) -> Place:
    """Let its Redis take the time that it needs on a busy machine. Only tests of the budget need the budget."""
    line = getattr(place.backend, "_line", None)
    if line is not None:
        line.budget = line.redis.connection_pool.timeout = seconds
    return place


@contextmanager
def places_are_kept() -> Iterator[None]:
    """Who waits for a lock keeps their place, however long a busy machine takes until it asks again."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("leases", "backends.database", "backends.redis.backend"):
            patch.setattr(f"jupyter_crispdm.state.{module}.PATIENCE", PATIENT)
        yield


OpenPlace = Callable[[], Coroutine[Any, Any, Place]]


@asynccontextmanager
async def places(url: str, folder: Path) -> AsyncIterator[OpenPlace]:
    """Opens places as servers do that share them: each with its own line to Redis, or the one database."""
    opened: list[Place] = []
    database = Database.in_directory(folder)
    await database.start()

    async def open_place() -> Place:
        kept = make(url, database, folder / "contents", LIMITS, SystemClock())
        place = Place(kept.backend, kept.contents)
        await kept.backend.start(place.told.append, lambda key, ticket: place.woken.append((key, ticket)))
        opened.append(place)
        if url:
            await eventually(lambda: None in place.told)
        return place

    try:
        yield open_place
    finally:
        for place in opened:
            await place.backend.close()
        await database.close()
