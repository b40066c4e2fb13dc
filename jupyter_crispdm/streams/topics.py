"""What can be followed live of streams, and where the facts come from."""

from __future__ import annotations

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.families import OpenLog, Shown
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic

from .events.manager import EventManager
from .events.types import EventQuery, EventsFact, StreamEvent
from .manager import StreamManager
from .reading.tail import Tail
from .recording.layout import wal_folder
from .types import Stream, StreamFact, StreamsFact
from .view import ShownStreams, require_shown

_NEWEST = 1000
_FRAME = 1 / 25
"""Seconds between two messages of samples, however many come."""

STREAMS = Topic("streams", Kind.table, StreamsFact, "streams", "All streams, then each that changes or is deleted.")
STREAM = Topic("streams/{id}", Kind.log, StreamFact, "streams", "A stream's samples; the cursor is `seq`.")
EVENTS = Topic(
    "streams/{id}/events", Kind.table, EventsFact, "streams", "A stream's alarms, then each that comes or changes."
)
TOPICS = [STREAMS, STREAM, EVENTS]


class StreamTopics:
    """Tells what the managers tell, to those who may see it."""

    def __init__(self, hub: Hub, streams: StreamManager, events: EventManager, watcher: Watcher) -> None:
        self._streams, self._events = streams, events
        self._rows = hub.table(STREAMS, self._all, shown=Shown(ShownStreams().narrow))
        hub.log(STREAM, self._samples, watcher, admit=self._admit)
        self._alarms = hub.tables(EVENTS, self._newest, admit=self._admit)
        streams.on_change(self._changed)
        streams.on_delete(self._deleted)
        events.on_change(self._happened)

    async def _all(self) -> StreamsFact:
        return StreamsFact(streams=self._streams.all())

    async def _samples(self, id: str) -> OpenLog:
        directory, created = self._streams.directory(id), self._streams.get(id).created
        tail = Tail(directory, f"{int(created.timestamp() * 1000):x}", lambda: self._window(id))
        return OpenLog(tail, wal_folder(directory), lambda: not self._streams.knows(id), _FRAME)

    def _window(self, id: str) -> int:
        return self._streams.get(id).window if self._streams.knows(id) else 0

    async def _newest(self, id: str) -> EventsFact:
        return EventsFact(events=await self._events.find(id, EventQuery(limit=_NEWEST)))

    async def _admit(self, sees_all: bool, id: str) -> None:
        """Refuse a stream that does not exist, and to viewers one that is not shown. Raises NotFound."""
        stream = self._streams.get(id)
        if not sees_all:
            require_shown(stream)

    def _changed(self, stream: Stream) -> None:
        self._rows.tell(stream.id, StreamsFact(stream=stream))

    def _deleted(self, id: str) -> None:
        self._rows.tell(id, StreamsFact(deleted=id))

    def _happened(self, event: StreamEvent) -> None:
        self._alarms.tell(event.id, EventsFact(event=event), id=event.stream)
