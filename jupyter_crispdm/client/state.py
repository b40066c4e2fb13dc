"""Shared values, as a program sees them: JSON, bytes that travel by themselves, locks, and text."""

from __future__ import annotations

import builtins
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.state.types import (
    Append,
    Increment,
    LockLease,
    LockRenewal,
    NewLock,
    NewValue,
    StateInfo,
    StateList,
    StateValue,
    Update,
)

from .errors import UnexpectedAnswer
from .transport import Transport, present, quoted

_PIECE = 1 << 20
_TRIES = 10
_SILENCE = 120.0


class TextState(msgspec.Struct, frozen=True):
    """A shared text, its whole document as an update of Yjs (base64), and from where its topic goes on."""

    text: str
    update: str
    seq: int
    epoch: str | None = None


class TextAnswer(msgspec.Struct, frozen=True):
    """What the server has after an update: the state vector of its document (base64)."""

    state: str


class State:
    """Values that all sessions share. Every write says from which `session` it comes, and whether it is to be seen.

    A change that has a name, `once`, counts once, however often it is asked for by that name within ten minutes.

    What most programs want is `jupyter_crispdm.server_state`, which is built on this.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Sequence[StateInfo]:
        """The values that one may see, by key, without the values themselves."""
        return self._transport.ask("state", StateList).keys

    def get(self, key: str) -> StateValue:
        """A value. Raises NotFound where there is none."""
        return self._transport.ask(_path(key), StateValue)

    def put(
        self, key: str, value: Any, *, if_version: int | None = None, notify: bool = True, session: str = "",
        seconds: float | None = None, read: str | None = None, write: str | None = None, lock: str | None = None,
        once: str | None = None,
    ) -> StateValue:
        """Write a value of JSON.

        Where it is not at `if_version` (0: there is none), Conflict is raised, with what there is in its
        ``details["current"]``. It lives for `seconds`, None for ever. `read` and `write` are the least roles.

        Example
        -------
        >>> before = client.state.put("threshold", 0.5)
        >>> client.state.put("threshold", 0.6, if_version=before.version)
        """
        body = NewValue(
            value=value, if_version=if_version, notify=notify, session=session, seconds=seconds, lock=lock,
            read=UserRole(read) if read else None, write=UserRole(write) if write else None,
        )  # fmt: skip
        return self._changed("PUT", _path(key), body, once)

    def delete(
        self, key: str, *, if_version: int | None = None, notify: bool = True, session: str = "",
        lock: str | None = None, once: str | None = None,
    ) -> None:
        """Delete a value. Raises NotFound where there is none."""
        query = _query(if_version=if_version, notify=notify, session=session, lock=lock)
        self._transport.request("DELETE", _path(key), query=query, headers=_named(once))

    def increment(
        self, key: str, by: float = 1, *, notify: bool = True, session: str = "", lock: str | None = None,
        once: str | None = None,
    ) -> StateValue:
        """Add to a number; what is not there counts as 0."""
        body = Increment(by=by, notify=notify, session=session, lock=lock)
        return self._changed("POST", _path(key, "increment"), body, once)

    def append(
        self, key: str, values: Iterable[Any], *, keep: int | None = None, notify: bool = True, session: str = "",
        lock: str | None = None, once: str | None = None,
    ) -> StateValue:
        """Add to the end of a list, of which the last `keep` stay."""
        body = Append(values=builtins.list(values), keep=keep, notify=notify, session=session, lock=lock)
        return self._changed("POST", _path(key, "append"), body, once)

    def update(
        self, key: str, values: Mapping[str, Any], *, notify: bool = True, session: str = "", lock: str | None = None,
        once: str | None = None,
    ) -> StateValue:
        """Set fields of an object; the others stay."""
        body = Update(values=dict(values), notify=notify, session=session, lock=lock)
        return self._changed("POST", _path(key, "update"), body, once)

    def notify(self, key: str, *, once: str | None = None) -> None:
        """Have all who observe a value told, though it has not changed."""
        self._transport.request("POST", _path(key, "notify"), headers=_named(once))

    # -- bytes that travel by themselves

    def put_content(
        self, key: str, content: bytes, *, type: str = "application/octet-stream",
        meta: Mapping[str, Any] | None = None, if_version: int | None = None, notify: bool = True, session: str = "",
        seconds: float | None = None, lock: str | None = None,
    ) -> StateValue:
        """Write bytes as a value; `type` and `meta` are kept with them."""
        query = _query(if_version=if_version, notify=notify, session=session, seconds=seconds, lock=lock)
        headers = {"Content-Type": type, "X-Crispdm-Meta": _ascii(meta or {}), "Content-Length": str(len(content))}
        path = f"{_path(key, 'content')}?{query_text(query)}"
        reply = self._transport.send("PUT", path, content=_pieces(content), headers=headers, silence=_SILENCE)
        return self._transport.decode(reply, StateValue)

    def content(self, key: str, known: StateValue | None = None) -> tuple[StateValue, bytes | None]:
        """A value with its bytes, those that it had at that moment; None for one that is plain JSON.

        `known` is the value where it was just asked for. Raises NotFound, UnexpectedAnswer.
        """
        value = known or self.get(key)
        for _ in range(_TRIES):
            if value.content is None:
                return value, None
            found = self._read(key, value.content.digest, value.content.size)
            if found is not None:
                return value, found
            value = self.get(key)
        raise Unavailable(f"The shared value '{key}' changes faster than it can be read.", field="key")

    def _read(self, key: str, digest: str, size: int) -> bytes | None:
        """The bytes of that digest; None where there are others by now. Never more than were announced."""
        read = bytearray()
        with self._transport.stream(_path(key, "content"), headers={"Accept-Encoding": "identity"}) as reply:
            if reply.headers.get("ETag", "").removeprefix("W/").strip('"') != digest:
                return None
            for piece in reply.iter_bytes():
                read += piece
                if len(read) > size:
                    raise UnexpectedAnswer(f"The shared value '{key}' has more bytes than the {size:,} announced.")
        return bytes(read)

    # -- locks

    def lock(self, key: str, *, seconds: float = 10, wait: float = 10, session: str = "") -> LockLease:
        """Wait for the lock of a key, and hold it for so many seconds. Raises Conflict with its holder in `details`
        where `wait` seconds were not enough."""
        body = NewLock(seconds=seconds, wait=wait, session=session)
        reply = self._transport.send(
            "POST", _path(key, "lock"), content=[msgspec.json.encode(body)],
            headers={"Content-Type": "application/json"}, silence=wait + _SILENCE,
        )  # fmt: skip
        return self._transport.decode(reply, LockLease)

    def renew(self, key: str, lock: str, seconds: float = 10) -> LockLease:
        """Hold a lock for so many seconds from now on. Raises Conflict where it is held no longer."""
        reply = self._transport.request("PUT", _path(key, "lock", lock), body=LockRenewal(seconds=seconds))
        return self._transport.decode(reply, LockLease)

    def free(self, key: str, lock: str) -> None:
        """Give a lock back. Raises Conflict where it is held no longer."""
        self._transport.request("DELETE", _path(key, "lock", lock))

    # -- text

    def text(self, key: str) -> TextState:
        """A shared text and its document; empty where nobody has written."""
        return self._transport.ask(_path(key, "text"), TextState)

    def write_text(self, key: str, update: bytes, session: str = "") -> TextAnswer:
        """Write into a shared text by an update of its Yjs document; one that comes twice changes nothing."""
        body = {"update": b64encode(update).decode(), "session": session}
        return self._transport.decode(self._transport.request("POST", _path(key, "text"), body=body), TextAnswer)

    def _changed(self, method: str, path: str, body: object, once: str | None) -> StateValue:
        reply = self._transport.request(method, path, body=body, headers=_named(once))
        return self._transport.decode(reply, StateValue)


def query_text(query: Mapping[str, Any]) -> str:
    """Parameters of an address."""
    return "&".join(f"{name}={quoted(str(value))}" for name, value in query.items())


def _named(once: str | None) -> dict[str, str]:
    """What says that a change is the same as one that was asked for before."""
    return {} if once is None else {"Idempotency-Key": once}


def _query(**values: Any) -> dict[str, Any]:
    given = present(values)
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}


def _ascii(meta: Mapping[str, Any]) -> str:
    """JSON that a header can hold."""
    return json.dumps(meta, ensure_ascii=True, allow_nan=False)


def _pieces(content: bytes) -> Iterable[bytes]:
    view = memoryview(content)
    return (bytes(view[first : first + _PIECE]) for first in range(0, len(view), _PIECE))


def _path(*steps: str) -> str:
    return "/".join(["state", *map(quoted, steps)])
