"""The presence verbs: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route

from .manager import PresenceManager
from .pages import OpenPages
from .types import Goodbye, Session, Visitor, VisitorList, Word


class PresenceRoutes(Routes):
    """``presence``: who is here. Everybody speaks of their own pages."""

    def __init__(self, presence: PresenceManager, pages: OpenPages) -> None:
        self._presence, self._pages = presence, pages

    @route("GET", "presence", answer=VisitorList, resource="presence")
    async def index(self, request: Request) -> VisitorList:
        """List who is here, and where."""
        visitors = self._presence.all()
        if not await request.may("presence", "all"):
            visitors = [self._pages.shown(visitor) for visitor in visitors]
        return VisitorList(visitors)

    @route("PUT", "presence/{session}", body=Word, answer=Visitor, resource="presence", action="write")
    async def put(self, request: Request, session: Session, body: Word) -> Visitor:
        """Say where your page is; it is gone 15 seconds after its last word, and with its goodbye."""
        return self._presence.hear(session, request.owner, body)

    @route("DELETE", "presence/{session}", query=Goodbye, resource="presence", action="write")
    async def remove(self, request: Request, session: Session, query: Goodbye) -> None:
        """Say that your page is gone: what it said before and arrives later counts for nothing."""
        self._presence.leave(session, request.owner, query.visit)
