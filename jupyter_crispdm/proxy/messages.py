"""An upstream's answer as messages, and messages as the caller wants them."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from typing import Any, NamedTuple

import msgspec

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.streaming import Event, StageFailed, Stream, StreamError

from .errors import UpstreamFailed
from .transforms import Transform
from .types import Accept
from .upstream import Answer, told_of

EVENTS, LINES = "text/event-stream", "application/x-ndjson"
_LINES = frozenset({LINES, "application/jsonl", "application/x-jsonlines", "application/json-lines"})
_DONE = "[DONE]"


class Message(NamedTuple):
    """One message: its value, and of an event the id and the name."""

    value: Any
    id: str = ""
    name: str = ""


def form_of(answer: Answer, asked: Accept | None) -> Accept:
    """What an answer is read as: what it says it is, and where that says nothing what was asked for."""
    kind = answer.media_type
    if kind == EVENTS:
        return "sse"
    if kind in _LINES:
        return "ndjson"
    if kind == "application/json" or kind.endswith("+json"):
        return "json"
    return asked or "text"


def messages(pieces: AsyncIterable[bytes], form: Accept) -> Stream[Message]:
    """The messages of an answer."""
    stream = Stream(pieces)
    if form == "sse":
        return stream.events().filter(lambda event: event.data != _DONE).map(_of_event)
    if form == "ndjson":
        return stream.lines().json().map(Message)
    if form == "json":
        return stream.json(form="values").map(Message)
    return Stream(_text(stream), close=stream.aclose).map(Message)


def _of_event(event: Event) -> Message:
    try:
        value = msgspec.json.decode(event.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        value = event.data
    return Message(value, event.id, event.name)


async def _text(pieces: Stream[bytes]) -> AsyncIterator[str]:
    """Text as it comes; a character that is cut waits for its rest."""
    decoder = getincrementaldecoder("utf-8")("replace")
    async for piece in pieces:
        if text := decoder.decode(piece):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def transformed(stream: Stream[Message], transform: Transform) -> Stream[Message]:
    """Each message as a function has it; those for which it returns None are left out."""

    async def change(message: Message) -> Message:
        return message._replace(value=await transform(message.value))

    change.__name__ = getattr(transform, "__name__", "transform")
    return stream.map(change).filter(lambda message: message.value is not None)


def sent(stream: Stream[Message], as_events: bool, heartbeat: float = 15.0) -> Stream[bytes]:
    """Messages as events or as lines. What goes wrong is the last of them, as the house tells errors."""
    if as_events:
        events = stream.map(lambda message: Event(_text_of(message.value), message.id, message.name))
        told = Stream(_to_the_end(events, lambda error: Event(encode(error.body()).decode(), name="error")))
        return Stream(told, close=stream.aclose).sse(heartbeat=heartbeat)
    lines = stream.map(lambda message: msgspec.Raw(encode(message.value)))
    told = Stream(_to_the_end(lines, lambda error: {"error": error.body()}))
    return Stream(told, close=stream.aclose).ndjson(heartbeat=heartbeat)


async def _to_the_end(stream: Stream[Any], tell: Callable[[CrispdmError], Any]) -> AsyncGenerator[Any, None]:
    try:
        async for message in stream:
            yield message
    except Exception as error:
        yield tell(error_of(error))
    finally:
        await stream.aclose()


def error_of(error: Exception) -> CrispdmError:
    """What went wrong, as an error of the house. Raises what is no upstream's fault."""
    known = told_of(error)
    if isinstance(known, CrispdmError):
        return known
    if isinstance(known, StageFailed):
        return UpstreamFailed(f"A message could not be passed on: {known}.")
    if isinstance(known, StreamError):
        return UpstreamFailed(f"The upstream sends what cannot be read: {known}.")
    raise error


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()
