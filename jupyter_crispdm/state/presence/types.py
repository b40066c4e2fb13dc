"""What travels about who is here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

SESSION = NameRule("[A-Za-z0-9_-]{8,64}", "8 to 64 letters, digits, '_' or '-'")
Session = Annotated[str, SESSION.meta]
"""What a page calls itself: made anew by each page of a browser."""

_PAGE = r"^/(?![/\\])[^\x00-\x1f\x7f\\?#]*$"
_LINE = r"^[^\x00-\x1f\x7f]*$"
Path = Annotated[str, msgspec.Meta(max_length=1000, pattern=_PAGE)]
Title = Annotated[str, msgspec.Meta(max_length=200, pattern=_LINE)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Visit = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Visitor(Wire, frozen=True, kw_only=True):
    """Somebody who is here, with one page of their browser.

    `page` is its path, empty where it is not for everybody to know; `tab` the page of a dashboard in it. `scroll` and
    `cursor` are shares of its height and width. `color` is one of eight.
    """

    session: str
    user: str
    page: str = ""
    title: str = ""
    tab: str = ""
    scroll: float = 0.0
    cursor: tuple[float, float] | None = None
    selection: Any = None
    color: int = 0
    since: datetime


class VisitorList(Wire, frozen=True):
    """Who is here, those who came first first."""

    visitors: list[Visitor]


class Word(Body, frozen=True):
    """What a page says of itself; what is left out has not changed. It says something every few seconds.

    A page that comes again after a goodbye, because a browser kept it, says a greater `visit` from then on: what it
    said before may still be on its way.
    """

    visit: Visit = 0
    page: Path | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    tab: Title | UnsetType = UNSET
    scroll: Share | UnsetType = UNSET
    cursor: tuple[Share, Share] | UnsetType | None = UNSET
    selection: Any = UNSET


class Goodbye(Body, frozen=True):
    """Which visit of a page is over."""

    visit: Visit = 0


class PresenceFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `presence` tells: all `visitors` first, then one `visitor` who came or changed, or who has `left`.

    `visitors` replace all that was told before; `gap`: something in between was left out.
    """

    visitors: list[Visitor] | UnsetType = UNSET
    visitor: Visitor | UnsetType = UNSET
    left: str | UnsetType = UNSET
    gap: bool = False
