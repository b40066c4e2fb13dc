"""A production line that does not exist, for the demo's monitor."""

from __future__ import annotations

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.client import Client
from jupyter_crispdm.streams.types import NewStream, SimulatedSource, Stream, StreamState

ID = "line-1"
"""The id that the monitor's notebook names."""
NAME = "Line 1 (simulated)"
RATE = 20.0
_RESTS = (StreamState.stopped, StreamState.failed)


def ensure(client: Client) -> Stream:
    """See that the line runs: one that rests starts again, with all that it recorded."""
    try:
        stream = client.transport.ask(f"streams/{ID}", Stream)
    except NotFound:
        new = NewStream(id=ID, name=NAME, source=SimulatedSource(rate=RATE))
        return _sent(client, "streams", new)
    return _sent(client, f"streams/{ID}/start") if stream.state in _RESTS else stream


def _sent(client: Client, path: str, body: NewStream | None = None) -> Stream:
    transport = client.transport
    return transport.decode(transport.request("POST", path, body=body), Stream)
