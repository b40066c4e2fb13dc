"""What stands above the door and decides with it: which files people without Lab reach.

The door knows routes and roles, and nothing of folders; the room of files fills this in.
"""

from __future__ import annotations

from typing import Any, Protocol

from tornado import web

from ..roles import CrispdmUser


class Reach(Protocol):
    """Who reaches which files through Jupyter's own routes."""

    def check(self, handler: web.RequestHandler, user: CrispdmUser) -> None:
        """Let a request of somebody without Lab pass. Raises HTTPError."""


def reach_of(handler: Any) -> Reach | None:
    """What the server's room of files decides with; None where there is none, and files are closed."""
    found: Reach | None = getattr(handler.settings["identity_provider"], "reach", None)
    return found
