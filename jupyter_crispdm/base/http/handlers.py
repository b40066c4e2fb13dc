"""The ground's own verbs: is the server there, and what can it do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..budget import TALLY
from ..files.disk import stuck_calls
from ..readiness import Readiness
from ..tasks import states
from .openapi import Described, document, page
from .request import Request
from .route import Reply, Route, Routes, route
from .types import Health, HealthDetails


class BaseRoutes(Routes):
    """Health and the API's own description."""

    always = True

    def __init__(
        self, version: str, routes: Callable[[], list[Route]], topics: Sequence[Described], readiness: Readiness
    ) -> None:
        self._version = version
        self._routes = routes
        self._topics = topics
        self._readiness = readiness

    @route("GET", "health", answer=Health, resource="health", public=True)
    async def health(self, request: Request) -> Health:
        """Say whether the server accepts commands: starting, ready, stopping, or failed to start; open to everybody."""
        return Health(self._readiness.stage, self._version)

    @route("GET", "health/details", answer=HealthDetails, resource="health", action="details")
    async def details(self, request: Request) -> HealthDetails:
        """Tell how what runs in the background is, and what went wrong there last."""
        return HealthDetails(states(), stuck_calls(), TALLY.told())

    @route("GET", "openapi.json", answer=dict, resource="live")
    async def openapi(self, request: Request) -> dict[str, object]:
        """Describe the API as OpenAPI 3.1."""
        return document(self._routes(), self._topics, self._version)

    @route("GET", "docs", answer=bytes, resource="live")
    async def docs(self, request: Request) -> Reply:
        """Describe the API as a page."""
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return Reply(page(self._routes(), self._topics, self._version).encode(), headers=headers)
