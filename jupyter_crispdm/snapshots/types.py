"""What travels about snapshots."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

PAGE = NameRule(
    "[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}",
    "1 to 200 letters, digits, '_', '.', ':' or '-', the first a letter or a digit",
)
FIELD = NameRule(r"[^\x00-\x1f\x7f-\x9f]{1,300}", "1 to 300 characters without control characters")
WORK = NameRule(
    r"(?=.{1,100}$)[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?",
    "1 to 100 characters, no control characters, and no blank at either end",
)
Page = Annotated[str, PAGE.meta]
"""What a page is called: a dashboard's path with ':' for '/', or any name."""
WorkName = Annotated[str, WORK.meta]
"""What people call work that they save. It is text, whatever is in it."""


def same_text(name: str) -> str:
    """One spelling for names that look the same, however a keyboard composed their letters."""
    return unicodedata.normalize("NFC", name)


class Snapshot(Wire, frozen=True, kw_only=True):
    """A page as it was saved last: the value of each field. `lost` names fields whose value cannot be read."""

    page: str
    values: dict[str, Any]
    revision: int
    saved: datetime
    by: str
    lost: list[str] = []


class SnapshotInfo(Wire, frozen=True, kw_only=True):
    """A page that was saved, without its values. `size` is in bytes."""

    page: str
    revision: int
    saved: datetime
    size: int


class SnapshotList(Wire, frozen=True):
    """The caller's pages, saved last first."""

    snapshots: list[SnapshotInfo]


class NewSnapshot(Body, frozen=True):
    """All fields of a page. `base` is the revision that they come from, null where there was none; left out: any."""

    values: dict[str, Any]
    base: int | UnsetType | None = UNSET


class SnapshotChange(Body, frozen=True):
    """The fields that changed since `base`, the revision that the page knows; null where it knows of none.

    Left out, nothing is told about what others changed.
    """

    values: dict[str, Any]
    base: int | UnsetType | None = UNSET


class Saved(Wire, frozen=True):
    """What became of a page that was saved whole."""

    revision: int
    saved: datetime


class Merged(Wire, frozen=True):
    """What became of fields that were saved. `others` are those that somebody else changed since `base`."""

    revision: int
    saved: datetime
    others: dict[str, Any]


class SnapshotFact(Wire, frozen=True):
    """What the topic of a page tells its owner: its newest revision; null when it is not saved, or was forgotten."""

    page: str
    revision: int | None
    saved: datetime | None


class Work(Wire, frozen=True, kw_only=True):
    """Work that `by` saved under a name. Colleagues may read it when it is `shared`. `size` is in bytes."""

    name: str
    saved: datetime
    size: int
    by: str
    note: str
    shared: bool


class WorkList(Wire, frozen=True):
    """Own work and what colleagues share, saved last first."""

    saved: list[Work]


class LoadedWork(Work, frozen=True, kw_only=True):
    """Saved work with its values. `lost` names fields whose value cannot be read."""

    values: dict[str, Any]
    lost: list[str] = []


class NewWork(Body, frozen=True):
    """Work to save. Without `values` it is what the page saved by itself. `replace` false keeps work of that name."""

    values: dict[str, Any] | UnsetType = UNSET
    note: str = ""
    shared: bool = False
    replace: bool = True


class WorkChange(Body, frozen=True):
    """What to change of saved work; what is left out stays."""

    note: str | None = None
    shared: bool | None = None


class WorkRename(Body, frozen=True):
    """The new name of saved work."""

    name: str


class WorkQuery(Body, frozen=True):
    """Whose work it is; without it, the caller's own."""

    by: str | None = None
