"""What travels about shared values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

KEY = NameRule(
    "[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}",
    "1 to 128 letters, digits, '_', '.', ':' or '-', the first a letter, a digit or '_'",
)
Key = Annotated[str, KEY.meta]
"""What a shared value is called."""
LONGEST_LEASE, LONGEST_WAIT = 3600.0, 600.0
Version = Annotated[int, msgspec.Meta(ge=0)]
Session = Annotated[str, msgspec.Meta(max_length=200)]
"""What a writer calls their session: they know by it which facts tell of their own changes."""
Seconds = Annotated[float, msgspec.Meta(gt=0, le=1e9)]
LeaseSeconds = Annotated[float, msgspec.Meta(gt=0, le=LONGEST_LEASE)]


class Content(Wire, frozen=True, kw_only=True):
    """What a value is whose bytes travel by themselves: its MIME type, size in bytes, SHA-256, and what its writer
    says of it, such as the shape of an array."""

    type: str
    size: int
    digest: str
    meta: dict[str, Any] = {}


class StateInfo(Wire, frozen=True, kw_only=True):
    """A shared value without the value itself.

    `version` grows with each write, and is 0 where there is no such value. `notified` grows with each write that
    observers shall see, and when somebody has them told. `session` is what the writer called their session. Whoever
    has not the role `read` cannot see the value; who writes it must have `write` too.
    """

    key: str
    version: int
    updated: datetime | None
    by: str
    session: str
    notified: int
    expires: datetime | None
    read: UserRole
    write: UserRole
    content: Content | None


class StateValue(StateInfo, frozen=True, kw_only=True):
    """A shared value. That of one with a content is null: its bytes are at `state/{key}/content`."""

    value: Any


class StateList(Wire, frozen=True):
    """The values that the caller may see, in the order of their keys."""

    keys: list[StateInfo]


class Writing(Body, frozen=True):
    """What every change says: whether observers are told, which session it comes from, and the lock that must be held.

    A lock (`lock`, its id) that is held no longer is a conflict, and nothing is changed.
    """

    notify: bool = True
    session: Session = ""
    lock: str | None = None


class NewValue(Writing, frozen=True, kw_only=True):
    """A value to write.

    It is a conflict where the value is not at `if_version` (0: there is none). `seconds` are how long it lives, null
    for ever; `read` and `write` stay where they are left out.
    """

    value: Any
    if_version: Version | None = None
    seconds: Seconds | None = None
    read: UserRole | None = None
    write: UserRole | None = None


class Increment(Writing, frozen=True, kw_only=True):
    """How much to add to a number; a value that is not there counts as 0."""

    by: int | float = 1


class Append(Writing, frozen=True, kw_only=True):
    """What to add to the end of a list, of which the last `keep` stay; null: all. What is not there is empty."""

    values: list[Any]
    keep: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Update(Writing, frozen=True, kw_only=True):
    """The fields of an object to set; the others stay. What is not there is empty."""

    values: dict[str, Any]


class Removal(Writing, frozen=True, kw_only=True):
    """How a value is deleted."""

    if_version: Version | None = None


class ContentQuery(Writing, frozen=True, kw_only=True):
    """How a content is written; see `NewValue`."""

    if_version: Version | None = None
    seconds: Seconds | None = None


class NewLock(Body, frozen=True):
    """For how many seconds the lock is wanted, and how many to wait for one's turn."""

    seconds: LeaseSeconds = 10.0
    wait: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)] = 10.0
    session: Session = ""


class LockRenewal(Body, frozen=True):
    """For how many more seconds, from now on, a lock is held."""

    seconds: LeaseSeconds = 10.0


class LockLease(Wire, frozen=True, kw_only=True):
    """A lock that is held until a time, by its id `lock`; `value` is what it guards, as it is now."""

    lock: str
    key: str
    holder: str
    until: datetime
    value: StateValue | None
