"""The loop: what came is mapped, judged, recorded, watched for alarms; then its sender is told that it is safe.

Nothing is read while what came before is not on the disk: so a full disk or a slow detector holds the source up, and no
queue grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.tasks import comes, spawn

from ..alarms.book import AlarmBook
from ..alarms.journal import Journal
from ..batch import TIME, Batch, Column
from ..detectors.judging import Judges
from ..detectors.making import watched
from ..mapping import Mapper
from ..recording.reading import Recording
from ..recording.recorder import Recorder
from ..sources.port import Message, Source
from ..types import Spec, StreamState
from .keeper import Keeper
from .orders import BadOrders, Orders
from .report import Report

TICK_SECONDS = 0.5
_LOOK_SECONDS = 0.5
"""How long it waits for the source until it looks whether a tick is due."""
_AGAIN_SECONDS = 1.0
_MOST_ROWS = 4096
"""How many samples are judged and written at once."""

Reading = AsyncGenerator[Sequence[Message], None]
Making = Callable[[Spec, Path, Mapping[str, str]], Source]


class Collector:
    """Collects one stream. Made, it has its recording in order. Raises BadOrders, OSError, StorageFull."""

    def __init__(self, directory: Path, make: Making, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._directory, self._make = directory, make
        self._orders = Orders(directory)
        spec = self._orders.changed()
        assert spec is not None, "the first look finds it, or raises"
        self._spec = spec
        self._journal = Journal(directory)
        self._keeper = Keeper(Recorder(directory), self._clock)
        self._report = Report(directory, self._clock, self._keeper.recorder.seq)
        self._book = AlarmBook(self._journal)
        self._judges = Judges(self._orders.environ())
        self._source: Source | None = None
        self._stop = asyncio.Event()
        self._ticked = -TICK_SECONDS
        self._other_source = False
        self._full = self._confused = ""

    def stop(self) -> None:
        """Have it finish what it has begun, and end."""
        self._stop.set()

    async def run(self) -> None:
        """Collect until it is told to stop or the source has come to its end."""
        try:
            self._say()
            await self._use(self._spec)
            ended = await self._all_sources()
            await self._keeper.finish(self._spec)
            state = StreamState.stopped if ended else StreamState.running
            await self._report.end(state, "The source has come to its end." if ended else "", self._keeper.size)
        finally:
            await self._judges.close()
            self._journal.close()

    # -- reading

    async def _all_sources(self) -> bool:
        """Collect, from another source when the specification names one; whether the last one came to its end."""
        while True:
            self._other_source = False
            self._source = source = self._make(self._spec, self._directory, self._orders.environ())
            mapper = Mapper(self._spec.source.fields, self._spec.source.python)
            reading = source.read()
            try:
                ended = await self._one_source(source, reading, mapper)
            finally:
                await reading.aclose()
                await source.close()
                self._source = None
            if not self._other_source:
                return ended

    async def _one_source(self, source: Source, reading: Reading, mapper: Mapper) -> bool:
        while (messages := await self._next(reading)) is not None:
            if not await self._take(source, mapper, messages):
                return False
            await self._tick()
        return not self._interrupted

    @property
    def _interrupted(self) -> bool:
        return self._stop.is_set() or self._other_source

    async def _next(self, reading: Reading) -> Sequence[Message] | None:
        """What the source has next; None at its end, and when it is to be left."""
        if self._interrupted:
            return None
        coming, stopping = spawn("source", _one(reading)), spawn("stop", self._stop.wait())
        try:
            while not (coming.done() or self._interrupted):
                await asyncio.wait({coming, stopping}, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                await self._tick()
            return coming.result() if coming.done() else None
        finally:
            coming.cancel()
            stopping.cancel()
            await asyncio.gather(coming, stopping, return_exceptions=True)

    # -- what came

    async def _take(self, source: Source, mapper: Mapper, messages: Sequence[Message]) -> bool:
        """Record what is in some messages; False when it is to stop before it could."""
        mapped = mapper(messages)
        self._report.rejected(mapped.rejected)
        for columns in _pieces(mapped.columns):
            judged = await self._judges.judge(columns)
            batch = await self._recorded(judged.columns)
            if batch is None:
                return False
            self._report.recorded(batch)
            self._book.look(batch, judged.found)
        await source.stored(messages)
        return True

    async def _recorded(self, columns: Mapping[str, Column]) -> Batch | None:
        """Samples on the disk. While that takes none they are held, and nothing is read; None when it is to stop."""
        while True:
            try:
                batch = self._keeper.recorder.append(columns)
            except (OSError, StorageFull) as error:
                self._full = f"Samples cannot be recorded: {error}"
                await comes(self._stop, _AGAIN_SECONDS)
                if self._stop.is_set():
                    return None
                await self._tick()
            else:
                self._full = ""
                return batch

    # -- now and then

    async def _tick(self) -> None:
        """Twice a second: look for a new specification, see to the recording, say how things are."""
        now = self._clock.monotonic()
        if now - self._ticked < TICK_SECONDS:
            return
        self._ticked = now
        await self._look_for_orders()
        self._keeper.tick(self._spec)
        self._book.write()
        self._say()

    async def _look_for_orders(self) -> None:
        try:
            spec = self._orders.changed()
        except BadOrders as error:
            self._confused = str(error)
            return
        if spec is not None:
            self._confused = ""
            self._other_source = (spec.source, spec.place) != (self._spec.source, self._spec.place)
            await self._use(spec)

    async def _use(self, spec: Spec) -> None:
        """From now on collect so; new detectors first learn what was recorded."""
        self._spec, recorder = spec, self._keeper.recorder
        fresh = await self._judges.use(spec.detectors)
        if any(detector.memory for detector in fresh):
            memory = max(detector.memory for detector in fresh)
            known = await asyncio.to_thread(Recording(self._directory).window, memory)
            for detector in fresh:
                await detector.judge(known.columns)
        self._book.watch(watched(spec.alert, spec.detectors), recorder.seq, self._clock.now())

    def _say(self) -> None:
        source = "" if self._source is None else self._source.trouble
        reasons = (
            self._full, source, self._judges.trouble, self._keeper.trouble, self._book.trouble, self._confused
        )  # fmt: skip
        self._report.say(StreamState.running, " ".join(filter(None, reasons))[:1000], self._keeper.size)


async def _one(reading: Reading) -> Sequence[Message] | None:
    return await anext(reading, None)


def _pieces(columns: Mapping[str, Column]) -> Iterator[dict[str, Column]]:
    for start in range(0, len(columns[TIME]), _MOST_ROWS):
        yield {name: column[start : start + _MOST_ROWS] for name, column in columns.items()}
