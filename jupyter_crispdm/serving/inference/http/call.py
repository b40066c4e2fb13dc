"""A call, as the verbs of the inference server see it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

from ..callers import Caller, identify

_STATE = "caller"


class Call:
    """What a verb may know of a call, apart from its decoded arguments."""

    __slots__ = ("_request", "caller")

    def __init__(self, request: Request) -> None:
        self._request = request
        self.caller = _caller_of(request)

    def header(self, name: str) -> str | None:
        """A header of the request."""
        return self._request.headers.get(name)

    @property
    def last_event_id(self) -> str:
        """After which event the caller wants to go on with a stream that was cut; empty where they begin anew."""
        return self._request.headers.get("last-event-id", "")

    @property
    def address(self) -> str:
        """The address of these calls as the caller knows it, for links in answers."""
        return self.caller.prefix or str(self._request.base_url).rstrip("/")


def remember(scope: Scope, caller: Caller) -> None:
    """Let those who answer know who asks."""
    scope.setdefault("state", {})[_STATE] = caller


def _caller_of(request: Request) -> Caller:
    """Who asks, as the admission found."""
    found = request.scope.get("state", {}).get(_STATE)
    return found if isinstance(found, Caller) else identify("", request.headers, "", None)


def caller_name(scope: Scope) -> str:
    """The name of who asks, as the admission found it; "" where it found nobody."""
    found = scope.get("state", {}).get(_STATE)
    return found.name if isinstance(found, Caller) else ""
