"""What goes out: items as the bytes of events, of lines, of text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from jupyter_crispdm.base.wire import encode

from .errors import StageFailed
from .events import Event, retry_field, written

_Items = AsyncGenerator[Any, None]
_Pieces = AsyncGenerator[bytes, None]


async def events(items: _Items, ids: bool | Callable[[Any], str], retry: int | None) -> _Pieces:
    """Each item as an event."""
    if retry is not None:
        yield retry_field(retry)
    number = 0
    async for item in items:
        number += 1
        yield _sent("sse", _event, item, ids, number)


async def lines(items: _Items) -> _Pieces:
    """Each item as a line of JSON."""
    async for item in items:
        yield _sent("ndjson", encode, item) + b"\n"


async def text(items: _Items) -> _Pieces:
    """Each item as text."""
    async for item in items:
        yield item if isinstance(item, bytes) else str(item).encode("utf-8", "replace")


def _event(item: Any, ids: bool | Callable[[Any], str], number: int) -> bytes:
    event = item if isinstance(item, Event) else Event(_data(item))
    if ids:
        event = event._replace(id=str(number) if ids is True else ids(item))
    return written(event)


def _data(item: Any) -> str:
    if isinstance(item, str):
        return item
    return (item if isinstance(item, bytes) else encode(item)).decode("utf-8", "replace")


def _sent(stage: str, write: Callable[..., bytes], *given: Any) -> bytes:
    try:
        return write(*given)
    except Exception as error:
        raise StageFailed(stage, error) from error
