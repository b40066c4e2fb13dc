"""Upstreams over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .manager import ProxyManager
from .messages import EVENTS, LINES
from .types import ProxyRequest

_LONGEST_ID = 1000


class ProxyRoutes(Routes):
    """`proxy`: upstreams, passed on."""

    def __init__(self, proxy: ProxyManager) -> None:
        self._proxy = proxy

    @route(
        "POST", "proxy", body=ProxyRequest, answer=bytes, answer_as=(LINES, EVENTS), resource="proxy", action="write"
    )
    async def proxy(self, request: Request, body: ProxyRequest) -> Reply:
        """Pass an upstream on, message by message: as events where `Accept` asks for them, else as lines of JSON."""
        as_events = EVENTS in request.headers.get("Accept", "")
        last = request.headers.get("Last-Event-ID", "")[:_LONGEST_ID]
        stream = await self._proxy.open(body, request.owner, as_events=as_events, last_event_id=last)
        return Reply(stream, headers={"Content-Type": EVENTS if as_events else LINES})
