"""What those see of streams who may see dashboards only: the shared ones, and nothing of how they are collected."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.base.errors import NotFound

from .types import Stream, StreamsFact


def require_shown(stream: Stream) -> Stream:
    """The stream. Raises NotFound, as for one that does not exist, when a viewer does not see it."""
    if not stream.shared:
        raise NotFound(f"There is no stream '{stream.id[:64]}'.", field="id")
    return stream


def narrowed(stream: Stream) -> Stream:
    """What a viewer sees of a stream that is shared."""
    return msgspec.structs.replace(stream, source=None, directory="", job=None)


class ShownStreams:
    """What a viewer is told of all streams; one that is shared no more is deleted for them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def narrow(self, fact: StreamsFact) -> StreamsFact | None:
        """What a viewer is told of a fact; None for nothing."""
        if isinstance(fact.streams, list):
            shown = [narrowed(stream) for stream in fact.streams if stream.shared]
            self._ids.update(stream.id for stream in shown)
            return StreamsFact(streams=shown)
        if isinstance(fact.stream, Stream) and fact.stream.shared:
            self._ids.add(fact.stream.id)
            return StreamsFact(stream=narrowed(fact.stream))
        id = fact.stream.id if isinstance(fact.stream, Stream) else str(fact.deleted)
        if id not in self._ids:
            return None
        self._ids.discard(id)
        return StreamsFact(deleted=id)
