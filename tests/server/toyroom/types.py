from __future__ import annotations

from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.wire import Body, Wire


class NewNote(Body, frozen=True):
    text: str


class Notes(Wire, frozen=True):
    notes: list[str]


class AuthorsFact(Wire, frozen=True, omit_defaults=True):
    authors: dict[str, int] | UnsetType = UNSET
    author: tuple[str, int] | UnsetType = UNSET
