"""A shared value as it is kept, and what may become of it. No waiting, no clock, no place where it is kept.

A change is a function from what is there to what shall be there. Whoever keeps the values applies it to one that
nobody else changes meanwhile, so that two changes never see the same value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.errors import Conflict, Forbidden, NotFound, TooLarge, Unprocessable

from .types import Append, Content, Increment, NewValue, Update


class Held(Content, frozen=True, kw_only=True):
    """A content, with the name under which its bytes are kept."""

    id: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A shared value as it is kept: `value` is its JSON, None where it was deleted. Times are seconds since the epoch.

    What was deleted is remembered for a while, so that whoever makes it anew goes on counting. `ended` is the version
    with which there was no such value any more, the last time; 0 for never.
    """

    key: str
    version: int
    notified: int
    updated: float
    value: bytes | None
    by: str = ""
    session: str = ""
    expires: float | None = None
    read: UserRole = UserRole.VIEWER
    write: UserRole = UserRole.VIEWER
    content: Held | None = None
    ended: int = 0

    @property
    def size(self) -> int:
        """How many bytes it takes, with its content."""
        return len(self.value or b"") + (self.content.size if self.content else 0)

    def is_there(self, now: float) -> bool:
        """Whether it was neither deleted, nor is its time over."""
        return self.value is not None and (self.expires is None or now < self.expires)

    def is_over(self, now: float) -> bool:
        """Whether its time is over, and nobody has deleted it yet."""
        return self.value is not None and not self.is_there(now)


class Guard(NamedTuple):
    """Who may read and write what belongs to a key. What stems from before the value `ended` last belongs to nobody."""

    read: UserRole = UserRole.VIEWER
    write: UserRole = UserRole.VIEWER
    ended: int = 0


@dataclass(frozen=True)
class Moment:
    """What surrounds a change: the time, the greatest version that was forgotten, how much there is of everything."""

    now: float
    floor: int = 0
    keys: int = 0
    size: int = 0


@dataclass(frozen=True)
class Writer:
    """Who changes a value, with which role, from which session, and whether observers shall be told."""

    by: str
    role: Role = Role.ADMIN
    session: str = ""
    notify: bool = True


@dataclass(frozen=True)
class Limits:
    """How many values, and how many bytes of JSON each, of content each, and of all together. None: no limit."""

    keys: int | None = 10_000
    value: int = 1024 * 1024
    content: int | None = 256 * 1024 * 1024
    total: int | None = 4096 * 1024 * 1024


Change = Callable[[Entry | None, Moment], Entry]
"""What shall be there instead of what is, which is None where there is nothing. Raises what speaks against it."""


def put(key: str, body: NewValue, who: Writer, limits: Limits) -> Change:
    """Write a value whole."""
    value = encoded(body.value, "value", limits)

    def change(current: Entry | None, at: Moment) -> Entry:
        before = _open(key, current, at, who)
        _expect(key, before, body.if_version)
        _check_roles(body, who)
        roles = {"read": body.read or (before.read if before else UserRole.VIEWER),
                 "write": body.write or (before.write if before else UserRole.VIEWER)}
        expires = None if body.seconds is None else at.now + body.seconds
        return _accepted(_next(key, current, at, who, value=value, expires=expires, **roles), before, at, limits)

    return change


def increment(key: str, body: Increment, who: Writer, limits: Limits) -> Change:
    """Add to a number."""

    def work(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            raise Unprocessable(f"The value of '{key}' is not a number.", field="by")
        total = (value or 0) + body.by
        if isinstance(total, float) and not math.isfinite(total):
            raise Unprocessable(f"The value of '{key}' would be too large a number.", field="by")
        return total

    return _reworked(key, work, "by", who, limits)


def append(key: str, body: Append, who: Writer, limits: Limits) -> Change:
    """Add to the end of a list."""

    def work(value: Any) -> Any:
        if not isinstance(value, list | None):
            raise Unprocessable(f"The value of '{key}' is not a list.", field="values")
        items = [*(value or ()), *body.values]
        return items if body.keep is None else items[-body.keep :]

    return _reworked(key, work, "values", who, limits)


def update(key: str, body: Update, who: Writer, limits: Limits) -> Change:
    """Set fields of an object."""

    def work(value: Any) -> Any:
        if not isinstance(value, dict | None):
            raise Unprocessable(f"The value of '{key}' is not an object.", field="values")
        return {**(value or {}), **body.values}

    return _reworked(key, work, "values", who, limits)


def hold(
    key: str, content: Held, who: Writer, limits: Limits, *, if_version: int | None = None,
    seconds: float | None = None,
) -> Change:  # fmt: skip
    """Write a value whose bytes are kept elsewhere."""

    def change(current: Entry | None, at: Moment) -> Entry:
        before = _open(key, current, at, who)
        _expect(key, before, if_version)
        expires = None if seconds is None else at.now + seconds
        after = _next(key, current, at, who, value=b"null", content=content, expires=expires)
        return _accepted(after, before, at, limits)

    return change


def drop(key: str, who: Writer, if_version: int | None = None) -> Change:
    """Delete a value."""

    def change(current: Entry | None, at: Moment) -> Entry:
        _open(key, current, at, who)
        _expect(key, found(key, current, at), if_version)
        return _gone(key, current, at, who)

    return change


def expire(key: str) -> Change:
    """Delete a value whose time is over. Raises NotFound where there is none."""

    def change(current: Entry | None, at: Moment) -> Entry:
        if current is None or current.value is None or current.is_there(at.now):
            raise absent(key)
        return _gone(key, current, at, Writer(current.by))

    return change


def notify(key: str, who: Writer) -> Change:
    """Have observers told of a value that has not changed."""

    def change(current: Entry | None, at: Moment) -> Entry:
        _open(key, current, at, who)
        there = found(key, current, at)
        return msgspec.structs.replace(there, notified=there.notified + 1)

    return change


def present(entry: Entry | None, at: Moment) -> Entry | None:
    """What is there, unless it was deleted or its time is over."""
    return entry if entry is not None and entry.is_there(at.now) else None


def check(key: str, there: Entry | Guard | None, role: Role, action: str) -> None:
    """Refuse who may not see a value, or not write it. Raises Forbidden. `there` is what is there, or its guard."""
    if there is None:
        return
    for least in (there.read, there.write) if action == "write" else (there.read,):
        if not role.includes(Role(least.value)):
            raise Forbidden(f"The shared value '{key}' is for {least.value}s.", field="key", least=least.value)


def found(key: str, entry: Entry | None, at: Moment) -> Entry:
    """What is there. Raises NotFound."""
    there = present(entry, at)
    if there is None:
        raise absent(key)
    return there


def absent(key: str) -> NotFound:
    """There is no such value."""
    return NotFound(f"There is no shared value '{key}'.", field="key")


def encoded(value: Any, field: str, limits: Limits) -> bytes:
    """A value as JSON. Raises TooLarge."""
    text = msgspec.json.encode(value)
    if len(text) > limits.value:
        raise TooLarge(
            f"The value would have {len(text):,} bytes of JSON, over the limit of {limits.value:,}. Write larger "
            "things as a content.", field=field, limit=limits.value,
        )  # fmt: skip
    return text


def _reworked(key: str, work: Callable[[Any], Any], field: str, who: Writer, limits: Limits) -> Change:
    """Make of a value another one, which has the same roles and lives as long."""

    def change(current: Entry | None, at: Moment) -> Entry:
        before = _open(key, current, at, who)
        if before is not None and before.content is not None:
            raise Unprocessable(f"The value of '{key}' is a content; it can only be written whole.", field="key")
        value = encoded(work(None if before is None else msgspec.json.decode(before.value or b"null")), field, limits)
        expires = before.expires if before else None
        return _accepted(_next(key, current, at, who, value=value, expires=expires), before, at, limits)

    return change


def _next(
    key: str, current: Entry | None, at: Moment, who: Writer, *, value: bytes | None, **fields: Any
) -> Entry:
    """An entry that follows another. Its roles are the same, unless it was gone, or others are given."""
    before = present(current, at)
    version = max(current.version if current else 0, at.floor if before is None else 0) + 1
    notified = current.notified if current else at.floor
    roles = {"read": before.read, "write": before.write} if before else {}
    has_ended = value is None or (current is not None and current.is_over(at.now))
    return Entry(**{
        **roles, "key": key, "version": version, "updated": at.now, "by": who.by, "session": who.session,
        "notified": max(notified + 1, version) if who.notify else notified, "value": value,
        "ended": version if has_ended else current.ended if current else 0, **fields,
    })  # fmt: skip


def _gone(key: str, current: Entry | None, at: Moment, who: Writer) -> Entry:
    return _next(key, current, at, who, value=None, read=UserRole.VIEWER, write=UserRole.VIEWER)


def _open(key: str, current: Entry | None, at: Moment, who: Writer) -> Entry | None:
    """What is there, for who may write it. Raises Forbidden."""
    before = present(current, at)
    check(key, before, who.role, "write")
    return before


def _check_roles(body: NewValue, who: Writer) -> None:
    """Refuse who may not say for whom a value is. Raises Forbidden."""
    for field, role in (("read", body.read), ("write", body.write)):
        if role is None:
            continue
        if not who.role.includes(Role.ANALYST):
            raise Forbidden("Your role does not allow you to say who may read or write a value.", field=field)
        if not who.role.includes(Role(role.value)):
            raise Forbidden("You cannot keep a value for a role above your own.", field=field)


def _expect(key: str, before: Entry | None, if_version: int | None) -> None:
    version = before.version if before else 0
    if if_version is not None and if_version != version:
        raise Stale(key, version, before)


class Stale(Conflict):
    """A value is at another version than the writer knows; `current` is what is there."""

    def __init__(self, key: str, version: int, current: Entry | None) -> None:
        where = f"is at version {version}" if version else "does not exist"
        super().__init__(f"'{key}' {where} by now.", field="if_version")
        self.current = current


def _accepted(after: Entry, before: Entry | None, at: Moment, limits: Limits) -> Entry:
    """An entry, unless there would be too much of everything. Raises Unprocessable, TooLarge."""
    if before is None and limits.keys is not None and at.keys >= limits.keys:
        raise Unprocessable(f"There are {at.keys:,} shared values, the most there may be.", field="key",
                            limit=limits.keys)
    grown = after.size - (before.size if before else 0)
    if grown > 0 and limits.total is not None and at.size + grown > limits.total:
        raise TooLarge(f"All shared values together would have {at.size + grown:,} bytes, over the limit of "
                       f"{limits.total:,}.", field="value", limit=limits.total)
    return after
