"""A production line that does not exist, for the demo's monitor."""

from __future__ import annotations

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.client import Client
from jupyter_crispdm.streams.types import SimulatedSource, Stream, StreamState

ID = "line-1"
"""The id that the monitor's notebook names."""
NAME = "Line 1 (simulated)"
RATE = 20.0
_RESTS = (StreamState.stopped, StreamState.failed)


def ensure(client: Client) -> Stream:
    """See that the line runs: one that rests starts again, with all that it recorded."""
    try:
        stream = client.streams.get(ID)
    except NotFound:
        return client.streams.create(NAME, SimulatedSource(rate=RATE), id=ID, shared=True)
    return client.streams.start(ID) if stream.state in _RESTS else stream
