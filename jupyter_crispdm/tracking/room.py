"""Tracking as a room."""

from __future__ import annotations

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .logs.manager import LogManager
from .manager import TrackingManager
from .media.manager import MediaManager


class TrackingRoom(Room):
    """Reads what runs wrote; its verbs and topics are those of jobs."""

    roles = {
        ("tracking", "read"): Role.VIEWER,
        ("tracking", "write"): Role.ANALYST,
        ("tracking", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        self.manager = TrackingManager()
        self.logs = LogManager()
        self.media = MediaManager()
