"""The shell of an application in one notebook: an ordered menu, and pages that are made at their first visit."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from ipywidgets import Widget, widget_serialization
from traitlets import CInt, Dict, List, TraitError, Unicode, observe, validate

from .base import CrispdmWidget
from .extras import EXTRAS, extra_entries
from .keeping.keeper import Keeper
from .keeping.snapshot import keeper_of, page_name
from .pages import Entry, Pages, entries_of, found
from .visitor import LEAST, Visitor, ask_visitor

PAGE_FIELD = "*/page"
"""Under this name the browser keeps which page is shown."""
STATES = ("", "running", "done", "failed")
_LONGEST_TROUBLE = 1000
_FOR_STRANGERS = "Try again. If it happens again, tell whoever made this dashboard."


class Dashboard(CrispdmWidget):
    """Pages behind a menu.

    `pages` are names with functions or widgets, in their order; a mapping in their place is a group. A function is
    called at the first visit of its page, and what it made is kept. `extras` are the pages that are offered beside
    the author's. `name` is what the visitor's work is kept under, else it is the notebook's path; `autosave` is whether
    it is kept. `keep` are widgets that several pages share, or that are in none.

    >>> Dashboard({"Data": data_page, "Models": {"Train": train_page, "Evaluate": evaluate_page}}, title="Digits")

    From the browser only `page` is taken, and of the pages only those that the visitor's role opens.
    """

    _model_name = Unicode("DashboardModel").tag(sync=True)
    _view_name = Unicode("DashboardView").tag(sync=True)
    title = Unicode("", help="Stands above the menu.").tag(sync=True)
    page = Unicode("", help="The slug of the page that is shown.").tag(sync=True)
    menu = List(Dict(), help="What the visitor may open.").tag(sync=True)
    children_by_page = Dict(help="The widgets of the pages that were made.").tag(sync=True, **widget_serialization)
    visitor = Dict({"name": "", "role": LEAST}, help="Who looks.").tag(sync=True)
    saved = Dict(help="What is kept: the field's name, its widget and trait.").tag(sync=True, **widget_serialization)
    snapshot = Dict(help="Where it is kept, and what did not fit.").tag(sync=True)
    extras = List(Unicode(), help="The extras that the visitor has.").tag(sync=True)
    height = CInt(640, help="Height in pixels in a notebook. In Voila it fills the page.").tag(sync=True)

    def __init__(
        self,
        pages: Pages,
        title: str = "",
        *,
        name: str | None = None,
        autosave: bool = True,
        keep: Sequence[Widget] = (),
        extras: Sequence[str] = EXTRAS,
        **values: Any,
    ) -> None:
        own = entries_of(pages)
        offered = [name for name in extras if autosave or name != "work"]
        more = extra_entries(offered, {entry.slug for entry in own})
        self._kept_as = page_name(name) if autosave else ""
        self._keeper = keeper_of(self._kept_as) if autosave else Keeper()
        for widget in keep:
            self._keeper.keep(widget)
        self._entries = [*own, *more]
        self._wanted = list(extras)
        self._extra_slugs = {entry.slug for entry in more}
        self._meet(ask_visitor())
        super().__init__(title=title, **self._facts(), **values)
        self.on_msg(self._heard)
        self.page = self._first()

    def go(self, name: str) -> bool:
        """Show a page; answers whether its visitor may see it. Raises ValueError for a page that there is not."""
        slug = found(self._entries, name).slug
        if not self._is_open(slug):
            return False
        self.page = slug
        return True

    def mark(self, name: str, state: str) -> None:
        """Show in the menu how the work of a page stands: "running", "done", "failed" or "" for nothing."""
        if state not in STATES:
            raise ValueError(f"The state of a page is one of {', '.join(map(repr, STATES))}.")
        found(self._entries, name).state = state
        self._tell()

    @property
    def keeper(self) -> Keeper:
        """What keeps the visitor's work."""
        return self._keeper

    def waits(self, slug: str) -> bool:
        """Whether a page is open to the visitor and was not made yet."""
        return self._is_open(slug) and self._entry(slug).widget is None

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take from the browser the page that it wants, where it may; all else is set right there."""
        wanted = sync_data.get("page")
        allowed = {"page": wanted} if isinstance(wanted, str) and self._is_open(wanted) else {}
        if refused := [name for name in sync_data if name in self.keys and name not in allowed]:
            self.send_state(refused)
        if allowed:
            super().set_state(allowed)

    @validate("page")
    def _exists(self, proposal: dict[str, Any]) -> str:
        slug: str = proposal["value"]
        if slug and not self._is_open(slug):
            raise TraitError("There is no such page.")
        return slug

    @observe("page")
    def _visit(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self._build(change["new"])

    def _heard(self, _: Widget, content: Any, __: Any) -> None:
        """Make a page once more, whose making failed."""
        slug = content.get("build") if isinstance(content, dict) else None
        if isinstance(slug, str) and slug == self.page:
            self._build(slug)

    def _build(self, slug: str) -> None:
        entry = self._entry(slug)
        if entry.widget is not None or entry.is_building or not self._may_build(entry):
            return
        entry.is_building = True
        try:
            with self._keeper.page(slug):
                made = entry.page.make(self)
            self._keeper.take(slug, made)
            entry.widget, entry.trouble = made, ""
        except Exception as error:
            self._keeper.forget(slug)
            self.log.error("The page '%s' of a dashboard could not be made.", entry.name, exc_info=error)
            entry.trouble = _FOR_STRANGERS if self.visitor["role"] == LEAST else _described(error)
        finally:
            entry.is_building = False
        self._tell()

    def _may_build(self, entry: Entry) -> bool:
        """Ask anew who looks before what is not for all is made: their role may have changed."""
        if entry.is_open_to_all:
            return True
        self._meet(ask_visitor())
        if entry.is_open_to(self._visitor.role):
            return True
        self._tell()
        self.page = self._first()
        return False

    def _meet(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def _tell(self) -> None:
        """Tell the browser at once what has changed."""
        with self.hold_sync():
            for name, value in self._facts().items():
                self.set_trait(name, value)

    def _facts(self) -> dict[str, Any]:
        seen = [entry for entry in self._entries if entry.is_open_to(self._visitor.role)]
        slugs = {entry.slug for entry in seen}
        return {
            "menu": [entry.shown() for entry in seen],
            "children_by_page": {entry.slug: entry.widget for entry in seen if entry.widget is not None},
            "saved": self._keeper.saved() if self._kept_as else {},
            "snapshot": {
                "page": self._kept_as, "revision": self._keeper.revision, "misfits": self._keeper.told()
            },
            "visitor": {"name": self._visitor.name, "role": self._visitor.role},
            "extras": [name for name in self._wanted if name in slugs & self._extra_slugs or name == "licence"],
        }

    def _entry(self, slug: str) -> Entry:
        return next(entry for entry in self._entries if entry.slug == slug)

    def _is_open(self, slug: str) -> bool:
        return any(entry.slug == slug and entry.is_open_to(self._visitor.role) for entry in self._entries)

    def _first(self) -> str:
        """The page that the address names, else where the visitor was; the first of the menu where neither is open."""
        asked = parse_qs(os.environ.get("QUERY_STRING", "")).get("page", [""])[0]
        wishes = (wish for wish in (asked, self._keeper.value(PAGE_FIELD)) if isinstance(wish, str))
        return next((wish for wish in wishes if self._is_open(wish)), next((one["slug"] for one in self.menu), ""))


def _described(error: Exception) -> str:
    """An error for those who can mend it: what it says, and where it was raised."""
    says = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    where = f" (line {frames[-1].lineno} of {frames[-1].name})" if frames else ""
    return says[:_LONGEST_TROUBLE] + where
