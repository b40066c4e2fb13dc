"""Reading a source as the collector does: some messages at a time, stored, from another task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from types import TracebackType

from jupyter_crispdm.streams.sources.port import Message, Source
from tests.support import eventually


class Reading:
    """Reads a source in the background until the block ends. `got` is all that came; `store`: and is safe."""

    def __init__(self, source: Source, *, store: bool = True) -> None:
        self.source = source
        self.got: list[Message] = []
        self.store = store
        self.ended = False
        self._going = asyncio.Event()
        self._going.set()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Reading:
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Stop reading, as a collector that is told to end."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.source.close()

    async def payloads(self, count: int) -> list[bytes | dict[str, object]]:
        """The payloads of the first messages, once there are so many."""
        await self.until(lambda: len(self.got) >= count)
        return [message.payload for message in self.got]

    async def until(self, fact: Callable[[], object]) -> None:
        """Wait for a fact; what went wrong in the source is told."""
        await eventually(lambda: fact() or (self._task is not None and self._task.done() and self._task.exception()))
        if self._task is not None and self._task.done() and not self.ended:
            self._task.result()

    def hold(self) -> None:
        """Take nothing more for now."""
        self._going.clear()

    def go_on(self) -> None:
        """Take what there is."""
        self._going.set()

    async def _read(self) -> None:
        async with aclosing(self.source.read()) as reader:
            async for messages in reader:
                await self._take(messages)
                await self._going.wait()
        self.ended = True

    async def _take(self, messages: Sequence[Message]) -> None:
        if self.store:
            await self.source.stored(messages)
        self.got.extend(messages)  # last: whoever saw them come may leave, and they are safe
