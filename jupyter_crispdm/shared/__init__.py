"""Values that all sessions of a server share: `server_state`, for notebooks, dashboards, scripts and jobs."""

from __future__ import annotations

from .locks import LockLost, LockTaken
from .serverstate import ServerState
from .values import NotShareable, Unreadable

__all__ = ["LockLost", "LockTaken", "NotShareable", "ServerState", "Unreadable", "server_state"]

server_state = ServerState()
