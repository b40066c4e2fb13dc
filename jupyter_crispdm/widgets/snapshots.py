"""Work that visitors save under a name, load and share, in a dashboard or beside plain widgets."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from ipywidgets import Widget, widget_serialization
from traitlets import Dict, Unicode

from .base import CrispdmWidget
from .keeping.keeper import Keeper
from .keeping.snapshot import keeper_of, page_name

_OWN = "work"
"""What stands before the names of widgets that the bar keeps by itself, as a page's name does in a dashboard."""
_NO_PAGE = "there is no such page for you"


@runtime_checkable
class KeepsPages(Protocol):
    """A dashboard, as the bar needs it: what keeps its work, and which pages are still to be made."""

    keeper: Keeper

    def waits(self, slug: str) -> bool:
        """Whether a page is open to the visitor and was not made yet."""


class SnapshotBar(CrispdmWidget):
    """Save the work of a dashboard under a name, load it again, share it: a bar over a table of what is saved.

    Given widgets in the place of a dashboard, it also saves these by itself at each change and puts back what was
    saved, as a dashboard does with its pages. `name` is what this is kept under, else it is the notebook's path.

    >>> SnapshotBar(dashboard)
    >>> SnapshotBar(epochs, rate, name="tuning")

    From the browser only values are taken, and only into fields that are kept.
    """

    _model_name = Unicode("SnapshotBarModel").tag(sync=True)
    _view_name = Unicode("SnapshotBarView").tag(sync=True)
    dashboard = Unicode("", help="The model of the dashboard whose work it is; empty for its own.").tag(sync=True)
    saved = Dict(help="What is kept: the field's name, its widget and trait.").tag(sync=True, **widget_serialization)
    snapshot = Dict(help="Where it is kept, and what did not fit.").tag(sync=True)

    def __init__(self, *widgets: Widget, name: str | None = None, **values: Any) -> None:
        self._desk = _only_dashboard(widgets)
        if self._desk is not None:
            if name is not None:
                raise TypeError("The work of a dashboard is kept under the dashboard's own name.")
            self._keeper = self._desk.keeper
            facts: dict[str, Any] = {"dashboard": widgets[0].model_id}
        else:
            facts = self._keep(widgets, page_name(name))
        super().__init__(**facts, **values)
        self.on_msg(self._heard)

    def put(self, values: dict[str, Any]) -> dict[str, Any]:
        """Put values into the fields that are kept: of pages that are still to be made, once they are.

        Answers what did not fit, and which values wait for their page.
        """
        waiting = {name: value for name, value in values.items() if self._waits(name)}
        now = {name: value for name, value in values.items() if name not in waiting}
        misfits = self._keeper.put(now)
        self._keeper.expect(waiting)
        known = self._keeper.fields
        reasons = {name: why if name in known or self._is_page(name) else _NO_PAGE for name, why in misfits.items()}
        return {
            "misfits": [{"name": name, "reason": reason} for name, reason in reasons.items()],
            "waiting": list(waiting),
        }

    def set_state(self, sync_data: Any) -> None:
        """Nothing of the bar itself is set from the browser."""
        self.send_state([name for name in sync_data if name in self.keys])

    def _keep(self, widgets: tuple[Widget, ...], page: str) -> dict[str, Any]:
        self._keeper = keeper = keeper_of(page)
        keeper.take(_OWN, *widgets)
        snapshot = {"page": page, "revision": keeper.revision, "misfits": keeper.told()}
        return {"saved": keeper.saved(), "snapshot": snapshot}

    def _waits(self, name: str) -> bool:
        return self._desk is not None and name not in self._keeper.fields and self._desk.waits(_page_of(name))

    def _is_page(self, name: str) -> bool:
        return any(_page_of(field) == _page_of(name) for field in self._keeper.fields)

    def _heard(self, _: Widget, content: Any, __: Any) -> None:
        """Put what was loaded or is undone; the number of the wish goes along with the answer."""
        wish = content if isinstance(content, dict) else {}
        values, number, forget = wish.get("put"), wish.get("number"), wish.get("forget", [])
        if not (isinstance(values, dict) and isinstance(number, int) and isinstance(forget, list)):
            return
        self._keeper.unexpect([name for name in forget if isinstance(name, str)])
        self.send({"number": number, **self.put({str(name): value for name, value in values.items()})})


def _only_dashboard(widgets: tuple[Widget, ...]) -> KeepsPages | None:
    found = [widget for widget in widgets if isinstance(widget, KeepsPages)]
    if found and len(widgets) > 1:
        raise TypeError("A bar saves the work of one dashboard, or of widgets.")
    if not widgets or not all(isinstance(widget, Widget) for widget in widgets):
        raise TypeError("A bar saves the work of one dashboard, or of widgets: it was given neither.")
    return found[0] if found else None


def _page_of(name: str) -> str:
    return name.partition("/")[0]
