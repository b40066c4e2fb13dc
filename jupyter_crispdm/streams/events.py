"""Alarms of streams, and what people say of them and of spans of time. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.tasks import Listeners

from .eventtypes import EventAction, EventNote, EventQuery, EventState, EventWord, Label, NewLabel, StreamEvent
from .store import EventStore

_BECOMES = {
    EventAction.acknowledge: EventState.acknowledged,
    EventAction.shelve: EventState.shelved,
    EventAction.clear: EventState.cleared,
}


class EventManager:
    """Takes in the alarms that collectors raise, and what people do about them."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._on_change: Listeners[[StreamEvent]] = Listeners("events of streams")

    def on_change(self, callback: Callable[[StreamEvent], None]) -> None:
        """Have every alarm told that came or changed."""
        self._on_change.add(callback)

    async def find(self, stream: str, query: EventQuery) -> list[StreamEvent]:
        """Alarms of a stream, newest first. Raises BadRequest."""
        before = None if query.before is None else await self._store.get(stream, query.before)
        if query.before is not None and before is None:
            raise BadRequest("'before' must be the id of an event of the stream.", field="before")
        return await self._store.find(stream, only_open=query.state == "open", limit=query.limit, before=before)

    async def act(self, stream: str, id: str, word: EventWord, by: str) -> StreamEvent:
        """Do something about an alarm. Raises NotFound, BadRequest, StorageFull."""
        event = await self._store.get(stream, id)
        if event is None:
            raise NotFound(f"The stream has no event '{id[:64]}'.", field="event")
        changed = self._after(event, word, by)
        await self._store.put(stream, [changed])
        self._on_change.tell(changed)
        return changed

    async def labels(self, stream: str) -> list[Label]:
        """The labelled spans of a stream, oldest first."""
        return await self._store.labels(stream)

    async def add_label(self, stream: str, new: NewLabel, by: str) -> Label:
        """Give a span of time a name. Raises BadRequest, StorageFull."""
        if new.end < new.start:
            raise BadRequest("'to' must not come before 'from'.", field="to")
        return await self._store.add_label(stream, new, by, self._clock.now())

    async def remove_label(self, stream: str, id: int, by: str | None) -> None:
        """Take a label back, of anybody or only one of `by`. Raises NotFound, StorageFull."""
        if not await self._store.remove_label(stream, id, by):
            raise NotFound("The stream has no such label that is yours to take back.", field="label")

    def _after(self, event: StreamEvent, word: EventWord, by: str) -> StreamEvent:
        now = self._clock.now()
        state = _BECOMES.get(word.action, event.state)
        until = None
        if word.action is EventAction.shelve:
            if word.seconds is None:
                raise BadRequest("'seconds' says how long the alarm is shelved.", field="seconds")
            until = utc(now + word.seconds)
        if word.action is EventAction.label and word.label is None:
            raise BadRequest("'label' says what the event is called; empty takes it back.", field="label")
        note = EventNote(utc(now), state, by, word.comment)
        return msgspec.structs.replace(
            event, state=state, by=by, comment=word.comment or event.comment, shelved_until=until,
            label=event.label if word.label is None else word.label, notes=[*event.notes, note],
        )  # fmt: skip
