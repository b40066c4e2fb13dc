"""The pages of a dashboard: what an author writes, in order, and how each is made."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ipywidgets import VBox, Widget

from .visitor import ROLES

Content: TypeAlias = Widget | Callable[..., Any]
_LONGEST_SLUG = 60
_SLUG = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{_LONGEST_SLUG - 1}}}")
_GROUPS = " › "


@dataclass(frozen=True)
class Page:
    """One page: a widget, or a function that makes one at the first visit.

    The function may take the dashboard. `icon` is the name of a picture in the menu. Who has none of the `roles` does
    not see the page, and it is not made. `slug` is its name in the address, where another than the usual is wished.
    """

    content: Content
    icon: str = ""
    roles: tuple[str, ...] = ROLES
    slug: str = ""

    def __post_init__(self) -> None:
        if not (isinstance(self.content, Widget) or callable(self.content)):
            raise TypeError(f"A page is a widget or a function, not {type(self.content).__name__}.")
        if isinstance(self.roles, str) or not set(self.roles) <= set(ROLES):
            raise ValueError(f"The roles of a page are some of {', '.join(ROLES)}.")
        if self.slug and not _SLUG.fullmatch(self.slug):
            raise ValueError("The slug of a page is made of small letters, digits and '-'.")

    def make(self, dashboard: Widget) -> Widget:
        """The widget of the page. Raises whatever its function raises, TypeError for what is no widget."""
        content = self.content
        made = content if isinstance(content, Widget) else _call(content, dashboard)
        if isinstance(made, list | tuple) and all(isinstance(one, Widget) for one in made):
            return VBox(made)
        if not isinstance(made, Widget):
            raise TypeError(f"The page's function returned {type(made).__name__}. It must return a widget.")
        return made


Pages = Mapping[str, Any]
"""Names with what stands behind them: a function, a widget, a `Page`, or more names."""


@dataclass
class Entry:
    """A page at its place in the menu, and what has become of it."""

    slug: str
    name: str
    group: str
    page: Page
    state: str = ""
    trouble: str = ""
    widget: Widget | None = None
    is_building: bool = field(default=False, repr=False)

    def is_open_to(self, role: str) -> bool:
        """Whether who has this role may see the page."""
        return role in self.page.roles

    @property
    def is_open_to_all(self) -> bool:
        """Whether nobody is kept from it."""
        return set(self.page.roles) >= set(ROLES)

    def shown(self) -> dict[str, Any]:
        """What the browser is told."""
        return {
            "slug": self.slug, "name": self.name, "icon": self.page.icon, "group": self.group, "state": self.state,
            "built": self.widget is not None, "trouble": self.trouble,
        }  # fmt: skip


def entries_of(pages: Pages) -> list[Entry]:
    """The pages in their order, each with a name for the address that no other has."""
    entries: list[Entry] = []
    taken: set[str] = set()
    for group, name, page in _flat(pages, ()):
        slug = _free(page.slug or _slug_of(name), taken)
        taken.add(slug)
        entries.append(Entry(slug, name, group, page))
    return entries


def found(entries: Iterable[Entry], name: str) -> Entry:
    """The page of that slug or name, or ``group/name``. Raises ValueError when there is none."""
    entries = list(entries)
    for names in (lambda e: (e.slug,), lambda e: (e.name, f"{e.group}/{e.name}")):
        if match := next((entry for entry in entries if name in names(entry)), None):
            return match
    raise ValueError(f"There is no page '{name}'. There are: {', '.join(entry.name for entry in entries)}.")


def _flat(pages: Pages, groups: tuple[str, ...]) -> Iterator[tuple[str, str, Page]]:
    for name, content in pages.items():
        if not isinstance(name, str) or not name.strip():
            raise ValueError("Every page and every group has a name.")
        if isinstance(content, Mapping):
            yield from _flat(content, (*groups, name.strip()))
        else:
            page = content if isinstance(content, Page) else Page(content)
            yield _GROUPS.join(groups), name.strip(), page


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-") or "page"


def _free(slug: str, taken: set[str]) -> str:
    number, wish = 1, slug
    while slug in taken:
        number += 1
        slug = f"{wish}-{number}"
    return slug


def _call(function: Callable[..., Any], dashboard: Widget) -> Any:
    """Call a page's function, with the dashboard when it asks for something."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some callables written in C tell nothing
        return function()
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asks = [one for one in parameters if one.kind in plain and one.default is one.empty]
    return function(dashboard) if asks else function()
