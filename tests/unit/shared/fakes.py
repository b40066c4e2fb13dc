"""A server of shared values in memory, behind the client's own interface, and a socket that tells of them."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import uuid
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import msgspec
from pycrdt import Doc, Text

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.errors import Conflict, CrispdmError, NotFound
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.client.state import TextAnswer, TextState
from jupyter_crispdm.shared import ServerState
from jupyter_crispdm.shared.session import Ports
from jupyter_crispdm.state.types import Content, LockLease, StateValue

NOW = datetime(2026, 11, 29, tzinfo=timezone.utc)


def value_of(key: str = "k", value: Any = None, version: int = 0, notified: int = 0, **fields: Any) -> StateValue:
    """A value as a server tells it."""
    rest: dict[str, Any] = {
        "updated": NOW, "by": "ada", "session": "", "expires": None, "read": UserRole.VIEWER,
        "write": UserRole.VIEWER, "content": None, **fields,
    }  # fmt: skip
    return StateValue(key=key, value=value, version=version, notified=notified, **rest)


class FakeStates:
    """Keeps values, locks and texts, and tells sockets of changes."""

    def __init__(self) -> None:
        self.values: dict[str, StateValue] = {}
        self.contents: dict[str, bytes] = {}
        self.texts: dict[str, Doc[Any]] = {}
        self.locks: dict[str, str] = {}
        self.asked: list[str] = []
        self.once: list[str] = []
        self.said: list[dict[str, Any]] = []
        self.renewed = 0
        self.failing: list[Exception] = []
        self.before: Callable[[str], None] = lambda what: None
        self.sockets: list[FakeSocket] = []
        self._updates: dict[str, list[bytes]] = {}
        self._lock = threading.RLock()
        self._freed = threading.Condition(self._lock)

    # -- what a client asks

    def list(self) -> Any:
        self._ask("list")
        return [one for _, one in sorted(self.values.items()) if one.version]

    def get(self, key: str) -> StateValue:
        self._ask("get")
        found = self.values.get(key)
        if found is None or not found.version:
            raise NotFound(f"There is no shared value '{key}'.", field="key")
        return found

    def put(
        self, key: str, value: Any, *, if_version: int | None = None, notify: bool = True, session: str = "",
        lock: str | None = None, by: str = "ada", **options: Any,
    ) -> StateValue:
        self._ask("put", options.get("once"))
        self.said.append({**options, "notify": notify, "lock": lock})
        roles = {name: UserRole(options[name]) for name in ("read", "write") if options.get(name)}
        change = {"value": msgspec.json.decode(msgspec.json.encode(value)), "content": None, **roles}
        return self._change(key, change, if_version, notify, session, lock, by)

    def put_content(
        self, key: str, content: bytes, *, type: str, meta: Any, if_version: int | None = None, notify: bool = True,
        session: str = "", lock: str | None = None, **options: Any,
    ) -> StateValue:
        self._ask("put_content")
        digest = hashlib.sha256(content).hexdigest()
        self.contents[digest] = content
        about = Content(type=type, size=len(content), digest=digest, meta=dict(meta))
        return self._change(key, {"value": None, "content": about}, if_version, notify, session, lock)

    def content(self, key: str, known: StateValue | None = None) -> tuple[StateValue, bytes | None]:
        self._ask("content")
        value = self.get(key)
        return value, None if value.content is None else self.contents[value.content.digest]

    def delete(
        self, key: str, *, notify: bool = True, session: str = "", lock: str | None = None, once: str = ""
    ) -> None:
        self._ask("delete", once)
        self.get(key)
        self._change(key, {"value": None}, None, notify, session, lock, gone=True)

    def increment(self, key: str, by: float = 1, **writing: Any) -> StateValue:
        self._ask("increment", writing.pop("once"))
        return self._rework(key, lambda value: (value or 0) + by, writing)

    def append(self, key: str, values: Any, *, keep: int | None = None, **writing: Any) -> StateValue:
        self._ask("append", writing.pop("once"))
        return self._rework(key, lambda value: [*(value or []), *values][-(keep or 10**9) :], writing)

    def update(self, key: str, values: Any, **writing: Any) -> StateValue:
        self._ask("update", writing.pop("once"))
        return self._rework(key, lambda value: {**(value or {}), **values}, writing)

    def notify(self, key: str, *, once: str = "") -> None:
        self._ask("notify", once)
        with self._lock:
            before = self.get(key)
            self.values[key] = msgspec.structs.replace(before, notified=before.notified + 1)
        self.tell(key)

    def lock(self, key: str, *, seconds: float, wait: float, session: str) -> LockLease:
        self._ask("lock")
        with self._freed:
            if not self._freed.wait_for(lambda: key not in self.locks, min(wait, 0.05)):
                raise Conflict(f"The lock of '{key}' is held.", field="lock", holder="grace")
            self.locks[key] = uuid.uuid4().hex
        return LockLease(lock=self.locks[key], key=key, holder="ada", until=NOW, value=self.values.get(key))

    def renew(self, key: str, lock: str, seconds: float) -> None:
        self._ask("renew")
        self.renewed += 1
        self._check_lock(key, lock)

    def free(self, key: str, lock: str) -> None:
        self._ask("free")
        with self._freed:
            self._check_lock(key, lock)
            del self.locks[key]
            self._freed.notify()

    def text(self, key: str) -> TextState:
        self._ask("text")
        doc = self.texts.setdefault(key, Doc())
        update = b64encode(doc.get_update()).decode()
        return TextState(str(doc.get("text", type=Text)), update, len(self._updates.get(key, [])), "e")

    def write_text(self, key: str, update: bytes, session: str = "") -> TextAnswer:
        self._ask("write_text")
        doc = self.texts.setdefault(key, Doc())
        doc.apply_update(update)
        updates = self._updates.setdefault(key, [])
        updates.append(update)
        for socket in list(self.sockets):
            socket.say({"topic": f"state/{key}/text", "seq": len(updates), "epoch": "e", "data": {
                "start": len(updates) - 1, "updates": [b64encode(update).decode()]}})
        return TextAnswer(b64encode(doc.get_state()).decode())

    # -- inside

    def tell(self, key: str) -> None:
        """Send what is there now to who follows it."""
        for socket in list(self.sockets):
            socket.tell(key)

    def current(self, key: str) -> StateValue:
        return self.values.get(key) or value_of(key)

    def _rework(self, key: str, work: Callable[[Any], Any], writing: Any) -> StateValue:
        with self._lock:
            before = self.current(key)
            value = work(before.value)
        return self._change(key, {"value": value}, None, **writing)

    def _change(
        self, key: str, change: dict[str, Any], if_version: int | None, notify: bool, session: str,
        lock: str | None, by: str = "ada", gone: bool = False,
    ) -> StateValue:
        with self._lock:
            before = self.current(key)
            if if_version is not None and if_version != before.version:
                raise Conflict(f"'{key}' is at version {before.version} by now.", field="if_version")
            if lock is not None:
                self._check_lock(key, lock)
            version = max(before.version, before.notified if not before.version else 0) + 1
            notified = max(before.notified + 1, version) if notify else before.notified
            self.values[key] = answer = msgspec.structs.replace(
                before, version=0 if gone else version, notified=notified, session="" if gone else session, by=by,
                **change)
        self.before("answer")
        if notify:
            self.tell(key)
        return answer

    def _check_lock(self, key: str, lock: str) -> None:
        if self.locks.get(key) != lock:
            raise Conflict(f"The lock of '{key}' is held no longer.", field="lock")

    def _ask(self, what: str, once: str | None = None) -> None:
        self.asked.append(what)
        if once is not None:
            self.once.append(once)
        if self.failing:
            raise self.failing.pop(0)


class FakeSocket:
    """A socket as the connection sees it."""

    def __init__(self, states: FakeStates, loop: asyncio.AbstractEventLoop) -> None:
        self.sent: list[dict[str, Any]] = []
        self._states, self._loop = states, loop
        self._coming: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def send(self, message: str) -> None:
        command = msgspec.json.decode(message)
        self.sent.append(command)
        key = command.get("subscribe", "").removeprefix("state/")
        if key and "/" not in key:
            self.tell(key)

    async def recv(self) -> bytes:
        came = await self._coming.get()
        if came is None:
            raise ConnectionError("cut")
        return came

    def follows(self, key: str) -> bool:
        last = [one for one in self.sent if f"state/{key}" in one.values()]
        return bool(last) and "subscribe" in last[-1]

    def tell(self, key: str) -> None:
        if self.follows(key):
            current = self._states.current(key)
            self.say({"topic": f"state/{key}", "seq": current.version, "data": current})

    def say(self, message: Any) -> None:
        with suppress(RuntimeError):  # the session has ended meanwhile, and its loop with it
            self._loop.call_soon_threadsafe(self._coming.put_nowait, msgspec.json.encode(message))

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._coming.put_nowait, None)


class FakeServer:
    """Shared values, and sessions of them."""

    def __init__(self) -> None:
        self.states = FakeStates()
        self.slept: list[float] = []
        self.refusing = 0
        self.opened: list[ServerState] = []

    def session(self) -> ServerState:
        made = ServerState(Ports(self._connect, self._dial, sleep=self.slept.append, monotonic=self._monotonic))
        self.opened.append(made)
        return made

    def close(self) -> None:
        for one in self.opened:
            one.close()

    @property
    def socket(self) -> FakeSocket:
        return self.states.sockets[-1]

    def _monotonic(self) -> float:
        return sum(self.slept)

    def _connect(self) -> Any:
        transport = SimpleNamespace(address=Address("http://here/"), forget=lambda: None)
        return SimpleNamespace(state=self.states, transport=transport, close=lambda: None)

    @asynccontextmanager
    async def _dial(self, address: Address) -> AsyncIterator[FakeSocket]:
        if self.refusing > 0:
            self.refusing -= 1
            raise ServerUnreachable("nobody there")
        socket = FakeSocket(self.states, asyncio.get_running_loop())
        self.states.sockets.append(socket)
        try:
            yield socket
        finally:
            self.states.sockets.remove(socket)


__all__ = ["NOW", "CrispdmError", "FakeServer", "FakeSocket", "FakeStates", "b64decode", "value_of"]
