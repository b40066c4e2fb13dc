"""A source that delivers what a test says, and a stream's directory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.streams.batch import gather
from jupyter_crispdm.streams.collector.collecting import Collector
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.sources.port import Message
from jupyter_crispdm.streams.types import Spec, Status
from tests.support import FakeClock, eventually


class FakeSource:
    """Delivers batches of messages, then waits; or ends, when it was told that there is no more."""

    def __init__(self, *batches: Sequence[Any], ends: bool = False) -> None:
        self.trouble = ""
        self.safe: list[Any] = []
        self.read_ahead = 0
        self.closed = False
        self.error: Exception | None = None
        self._batches = asyncio.Queue[Sequence[Any] | None]()
        self.deliver(*batches)
        if ends:
            self._batches.put_nowait(None)

    def deliver(self, *batches: Sequence[Any]) -> None:
        """Have more to come; a payload is bytes, or anything that JSON can say."""
        for batch in batches:
            self._batches.put_nowait(batch)

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        while (batch := await self._batches.get()) is not None:
            if self.error is not None:
                raise self.error
            self.read_ahead += 1
            yield [Message(_payload(one), 1000.0, mark=one) for one in batch]

    async def stored(self, messages: Sequence[Message]) -> None:
        self.safe += [message.mark for message in messages]

    async def close(self) -> None:
        self.closed = True


def _payload(one: Any) -> bytes:
    return one if isinstance(one, bytes) else json.dumps(one).encode()


def write_spec(directory: Path, **changes: Any) -> None:
    """A stream's specification, as the server writes it."""
    spec = {"id": "line", "name": "Line", "source": {"kind": "simulated"}, **changes}
    directory.mkdir(exist_ok=True)
    new = directory / "new.json"
    new.write_text(json.dumps(spec))
    new.replace(directory / "stream.json")


class Line:
    """A collector in a directory, with a fake source and a clock that stands still."""

    def __init__(self, directory: Path, *sources: FakeSource, **spec: Any) -> None:
        self.directory, self.clock = directory, FakeClock()
        self.made: list[tuple[Spec, Mapping[str, str]]] = []
        self._sources = list(sources)
        write_spec(directory, **spec)
        self.collector = Collector(directory, self._make, self.clock)
        self.running = asyncio.ensure_future(self.collector.run())

    def _make(self, spec: Spec, directory: Path, environ: Mapping[str, str]) -> FakeSource:
        assert directory == self.directory
        self.made.append((spec, environ))
        return self._sources.pop(0)

    async def tick(self) -> None:
        """Let half a second pass, and wait until the collector has said how it is since."""
        await eventually(lambda: self.made and self.status.updated)
        self.clock.advance(0.5)
        await eventually(lambda: self.status.updated >= self.clock.now())

    async def says(self, words: str) -> None:
        """Let time pass until it says so; without words: until it has nothing to complain of."""

        async def is_said() -> bool:
            await self.tick()
            return words in self.status.reason if words else not self.status.reason

        await eventually(is_said)

    async def end(self) -> None:
        """Have it end, as a signal does."""
        self.collector.stop()
        await self.running

    async def are_safe(self, source: FakeSource, count: int) -> None:
        """Wait until so many messages are recorded."""
        await eventually(lambda: len(source.safe) >= count)

    @property
    def status(self) -> Status:
        """What it said last."""
        try:
            return msgspec.json.decode((self.directory / "status.json").read_bytes(), type=Status)
        except FileNotFoundError:
            return Status()

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """What became of alarms."""
        return [json.loads(line) for line in (self.directory / "alarms.jsonl").read_bytes().splitlines()]


def recorded(directory: Path) -> dict[str, Any]:
    """All that is in a recording, as lists."""
    found = gather(list(Recording(directory).iterate()))
    columns = {name: column if isinstance(column, list) else column.tolist() for name, column in found.columns.items()}
    return {"seq": found.seq.tolist(), **columns}
