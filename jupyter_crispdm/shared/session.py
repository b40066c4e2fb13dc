"""What one process knows of the shared values of a server: its client, its connection, and what it follows."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypedDict, TypeVar

import httpx

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.client import Client
from jupyter_crispdm.client.errors import ServerNotFound, ServerUnreachable
from jupyter_crispdm.client.state import State
from jupyter_crispdm.state.types import StateValue

from .context import lock_of, notifies
from .following.connection import Connection, Dial
from .following.delivery import Worker
from .following.dialing import dial
from .following.watch import Watch
from .locks import LockLost
from .values import Packed, unpack

_T = TypeVar("_T")
PATIENCE = 60.0
_PAUSE, _LONGEST_PAUSE = 0.2, 3.0
_CLOSE_SECONDS = 5.0


class Writing(TypedDict):
    """What each write says of itself."""

    session: str
    notify: bool
    lock: str | None


@dataclass(frozen=True)
class Ports:
    """What a session stands on: tests give others."""

    connect: Callable[[], Client]
    dial: Dial = dial
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class Session:
    """One process's way to the shared values. A server that is started again is waited for."""

    def __init__(self, ports: Ports, owner: Any) -> None:
        self.id = uuid.uuid4().hex
        self.process = os.getpid()
        self._ports, self._owner = ports, owner
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self.connection = Connection(self._locate, ports.dial)
        self.reading, self.writing = Worker("crispdm: reading values"), Worker("crispdm: writing values")
        self.telling = Worker("crispdm: telling of values")

    @property
    def state(self) -> State:
        """The verbs of shared values."""
        return self.client.state

    @property
    def client(self) -> Client:
        """The server's client, made at the first need."""
        with self._lock:
            if self._client is None:
                self._client = self._ports.connect()
            return self._client

    def close(self) -> None:
        """Finish what was begun, as far as that takes a few seconds, and let go."""
        self.writing.close(_CLOSE_SECONDS)
        self.connection.close()
        for worker in (self.reading, self.telling):
            worker.close(_CLOSE_SECONDS)
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    # -- reading

    def get(self, key: str) -> StateValue | None:
        """A value as it is now; None where there is none."""
        try:
            return self.patiently(lambda: self.state.get(key))
        except NotFound:
            return None

    def value_of(self, known: StateValue) -> Any:
        """The value itself, fetched where its bytes travel by themselves. Raises Unreadable."""
        if known.content is None:
            return known.value
        value, content = self.patiently(lambda: self.state.content(known.key, known))
        if content is None or value.content is None:
            return value.value
        return unpack(content, value.content.type, value.content.meta)

    # -- writing

    def write(self, key: str, packed: Packed, **options: Any) -> StateValue:
        """Write a value, and be told nothing of it. Raises LockLost."""
        writing = self.said(key)
        return self._change(key, lambda: self.put(key, packed, writing, **options), writing["notify"])

    def put(self, key: str, packed: Packed, writing: Writing, **options: Any) -> StateValue:
        """Write a value. Where it may have been done, it is done again only if that changes nothing."""
        repeatable, state, once = options.get("if_version") is None, self.state, uuid.uuid4().hex
        if packed.content is None:
            return self._unlost(key, lambda: state.put(key, packed.json, once=once, **writing, **options))
        content, roles = packed.content, {name: options.pop(name, None) for name in ("read", "write")}
        if any(roles.values()):  # first for whom it is, then what it is
            silent: Writing = {**writing, "notify": False}
            before = self._unlost(key, lambda: state.put(key, None, once=once, **silent, **roles, **options))
            options["if_version"] = before.version
        about: dict[str, Any] = {"type": packed.type, "meta": packed.meta}
        return self._unlost(key, lambda: state.put_content(key, content, **about, **writing, **options), repeatable)

    def work(self, key: str, verb: Callable[..., StateValue], *args: Any, **options: Any) -> StateValue:
        """Change a value by what the server does with it. Raises LockLost."""
        writing = self.said(key)
        call = partial(verb, key, *args, once=uuid.uuid4().hex, **options, **writing)
        return self._change(key, lambda: self._unlost(key, call), writing["notify"])

    def delete(self, key: str) -> None:
        """Delete a value. Raises NotFound, LockLost."""
        writing = self.said(key)
        watch, once = self._watches.get(key), uuid.uuid4().hex

        def call() -> StateValue:
            self.state.delete(key, once=once, **writing)
            return watch.deleted(writing["notify"]) if watch else _nothing(key)

        self._change(key, lambda: self._unlost(key, call), writing["notify"])

    def said(self, key: str, notify: bool | None = None) -> Writing:
        """What a write of the code that runs now says of itself."""
        return {"session": self.id, "notify": notifies() if notify is None else notify, "lock": lock_of(key)}

    def _change(self, key: str, call: Callable[[], StateValue], notify: bool) -> StateValue:
        watch = self._watches.get(key)
        if watch is None:
            return call()
        with watch.writing():
            answer = call()
        watch.end(answer, notify)
        return answer

    def _unlost(self, key: str, call: Callable[[], StateValue], repeatable: bool = True) -> StateValue:
        try:
            return self.patiently(call, repeatable)
        except Conflict as error:
            if error.details.get("field") == "lock":
                raise LockLost(key) from error
            raise

    # -- following

    def watch(self, key: str) -> Watch:
        """Follow a value, from now on."""
        with self._lock:
            known = self._watches.get(key)
        if known is not None:
            return known
        newest = self.get(key) or _nothing(key)
        with self._lock:
            if key in self._watches:
                return self._watches[key]
            made = self._watches[key] = Watch(key, newest, self.value_of, self.reading, self._owner)
        self.connection.follow(made.follower)
        return made

    def forget(self, watch: Watch) -> None:
        """Follow a value no more, if nobody needs it."""
        with self._lock:
            if watch.is_needed or self._watches.get(watch.key) is not watch:
                return
            del self._watches[watch.key]
        self.connection.leave(watch.follower)

    def watched(self, key: str) -> Watch | None:
        """What is followed of a key."""
        return self._watches.get(key)

    def patiently(self, call: Callable[[], _T], repeatable: bool = True) -> _T:
        """Call the server again while it is away, for a minute at most; what may have been done only if it may be done
        again."""
        deadline, pause = self._ports.monotonic() + PATIENCE, _PAUSE
        while True:
            try:
                return call()
            except (ServerUnreachable, ServerNotFound) as error:
                if self._ports.monotonic() > deadline or not (repeatable or _was_not_sent(error)):
                    raise
            self._ports.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _locate(self) -> Any:
        transport = self.client.transport
        transport.forget()  # a server that was started again may be elsewhere
        return transport.address


def _was_not_sent(error: Exception) -> bool:
    """Whether nobody heard the call."""
    return isinstance(error, ServerNotFound) or isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _nothing(key: str) -> StateValue:
    """What there is where there is no value."""
    role = UserRole.VIEWER
    return StateValue(key=key, value=None, version=0, updated=None, by="", session="", notified=0, expires=None,
                      read=role, write=role, content=None)
