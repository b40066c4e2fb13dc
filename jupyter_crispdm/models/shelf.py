"""The registry's files and tables, changed together and one change at a time; the files are the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import NotFound

from .files import ModelFiles
from .history import Spans, current, without_version
from .sources import Parts
from .store import ModelStore
from .types import LATEST, Model, ModelVersion

Tell = Callable[[], None]


class Shelf:
    """Where versions stand. Whoever changes something holds `lock` from the look until the change."""

    def __init__(self, store: ModelStore, files: ModelFiles, clock: Clock, tell: Tell) -> None:
        self.store, self.files, self.lock = store, files, asyncio.Lock()
        self._clock, self._tell = clock, tell

    async def start(self) -> None:
        """Make the tables say what the files say; what a crash left half-written goes."""
        await self.store.rebuild(await asyncio.to_thread(self.files.read_all))

    def now(self) -> datetime:
        """The moment, in UTC."""
        return utc(self._clock.now())

    async def show(self, name: str) -> Model:
        """One model. Raises NotFound."""
        model = await self.store.show(name)
        if model is None or not model.versions:
            raise NotFound(f"There is no model '{name[:100]}'.", model=name[:100])
        return model

    async def get(self, name: str, version: int | str | None = None) -> ModelVersion:
        """A version by number or alias; the newest when neither is given. Raises NotFound."""
        model = await self.show(name)
        number = model.aliases.get(version, -1) if isinstance(version, str) and version != LATEST else version
        if number is None or number == LATEST:
            return model.versions[0]
        for item in model.versions:
            if item.version == number:
                return item
        raise NotFound(f"The model '{name}' has no version '{version}'.", model=name, version=version)

    async def spans(self, name: str) -> Spans:
        """Which version bore which alias, the oldest first. Raises NotFound."""
        spans = await self.store.history(name)
        if spans is None:
            raise NotFound(f"There is no model '{name[:100]}'.", model=name[:100])
        return spans

    async def add_next(self, version: ModelVersion, parts: Parts) -> ModelVersion:
        """Put it up as the next version of its model: all of it, or nothing.

        Raises NotFound, StorageFull, Unprocessable.
        """
        async with self.lock:
            number = await self.store.last_version(version.name) + 1
            done = await self._add(msgspec.structs.replace(version, version=number), parts)
        self._tell()
        return done

    async def _add(self, version: ModelVersion, parts: Parts) -> ModelVersion:
        done = await asyncio.to_thread(self.files.add, version, parts)
        try:
            await self.store.add(done)
            spans = await self.store.history(version.name) or []
            await asyncio.to_thread(self.files.write_index, version.name, version.version, spans)
        except BaseException:
            await asyncio.to_thread(self.files.remove, version.name, version.version)
            await self.store.remove(version.name, version.version)
            raise
        return done

    async def change(self, version: ModelVersion) -> None:
        """Write anew what is known about a version. Raises StorageFull."""
        await asyncio.to_thread(self.files.write_record, version)
        await self.store.change(version)
        self._tell()

    async def remove(self, version: ModelVersion, by: str) -> list[str]:
        """Take a version down; answers the aliases that went with it. Raises StorageFull."""
        spans = await self.spans(version.name)
        left = without_version(spans, version.version, by, self.now())
        await self._write_history(version.name, left)
        await self.store.remove(version.name, version.version)
        await asyncio.to_thread(self.files.remove, version.name, version.version)
        self._tell()
        return sorted(current(spans).keys() - current(left).keys())

    async def set_history(self, name: str, spans: Spans) -> None:
        """Let the aliases stand as these spans say. Raises StorageFull."""
        await self._write_history(name, spans)
        self._tell()

    async def _write_history(self, name: str, spans: Spans) -> None:
        last = await self.store.last_version(name)
        await asyncio.to_thread(self.files.write_index, name, last, spans)
        await self.store.set_history(name, spans)
