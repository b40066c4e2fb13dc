"""Alarms of streams, and what people say of them and of spans of time. Knows no HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import BadRequest, NotFound, Unprocessable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Listeners

from ..alarms.line import AlarmLine
from . import words
from .alarmfile import AlarmFile
from .store import EventStore
from .types import EventQuery, EventState, EventWord, Label, NewLabel, StreamEvent

_log = logging.getLogger(__name__)
_MOST_LABELS = 10_000


@dataclass
class _Known:
    """What is in memory of one stream's alarms: where its file was read to, those that are open, the newest."""

    file: AlarmFile
    open: dict[str, StreamEvent]
    last: datetime | None
    is_first_look: bool = True
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    unreadable: bool = False


class EventManager:
    """Takes in the alarms that collectors raise below `root`, and what people do about them.

    The files of the collectors say what happened: from them the table is made anew where it is lost.
    """

    def __init__(self, store: EventStore, root: Path, clock: Clock) -> None:
        self._store, self._root, self._clock = store, root, clock
        self._known: dict[str, _Known] = {}
        self._on_change: Listeners[[StreamEvent]] = Listeners("events of streams")
        self._on_alarm: Listeners[[StreamEvent]] = Listeners("alarms of streams")

    def on_change(self, callback: Callable[[StreamEvent], None]) -> None:
        """Have every alarm told that came or changed."""
        self._on_change.add(callback)

    def on_alarm(self, callback: Callable[[StreamEvent], None]) -> None:
        """Have every alarm told that wants somebody: it was raised, and is not shelved."""
        self._on_alarm.add(callback)

    async def take_up(self, stream: str) -> None:
        """Begin with a stream, or go on where an earlier server was."""
        newest = await self._store.find(stream, limit=1)
        still = await self._store.find(stream, only_open=True)
        position = await self._store.alarms_read(stream)
        self._known[stream] = _Known(
            AlarmFile(self._root / stream, position), {event.id: event for event in still},
            newest[0].notes[0].time if newest and newest[0].notes else None,
        )  # fmt: skip

    async def forget(self, stream: str) -> None:
        """A stream is deleted; what is being taken in or done is forgotten with it. Raises StorageFull."""
        known = self._known.pop(stream, None)
        async with known.lock if known is not None else asyncio.Lock():
            await self._store.forget(stream)

    def open_alarms(self, stream: str) -> int:
        """How many alarms of a stream are not cleared."""
        known = self._known.get(stream)
        return 0 if known is None else len(known.open)

    def last_alarm(self, stream: str) -> datetime | None:
        """When the newest was raised."""
        known = self._known.get(stream)
        return None if known is None else known.last

    async def look(self, stream: str) -> None:
        """Take in what the collector has said, and take from the shelf what was there long enough."""
        known = self._known.get(stream)
        if known is None:
            return
        async with known.lock:
            lines = await self._lines(stream, known)
            if lines:
                await self._take_in(stream, known, lines)
            await self._unshelve(stream, known)
            known.is_first_look = False

    async def find(self, stream: str, query: EventQuery) -> list[StreamEvent]:
        """Alarms of a stream, newest first. Raises BadRequest."""
        before = None if query.before is None else await self._store.get(stream, query.before)
        if query.before is not None and before is None:
            raise BadRequest("'before' must be the id of an event of the stream.", field="before")
        return await self._store.find(stream, only_open=query.state == "open", limit=query.limit, before=before)

    async def act(self, stream: str, id: str, word: EventWord, by: str) -> StreamEvent:
        """Do something about an alarm. Raises NotFound, BadRequest, Conflict, StorageFull."""
        known = self._known.get(stream)
        async with known.lock if known is not None else asyncio.Lock():
            event = await self._store.get(stream, id)
            if event is None or known is None:
                raise NotFound(f"The stream has no event '{id[:64]}'.", field="event")
            changed = words.after(event, word, by, self._clock.now())
            await self._store.put(stream, [changed])
            self._remember(known, changed)
        return changed

    async def labels(self, stream: str) -> list[Label]:
        """The labelled spans of a stream, oldest first."""
        return await self._store.labels(stream)

    async def labelled(self, stream: str) -> list[tuple[float, float, str]]:
        """All spans of a stream that have a name, those of its labelled alarms too."""
        spans = [(label.start, label.end, label.label) for label in await self._store.labels(stream)]
        named = [event for event in await self._store.find(stream) if event.label]
        return spans + [(event.time, max(event.time, event.ended or event.time), event.label) for event in named]

    async def add_label(self, stream: str, new: NewLabel, by: str) -> Label:
        """Give a span of time a name. Raises BadRequest, Unprocessable, StorageFull."""
        if new.end < new.start:
            raise BadRequest("'to' must not come before 'from'.", field="to")
        if len(await self._store.labels(stream)) >= _MOST_LABELS:
            raise Unprocessable(f"The stream has {_MOST_LABELS} labels already.", field="label")
        return await self._store.add_label(stream, new, by, self._clock.now())

    async def remove_label(self, stream: str, id: int, by: str | None) -> None:
        """Take a label back, of anybody or only one of `by`. Raises NotFound, StorageFull."""
        if not await self._store.remove_label(stream, id, by):
            raise NotFound("The stream has no such label that is yours to take back.", field="label")

    async def _lines(self, stream: str, known: _Known) -> list[AlarmLine]:
        try:
            lines = await on_disk(self._root / stream, known.file.read)
        except OSError as error:
            if not known.unreadable:
                _log.warning("The alarms of stream %s cannot be read: %s", stream, error)
            known.unreadable = True
            return []
        known.unreadable = False
        return lines

    async def _take_in(self, stream: str, known: _Known, lines: list[AlarmLine]) -> None:
        changed: dict[str, StreamEvent] = {}
        new: set[str] = set()
        for line in lines:
            event = changed.get(line.id) or known.open.get(line.id) or await self._store.get(stream, line.id)
            if line.kind == "cleared" and event is not None:
                changed[line.id] = words.ended(event, line, self._clock.now())
            elif line.kind == "raised" and event is None:
                changed[line.id] = words.raised(stream, line, self._clock.now(), self._shelf(known, line.detector))
                new.add(line.id)
        await self._store.put(stream, list(changed.values()), known.file.position)
        for event in changed.values():
            self._remember(known, event, is_new=event.id in new)

    async def _unshelve(self, stream: str, known: _Known) -> None:
        now = self._clock.now()
        over = [
            event for event in known.open.values()
            if event.state is EventState.shelved and event.shelved_until and event.shelved_until.timestamp() <= now
        ]  # fmt: skip
        if not over:
            return
        back = [words.unshelved(event, now) for event in over]
        await self._store.put(stream, back)
        for event in back:
            self._remember(known, event, is_new=True)

    def _shelf(self, known: _Known, detector: str) -> StreamEvent | None:
        """What shelves a detector just now."""
        now = self._clock.now()
        shelves = (event for event in known.open.values() if event.detector == detector and event.shelved_until)
        return next((one for one in shelves if one.shelved_until and one.shelved_until.timestamp() > now), None)

    def _remember(self, known: _Known, event: StreamEvent, is_new: bool = False) -> None:
        if event.state is EventState.cleared:
            known.open.pop(event.id, None)
        else:
            known.open[event.id] = event
        if is_new:
            known.last = event.notes[0].time
        self._on_change.tell(event)
        old = known.is_first_look and event.state is EventState.cleared  # all is taken in anew, say
        if is_new and not old and event.state is not EventState.shelved:
            self._on_alarm.tell(event)
