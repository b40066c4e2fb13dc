"""`server_state`: named values that all sessions of a server share."""

from __future__ import annotations

import atexit
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from traitlets import HasTraits

from jupyter_crispdm.base.errors import Conflict, Forbidden, NotFound
from jupyter_crispdm.client import connect

from .context import quiet
from .following.delivery import here
from .following.slots import Change, Slot
from .links import Link
from .locks import StateLock
from .session import Ports, Session
from .values import pack

if TYPE_CHECKING:
    from .text import SharedText

Observer = Callable[[Change], object]


@dataclass(frozen=True)
class Entry:
    """A shared value with its version, who wrote it, when, and until when it is there (None: for good)."""

    value: Any
    version: int
    by: str
    updated: datetime | None
    expires: datetime | None


class ServerState:
    """Values that notebooks, dashboards, scripts, jobs and pages share, by name.

    Every read asks the server, every write is there for all when it returns, and survives restarts. Values are JSON;
    numpy arrays, pandas frames, Arrow tables, pictures and bytes come back as what they were.

    Example
    -------
    >>> from jupyter_crispdm import server_state
    >>> server_state["threshold"] = 0.5
    >>> with server_state.lock("count"):
    ...     server_state["count"] = server_state.get("count", 0) + 1
    >>> server_state.observe(lambda change: print(change.new), "threshold")
    >>> link = server_state.link("threshold", (slider, "value"))
    """

    def __init__(self, ports: Ports | None = None) -> None:
        self._ports = ports or Ports(connect)
        self._opening = threading.Lock()
        self._open: Session | None = None
        self._slots: list[tuple[Observer, str, Slot]] = []
        self._writing_texts = threading.Lock()
        self._texts: dict[str, SharedText] = {}

    # -- values

    def __getitem__(self, key: str) -> Any:
        return self.entry(key).value

    def __setitem__(self, key: str, value: Any) -> None:
        self.set(key, value)

    def __delitem__(self, key: str) -> None:
        try:
            self._session.delete(key)
        except NotFound:
            raise KeyError(key) from None

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._session.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # such as tools look for in any object
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"There is no shared value '{name}'.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        elif hasattr(type(self), name):
            raise AttributeError(f"'{name}' is what server_state can do; write server_state[{name!r}] for the value.")
        else:
            self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(f"There is no shared value '{name}'.") from None

    def __repr__(self) -> str:
        return "<server_state: the values that all sessions share>"

    def keys(self) -> list[str]:
        """The names of all values that one may see."""
        return [one.key for one in self._session.patiently(self._session.state.list)]

    def get(self, key: str, default: Any = None) -> Any:
        """A value, or the default where there is none."""
        found = self._session.get(key)
        return default if found is None else self._session.value_of(found)

    def entry(self, key: str) -> Entry:
        """A value with its version and who wrote it when. Raises KeyError."""
        found = self._session.get(key)
        if found is None:
            raise KeyError(key)
        return Entry(self._session.value_of(found), found.version, found.by, found.updated, found.expires)

    def version(self, key: str) -> int:
        """The number that grows with each write; 0 where there is no value."""
        found = self._session.get(key)
        return 0 if found is None else found.version

    def set(
        self, key: str, value: Any, *, seconds: float | None = None, read: str | None = None,
        write: str | None = None, if_version: int | None = None,
    ) -> int:
        """Write a value; answers its version.

        It is there for `seconds`, None for good. `read` and `write` are the least roles that may ("viewer", "analyst",
        "admin"). Where it is not at `if_version` (0: not there), Conflict is raised and nothing is changed.
        """
        options = {"seconds": seconds, "read": read, "write": write, "if_version": if_version}
        given = {name: option for name, option in options.items() if option is not None}
        return self._session.write(key, pack(value), **given).version

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value, which is the default where there was none."""
        try:
            self.set(key, default, if_version=0)
        except Conflict:
            return self.get(key, default)
        return default

    def compare_and_set(self, key: str, version: int, value: Any) -> bool:
        """Write a value where it is still at a version (0: not there); whether that was done."""
        try:
            self.set(key, value, if_version=version)
        except Conflict:
            return False
        return True

    def increment(self, key: str, by: float = 1) -> Any:
        """Add to a number, which is 0 where it is not there; answers what it is now. Needs no lock."""
        return self._session.work(key, self._session.state.increment, by).value

    def append(self, key: str, value: Any, *, keep: int | None = None) -> list[Any]:
        """Add to the end of a list, of which the last `keep` stay; answers the list. Needs no lock."""
        packed = pack([value])
        answer: list[Any] = self._session.work(key, self._session.state.append, packed.json, keep=keep).value
        return answer

    def update(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        """Set some fields of an object; answers all of it. Needs no lock."""
        answer: dict[str, Any] = self._session.work(key, self._session.state.update, pack(values).json).value
        return answer

    def text(self, key: str) -> SharedText:
        """A text that several people write at once; the same object for all who ask here."""
        from .text import SharedText

        session = self._session
        with self._writing_texts:  # one connection follows a text once
            if key not in self._texts:
                self._texts[key] = SharedText(session, key)
            return self._texts[key]

    # -- locks, and who is told

    def lock(self, key: str, seconds: float = 10, wait: float | None = None) -> StateLock:
        """The lock of a key, for a `with` block: only one session at a time is in such a block.

        It is renewed while the block goes on; were this process killed, it would be free after `seconds`. Whoever came
        first is next. `wait` are the seconds to wait, None for as long as it takes; LockTaken is raised after that.
        LockLost is raised at the end of a block, and by a write in it, where the lock was not renewed in time.
        """
        session = self._session
        return StateLock(lambda: session.state, key, seconds=seconds, wait=wait, session=session.id)

    def hold_notifications(self) -> AbstractContextManager[None]:
        """A `with` block whose writes refresh nobody; whoever reads sees them. `notify` tells all afterwards."""
        return quiet()

    def notify(self, key: str) -> None:
        """Have all who observe a value refreshed, also this session, though it has not changed."""
        once = uuid.uuid4().hex
        self._session.patiently(lambda: self._session.state.notify(key, once=once))

    def observe(self, observer: Observer, *keys: str) -> None:
        """Have a function called when somebody else changes one of the values.

        It gets a change as traitlets give it: `change.name` is the key, `change.new` the value (None where it was
        deleted), `change.old` what was known before, `change.by` who did it. It runs where this code runs: in a
        notebook between two cells, in a script without a loop on a thread. What it misses meanwhile is left out, but
        never the newest.
        """
        session = self._session
        for key in keys:
            watch = session.watch(key)
            slot = Slot(key, observer, here(session.telling))
            self._slots.append((observer, key, slot))
            watch.add(slot)

    def unobserve(self, observer: Observer, *keys: str) -> None:
        """Have a function called no more; without keys, for no key."""
        session = self._session
        for one in list(self._slots):
            known, key, slot = one
            if known == observer and (not keys or key in keys):
                self._slots.remove(one)
                if (watch := session.watched(key)) is not None:
                    watch.remove(slot)
                    session.forget(watch)

    def link(self, key: str, target: tuple[HasTraits, str]) -> Link:
        """Keep a trait of a widget, such as ``(slider, "value")``, and a shared value the same, in every session that
        does so.

        The widget takes the value where there is one, else the value is the widget's. Answers an object with
        `unlink()`.
        """
        session = self._session
        widget, trait = target
        packed = pack(getattr(widget, trait))  # what cannot be shared is said here
        watch = session.watch(key)
        made = Link(watch, target, _writer_of(session), session.writing, here(session.telling), session.forget)
        if not watch.newest.version:
            with suppress(Conflict, Forbidden):  # somebody was faster, or this session may only look
                session.write(key, packed, if_version=0)
        if watch.newest.version:
            made.put(session.value_of(watch.newest))
        return made

    def close(self) -> None:
        """Let go of everything; the next use begins anew."""
        with self._opening:
            session, self._open = self._open, None
            self._slots.clear()
            self._texts.clear()
        if session is not None:
            atexit.unregister(session.close)
            session.close()

    @property
    def _session(self) -> Session:
        """This process's session: a forked child begins one of its own."""
        with self._opening:
            if self._open is None or self._open.process != os.getpid():
                self._open = Session(self._ports, self)
                self._slots, self._texts = [], {}
                atexit.register(self._open.close)
            return self._open


def _writer_of(session: Session) -> Callable[[str, Any, bool], Any]:
    def write(key: str, value: Any, notify: bool) -> Any:
        return session.put(key, pack(value), session.said(key, notify))

    return write
