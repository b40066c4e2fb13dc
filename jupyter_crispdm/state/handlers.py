"""The state verbs: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.http.incoming import Incoming
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Made, Routes, route

from .types import (
    Append,
    ContentQuery,
    Increment,
    Key,
    LockLease,
    LockRenewal,
    NewLock,
    NewValue,
    StateList,
    StateValue,
    Update,
)

_BYTES = "application/octet-stream"


def _missing() -> Unavailable:
    return Unavailable("Shared values are not kept yet.")


class StateRoutes(Routes):
    """``state``: values that all sessions share."""

    @route("GET", "state", answer=StateList, resource="state")
    async def index(self, request: Request) -> StateList:
        """List the shared values that you may see, without the values themselves."""
        return StateList([])

    @route("GET", "state/{key}", answer=StateValue, resource="state")
    async def show(self, request: Request, key: Key) -> StateValue:
        """Show a shared value."""
        raise _missing()

    @route("PUT", "state/{key}", body=NewValue, answer=StateValue, resource="state", action="write")
    async def put(self, request: Request, key: Key, body: NewValue) -> StateValue:
        """Write a shared value; 409 with the current one where it is at another version."""
        raise _missing()

    @route("DELETE", "state/{key}", resource="state", action="write")
    async def remove(self, request: Request, key: Key) -> None:
        """Delete a shared value."""
        raise _missing()

    @route("POST", "state/{key}/increment", body=Increment, answer=StateValue, resource="state", action="write")
    async def increment(self, request: Request, key: Key, body: Increment) -> StateValue:
        """Add to a shared number."""
        raise _missing()

    @route("POST", "state/{key}/append", body=Append, answer=StateValue, resource="state", action="write")
    async def append(self, request: Request, key: Key, body: Append) -> StateValue:
        """Add to the end of a shared list."""
        raise _missing()

    @route("POST", "state/{key}/update", body=Update, answer=StateValue, resource="state", action="write")
    async def update(self, request: Request, key: Key, body: Update) -> StateValue:
        """Set some fields of a shared object."""
        raise _missing()

    @route("POST", "state/{key}/notify", resource="state", action="write")
    async def notify(self, request: Request, key: Key) -> None:
        """Have all who observe a shared value told, though it has not changed."""
        raise _missing()


class ContentRoutes(Routes):
    """``state/{key}/content``: shared values whose bytes travel by themselves."""

    @route("GET", "state/{key}/content", answer=bytes, resource="state")
    async def read(self, request: Request, key: Key) -> Made:
        """Read the bytes of a shared value."""
        raise _missing()

    @route("PUT", "state/{key}/content", query=ContentQuery, body=bytes, media=(_BYTES,), answer=StateValue,
           resource="state", action="write", streamed=True)
    async def write(self, request: Request, key: Key, query: ContentQuery, body: Incoming) -> StateValue:
        """Write bytes as a shared value; `Content-Type` and `X-Crispdm-Meta`, a JSON object, are kept with them."""
        raise _missing()


class LockRoutes(Routes):
    """``state/{key}/lock``: one lock for each key, whoever asks first has it first."""

    @route("POST", "state/{key}/lock", body=NewLock, answer=LockLease, resource="state", action="write")
    async def acquire(self, request: Request, key: Key, body: NewLock) -> LockLease:
        """Wait for the lock of a key; 409 with its holder when `wait` seconds were not enough."""
        raise _missing()

    @route("PUT", "state/{key}/lock/{lock}", body=LockRenewal, answer=LockLease, resource="state", action="write")
    async def renew(self, request: Request, key: Key, lock: str, body: LockRenewal) -> LockLease:
        """Hold a lock for longer; 409 when it is held no longer."""
        raise _missing()

    @route("DELETE", "state/{key}/lock/{lock}", resource="state", action="write")
    async def free(self, request: Request, key: Key, lock: str) -> None:
        """Free a lock."""
        raise _missing()
