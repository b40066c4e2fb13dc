"""The state verbs: parse, call, answer."""

from __future__ import annotations

from dataclasses import replace

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.idempotency import HEADER, read_key
from jupyter_crispdm.base.http.incoming import Incoming
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Made, Reply, Routes, route

from .contents import ContentManager
from .headers import BYTES, read_meta, read_type
from .limits import Budgets
from .locks import LockManager
from .manager import Caller, StateManager
from .once import Once
from .types import (
    Append,
    ContentQuery,
    Increment,
    Key,
    LockLease,
    LockRenewal,
    NewLock,
    NewValue,
    Removal,
    StateList,
    StateValue,
    Update,
)


def caller(request: Request) -> Caller:
    """Who asks."""
    return Caller(request.owner, Role(request.role))


def once(request: Request) -> Once | None:
    """Which change is asked for, where its caller has a name for it. Raises BadRequest for what is none."""
    key, call = request.headers.get(HEADER), request.handler.request
    if key is None:
        return None
    return Once.of(request.owner, read_key(key), str(call.method).encode(), call.uri.encode(), call.body)


class StateRoutes(Routes):
    """``state``: values that all sessions share. A change with an `Idempotency-Key` counts once, whenever it comes."""

    def __init__(self, states: StateManager, budgets: Budgets) -> None:
        self._states, self._budgets = states, budgets

    @route("GET", "state", answer=StateList, resource="state")
    async def index(self, request: Request) -> StateList:
        """List the shared values that you may see, without the values themselves."""
        return StateList(await self._states.all(caller(request)))

    @route("GET", "state/{key}", answer=StateValue, resource="state")
    async def show(self, request: Request, key: Key) -> StateValue:
        """Show a shared value."""
        return await self._states.get(key, caller(request))

    @route("PUT", "state/{key}", body=NewValue, answer=StateValue, resource="state", action="write")
    async def put(self, request: Request, key: Key, body: NewValue) -> StateValue:
        """Write a shared value; 409 with the current one where it is at another version."""
        return await self._states.put(key, body, await self._writer(request))

    @route("DELETE", "state/{key}", query=Removal, resource="state", action="write")
    async def remove(self, request: Request, key: Key, query: Removal) -> None:
        """Delete a shared value."""
        await self._states.remove(key, query, await self._writer(request))

    @route("POST", "state/{key}/increment", body=Increment, answer=StateValue, resource="state", action="write")
    async def increment(self, request: Request, key: Key, body: Increment) -> StateValue:
        """Add to a shared number."""
        return await self._states.increment(key, body, await self._writer(request))

    @route("POST", "state/{key}/append", body=Append, answer=StateValue, resource="state", action="write")
    async def append(self, request: Request, key: Key, body: Append) -> StateValue:
        """Add to the end of a shared list."""
        return await self._states.append(key, body, await self._writer(request))

    @route("POST", "state/{key}/update", body=Update, answer=StateValue, resource="state", action="write")
    async def update(self, request: Request, key: Key, body: Update) -> StateValue:
        """Set some fields of a shared object."""
        return await self._states.update(key, body, await self._writer(request))

    @route("POST", "state/{key}/notify", resource="state", action="write")
    async def notify(self, request: Request, key: Key) -> None:
        """Have all who observe a shared value told, though it has not changed."""
        await self._states.notify(key, await self._writer(request))

    async def _writer(self, request: Request) -> Caller:
        """Who asks for a change, as soon as their budget allows. Raises TooManyRequests."""
        await self._budgets.spend(request.owner, len(request.handler.request.body))
        return replace(caller(request), once=once(request))


class ContentRoutes(Routes):
    """``state/{key}/content``: shared values whose bytes travel by themselves."""

    def __init__(self, contents: ContentManager, budgets: Budgets) -> None:
        self._contents, self._budgets = contents, budgets

    @route("GET", "state/{key}/content", answer=bytes, resource="state")
    async def read(self, request: Request, key: Key) -> File | Made | Reply:
        """Read the bytes of a shared value."""
        held = await self._contents.find(key, caller(request))
        headers = {"ETag": f'"{held.digest}"', "Content-Security-Policy": "sandbox"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return Reply(status=304, headers=headers)
        path = self._contents.path(held)
        if path is None:
            return Made(self._contents.read(held), held.type, key, headers)
        return File(path, path.parent, held.type, key, headers)

    @route("PUT", "state/{key}/content", query=ContentQuery, body=bytes, media=(BYTES,), answer=StateValue,
           resource="state", action="write", streamed=True)
    async def write(self, request: Request, key: Key, query: ContentQuery, body: Incoming) -> StateValue:
        """Write bytes as a shared value; `Content-Type` and `X-Crispdm-Meta`, a JSON object, are kept with them."""
        await self._budgets.spend(request.owner)
        type, meta = read_type(request.headers), read_meta(request.headers)
        return await self._contents.write(key, type, meta, query, caller(request), body, body.announced)


class LockRoutes(Routes):
    """``state/{key}/lock``: one lock for each key; whoever asks first has it first."""

    def __init__(self, locks: LockManager, budgets: Budgets) -> None:
        self._locks, self._budgets = locks, budgets

    @route("POST", "state/{key}/lock", body=NewLock, answer=LockLease, resource="state", action="write")
    async def acquire(self, request: Request, key: Key, body: NewLock) -> LockLease:
        """Wait for the lock of a key; 409 with its holder when `wait` seconds were not enough."""
        await self._budgets.spend(request.owner)
        return await self._locks.acquire(key, body, caller(request), request.gone)

    @route("PUT", "state/{key}/lock/{lock}", body=LockRenewal, answer=LockLease, resource="state", action="write")
    async def renew(self, request: Request, key: Key, lock: str, body: LockRenewal) -> LockLease:
        """Hold a lock for longer; 409 when it is held no longer."""
        await self._budgets.spend(request.owner)
        return await self._locks.renew(key, lock, body, caller(request))

    @route("DELETE", "state/{key}/lock/{lock}", resource="state", action="write")
    async def free(self, request: Request, key: Key, lock: str) -> None:
        """Give a lock back; 409 when it is held no longer."""
        await self._locks.free(key, lock, caller(request))
