"""Saved views of the table of runs: whoever sees runs opens them, whoever saved one replaces and deletes it."""

from __future__ import annotations

from collections.abc import Collection

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound

from .query.conditions import condition
from .query.fields import getter
from .query.ordering import orders
from .store import RunStore
from .types import RUN_ID, SavedView, View

_MOST_VIEWS = 1000
_MOST_ITEMS = 500
_MOST_LETTERS = 400


class Views:
    """Views by name."""

    def __init__(self, store: RunStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def all(self) -> list[SavedView]:
        """Every view, in the order of names."""
        return sorted((await self._store.views()).values(), key=lambda view: view.name.lower())

    async def get(self, name: str) -> SavedView:
        """One view. Raises NotFound."""
        found = (await self._store.views()).get(name)
        if found is None:
            raise NotFound(f"There is no view '{name}'.", field="name")
        return found

    async def put(self, name: str, view: View, owner: str) -> SavedView:
        """Save a view. Raises BadRequest, Conflict for a name of somebody else's, StorageFull."""
        _check(view)
        known = await self._store.views()
        if name in known and known[name].by != owner:
            raise Conflict(f"The view '{name}' is {known[name].by}'s. Choose another name.", field="name")
        if name not in known and len(known) >= _MOST_VIEWS:
            raise Conflict(f"There are {_MOST_VIEWS:,} saved views. Delete one first.", field="name")
        saved = SavedView(name, view, utc(self._clock.now()), owner)
        await self._store.put_view(saved)
        return saved

    async def delete(self, name: str, owner: str, *, may_all: bool) -> None:
        """Delete a view. Raises NotFound, Forbidden for one of somebody else's."""
        found = await self.get(name)
        if found.by != owner and not may_all:
            raise Forbidden(f"The view '{name}' is {found.by}'s; an admin can delete it.")
        await self._store.forget_view(name)


def _check(view: View) -> None:
    """Raises BadRequest that names the field of a view that nobody could open."""
    condition(view.filter)
    orders(view.sort)
    for field in ("columns", "axes", "chosen", "widths"):
        items: Collection[str] = getattr(view, field)
        if len(items) > _MOST_ITEMS or any(not 0 < len(item) <= _MOST_LETTERS for item in items):
            raise BadRequest(f"'{field}' may hold {_MOST_ITEMS} names of 1 to {_MOST_LETTERS} letters.", field=field)
    for field in ("columns", "axes"):
        for item in getattr(view, field):
            getter(item, field)
    for field in ("x", "y", "colour", "group_by"):
        if getattr(view, field):
            getter(getattr(view, field), field)
    for id in [*view.chosen, *([] if view.baseline is None else [view.baseline])]:
        RUN_ID.check(id, "chosen")
