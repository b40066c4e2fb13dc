"""What can be done with streams. Knows no HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.base.tasks import Listeners

from .export import Export
from .store import StreamRecord, StreamStore
from .types import ExportQuery, NewStream, Source, Stream, StreamChange, StreamState, Trial, Window


class StreamManager:
    """Makes, collects, changes and deletes streams. Each has a directory below `root` and, while it runs, a job."""

    def __init__(self, store: StreamStore, root: Path, clock: Clock, most: int | None = None) -> None:
        self._store, self._root, self._clock, self._most = store, root, clock, most
        self._records: dict[str, StreamRecord] = {}
        self._on_change: Listeners[[Stream]] = Listeners("changes of streams")
        self._on_delete: Listeners[[str]] = Listeners("deleted streams")

    async def start_all(self) -> None:
        """Take up the streams."""
        for record in await self._store.all():
            self._records[record.id] = record

    async def close(self) -> None:
        """Let go of the streams; their collectors go on."""

    def on_change(self, callback: Callable[[Stream], None]) -> None:
        """Have every change of a stream told."""
        self._on_change.add(callback)

    def on_delete(self, callback: Callable[[str], None]) -> None:
        """Have the ids of deleted streams told."""
        self._on_delete.add(callback)

    def all(self) -> list[Stream]:
        """Every stream, oldest first."""
        return [self._describe(record) for record in self._records.values()]

    def get(self, id: str) -> Stream:
        """One stream. Raises NotFound."""
        return self._describe(self._find(id))

    def directory(self, id: str) -> Path:
        """Where a stream's samples are. Raises NotFound."""
        return self._root / self._find(id).id

    async def create(self, new: NewStream, owner: str) -> Stream:
        """Make a stream, and begin to collect it. Raises BadRequest, Conflict, Unprocessable, StorageFull."""
        if new.id in self._records:
            raise Conflict(f"There is another stream with the id '{new.id}'.", field="id")
        if self._most is not None and len(self._records) >= self._most:
            raise Unprocessable(f"There are {self._most} streams already.", field="id")
        given = msgspec.structs.asdict(new)
        wanted = given.pop("start")
        given["id"] = new.id or f"t{secrets.token_hex(5)}"
        record = StreamRecord(**given, owner=owner, created=self._clock.now(), wanted=wanted)
        await self._keep(record)
        return self.get(record.id)

    async def change(self, id: str, change: StreamChange) -> Stream:
        """Change a stream. Raises NotFound, BadRequest, StorageFull."""
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        await self._keep(msgspec.structs.replace(self._find(id), **given))
        return self.get(id)

    async def remove(self, id: str) -> None:
        """Stop a stream and delete it with its samples. Raises NotFound, StorageFull."""
        self._find(id)
        await self._store.remove(id)
        self._records.pop(id, None)
        self._on_delete.tell(id)

    async def start(self, id: str) -> Stream:
        """Begin to collect a stream. Raises NotFound."""
        await self._keep(msgspec.structs.replace(self._find(id), wanted=True))
        return self.get(id)

    async def stop(self, id: str) -> Stream:
        """Collect a stream no more. Raises NotFound."""
        await self._keep(msgspec.structs.replace(self._find(id), wanted=False))
        return self.get(id)

    async def test(self, source: Source) -> Trial:
        """Ask a source for its first messages."""
        raise Unavailable("Sources cannot be tried yet.")

    async def window(self, id: str, since: int | None) -> Window:
        """The newest samples, or what came after one. Raises NotFound."""
        self._find(id)
        return Window(0, {"seq": [], "time": []})

    async def history(self, id: str, start: float | None, end: float | None, points: int) -> Window:
        """A time span, thinned so that extremes stay. Raises NotFound."""
        return await self.window(id, None)

    async def export(self, id: str, query: ExportQuery) -> Export:
        """Samples as a file. Raises NotFound."""
        self._find(id)
        raise Unavailable("Streams cannot be exported yet.")

    async def _keep(self, record: StreamRecord) -> None:
        await self._store.put(record)
        self._records[record.id] = record
        self._on_change.tell(self._describe(record))

    def _find(self, id: str) -> StreamRecord:
        if id not in self._records:
            raise NotFound(f"There is no stream '{id[:64]}'.", field="id")
        return self._records[id]

    def _describe(self, record: StreamRecord) -> Stream:
        return Stream(
            id=record.id, name=record.name, source=record.source, state=StreamState.stopped,
            directory=str(self._root / record.id), window=record.window, backup_seconds=record.backup_seconds,
            alert=record.alert, detectors=record.detectors, keep_days=record.keep_days, keep_bytes=record.keep_bytes,
            shared=record.shared, job=record.job, owner=record.owner, created=utc(record.created),
        )  # fmt: skip
