"""The streams verbs: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Made, Reply, Routes, route

from .events.manager import EventManager
from .events.types import EventList, EventQuery, EventWord, Label, LabelList, NewLabel, StreamEvent
from .manager import StreamManager
from .types import (
    EventId,
    ExportQuery,
    HistoryQuery,
    NewStream,
    Stream,
    StreamChange,
    StreamId,
    StreamList,
    Trial,
    TrialBody,
    Window,
    WindowQuery,
)
from .view import narrowed, require_shown


class StreamRoutes(Routes):
    """``streams``: make, look, start, stop, change, delete, read."""

    def __init__(self, streams: StreamManager) -> None:
        self._streams = streams

    @route("GET", "streams", answer=StreamList, resource="streams")
    async def index(self, request: Request) -> StreamList:
        """List the streams, oldest first."""
        found = self._streams.all()
        if await request.may("streams", "all"):
            return StreamList(found)
        return StreamList([narrowed(stream) for stream in found if stream.shared])

    @route("POST", "streams", body=NewStream, answer=Stream, status=201, resource="streams", action="write")
    async def create(self, request: Request, body: NewStream) -> Reply:
        """Make a stream and begin to collect it; a job of its own does so until it is stopped."""
        stream = await self._streams.create(body, owner=request.owner)
        return Reply(stream, headers={"Location": request.url_for(StreamRoutes.show, id=stream.id)})

    @route("POST", "streams/test", body=TrialBody, answer=Trial, resource="streams", action="write")
    async def test(self, request: Request, body: TrialBody) -> Trial:
        """Ask a source for its first messages, and propose columns."""
        return await self._streams.test(body.source)

    @route("GET", "streams/{id}", answer=Stream, resource="streams")
    async def show(self, request: Request, id: StreamId) -> Stream:
        """Show a stream."""
        return await seen(request, self._streams, id)

    @route("PATCH", "streams/{id}", body=StreamChange, answer=Stream, resource="streams", action="write")
    async def change(self, request: Request, id: StreamId, body: StreamChange) -> Stream:
        """Change a stream; only another source interrupts its collecting."""
        return await self._streams.change(id, body)

    @route("DELETE", "streams/{id}", resource="streams", action="write")
    async def remove(self, request: Request, id: StreamId) -> None:
        """Stop a stream and delete it with all its samples."""
        await self._streams.remove(id)

    @route("POST", "streams/{id}/start", answer=Stream, status=202, resource="streams", action="write")
    async def start(self, request: Request, id: StreamId) -> Stream:
        """Begin to collect a stream; it goes on until it is stopped, also after the server restarts."""
        return await self._streams.start(id)

    @route("POST", "streams/{id}/stop", answer=Stream, status=202, resource="streams", action="write")
    async def stop(self, request: Request, id: StreamId) -> Stream:
        """Collect a stream no more."""
        return await self._streams.stop(id)

    @route("GET", "streams/{id}/window", query=WindowQuery, answer=Window, resource="streams")
    async def window(self, request: Request, id: StreamId, query: WindowQuery) -> Window:
        """Read the newest samples, or what came after one."""
        await seen(request, self._streams, id)
        return await self._streams.window(id, query.since)

    @route("GET", "streams/{id}/history", query=HistoryQuery, answer=Window, resource="streams")
    async def history(self, request: Request, id: StreamId, query: HistoryQuery) -> Window:
        """Read a time span, thinned so that extremes stay."""
        await seen(request, self._streams, id)
        return await self._streams.history(id, query.start, query.end, query.points)

    @route("GET", "streams/{id}/export", query=ExportQuery, answer=bytes, resource="streams")
    async def export(self, request: Request, id: StreamId, query: ExportQuery) -> Made:
        """Download samples as parquet or CSV, with what was labelled as the column `label`."""
        await seen(request, self._streams, id)
        export = await self._streams.export(id, query)
        return Made(export.pieces, export.media_type, export.filename)


class EventRoutes(Routes):
    """``streams/{id}/events`` and ``labels``: alarms, and what people say of them and of spans of time."""

    def __init__(self, streams: StreamManager, events: EventManager) -> None:
        self._streams, self._events = streams, events

    @route("GET", "streams/{id}/events", query=EventQuery, answer=EventList, resource="streams")
    async def events(self, request: Request, id: StreamId, query: EventQuery) -> EventList:
        """List the alarms of a stream, newest first."""
        await seen(request, self._streams, id)
        return EventList(await self._events.find(id, query))

    @route("POST", "streams/{id}/events/{event}", body=EventWord, answer=StreamEvent, resource="streams",
           action="act")  # fmt: skip
    async def act(self, request: Request, id: StreamId, event: EventId, body: EventWord) -> StreamEvent:
        """Acknowledge, shelve, clear or label an alarm; whoever sees a stream may."""
        await seen(request, self._streams, id)
        return await self._events.act(id, event, body, by=request.owner)

    @route("GET", "streams/{id}/labels", answer=LabelList, resource="streams")
    async def labels(self, request: Request, id: StreamId) -> LabelList:
        """List the labelled spans of a stream."""
        await seen(request, self._streams, id)
        return LabelList(await self._events.labels(id))

    @route("POST", "streams/{id}/labels", body=NewLabel, answer=Label, status=201, resource="streams", action="act")
    async def label(self, request: Request, id: StreamId, body: NewLabel) -> Label:
        """Give a span of time a name."""
        await seen(request, self._streams, id)
        return await self._events.add_label(id, body, by=request.owner)

    @route("DELETE", "streams/{id}/labels/{label}", resource="streams", action="act")
    async def unlabel(self, request: Request, id: StreamId, label: int) -> None:
        """Take a label back; viewers their own."""
        await seen(request, self._streams, id)
        sees_all = await request.may("streams", "all")
        await self._events.remove_label(id, label, by=None if sees_all else request.owner)


async def seen(request: Request, streams: StreamManager, id: str) -> Stream:
    """A stream as the caller sees it. Raises NotFound for one that they do not."""
    stream = streams.get(id)
    return stream if await request.may("streams", "all") else narrowed(require_shown(stream))
