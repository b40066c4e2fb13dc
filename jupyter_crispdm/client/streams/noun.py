"""Streams: made, watched, read, and what is done about their alarms."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.streams.events.types import EventList, Label, LabelList, StreamEvent
from jupyter_crispdm.streams.types import Source, Stream, StreamFact, StreamList, Trial, Window

from ..live import Live
from ..transport import Transport, quoted

_SILENCE_SECONDS = 300.0


class Streams:
    """Samples of running processes. A `source` is a mapping with its `kind`, or one of the types of the API."""

    def __init__(self, transport: Transport, live: Live) -> None:
        self._transport, self._live = transport, live

    def list(self) -> Sequence[Stream]:
        """Every stream, oldest first."""
        return self._transport.ask("streams", StreamList).streams

    def get(self, id: str) -> Stream:
        """One stream."""
        return self._transport.ask(_path(id), Stream)

    def create(self, name: str, source: Source | Mapping[str, Any], **fields: Any) -> Stream:
        """Make a stream and begin to collect it.

        `fields` are id, window, backup_seconds, alert, detectors, keep_days, keep_bytes, shared and start.

        Example
        -------
        >>> client.streams.create("Line 1", {"kind": "mqtt", "host": "broker", "topic": "line/1"}, alert={"over": 0.8})
        """
        reply = self._transport.request("POST", "streams", body={"name": name, "source": source, **fields})
        return self._transport.decode(reply, Stream)

    def change(self, id: str, **fields: Any) -> Stream:
        """Change some of its fields; only another source interrupts the collecting."""
        return self._transport.decode(self._transport.request("PATCH", _path(id), body=fields), Stream)

    def start(self, id: str) -> Stream:
        """Begin to collect it; that goes on until it is stopped."""
        return self._transport.decode(self._transport.request("POST", _path(id, "start")), Stream)

    def stop(self, id: str) -> Stream:
        """Collect it no more; what was recorded stays."""
        return self._transport.decode(self._transport.request("POST", _path(id, "stop")), Stream)

    def delete(self, id: str) -> None:
        """Stop it and delete it with all its samples."""
        self._transport.request("DELETE", _path(id))

    def test(self, source: Source | Mapping[str, Any]) -> Trial:
        """The first messages of a source, and columns for them; or why there are none."""
        return self._transport.decode(self._transport.request("POST", "streams/test", body={"source": source}), Trial)

    def window(self, id: str, since: int | None = None) -> Window:
        """The newest samples by column; only those after number `since`, where it is given."""
        return self._transport.ask(_path(id, "window"), Window, {"since": since})

    def history(
        self, id: str, start: float | None = None, end: float | None = None, points: int | None = None
    ) -> Window:
        """A span of time (seconds since the epoch), thinned to about so many points that keep each extreme."""
        return self._transport.ask(_path(id, "history"), Window, {"from": start, "to": end, "points": points})

    def export(
        self, id: str, to: str | os.PathLike[str], *, format: str = "parquet", start: float | None = None,
        end: float | None = None,
    ) -> Path:  # fmt: skip
        """Fetch samples as a parquet or CSV file, labels as a column; whole or not at all."""
        target = Path(to)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        query = {"format": format, "from": start, "to": end}
        try:
            with (
                self._transport.stream(_path(id, "export"), query=query, silence=_SILENCE_SECONDS) as reply,
                part.open("wb") as file,
            ):
                for piece in reply.iter_bytes():
                    file.write(piece)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def follow(
        self, id: str, since: int | None = None, *, period: float | None = None, seconds: float | None = None
    ) -> Iterator[StreamFact]:
        """The window, then samples as they come; after a cut exactly those that were missed. Ends after `seconds`."""
        for message in self._live.follow(f"streams/{id}", since, period=period, seconds=seconds):
            if message.data is not None:
                yield msgspec.convert(message.data, StreamFact)

    def events(
        self, id: str, state: str = "all", *, limit: int | None = None, before: str | None = None
    ) -> Sequence[StreamEvent]:
        """Its alarms, newest first; `open`: only those that are not cleared."""
        query = {"state": state, "limit": limit, "before": before}
        return self._transport.ask(_path(id, "events"), EventList, query).events

    def act(
        self, id: str, event: str, action: str, *, comment: str = "", seconds: float | None = None,
        label: str | None = None,
    ) -> StreamEvent:  # fmt: skip
        """Acknowledge, shelve (for `seconds`), clear or label an alarm."""
        body = {"action": action, "comment": comment, "seconds": seconds, "label": label}
        return self._transport.decode(
            self._transport.request("POST", _path(id, "events", event), body=body), StreamEvent)

    def labels(self, id: str) -> Sequence[Label]:
        """Its labelled spans of time."""
        return self._transport.ask(_path(id, "labels"), LabelList).labels

    def label(self, id: str, start: float, end: float, label: str) -> Label:
        """Give a span of time (seconds since the epoch) a name."""
        body = {"from": start, "to": end, "label": label}
        return self._transport.decode(self._transport.request("POST", _path(id, "labels"), body=body), Label)

    def unlabel(self, id: str, label: int) -> None:
        """Take a label back."""
        self._transport.request("DELETE", _path(id, "labels", str(label)))


def _path(id: str, *rest: str) -> str:
    return "/".join(["streams", quoted(id), *map(quoted, rest)])
