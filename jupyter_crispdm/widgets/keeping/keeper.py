"""Puts back what a visitor left, page by page, and says what no longer fits.

The browser saves, for it outlives the kernel; the kernel puts back, for it is there before the page is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ipywidgets import Widget

from .fields import Field, called, fields_of, traits_of

_building: ContextVar[tuple[Keeper, str] | None] = ContextVar("crispdm_building", default=None)
_EVERYWHERE = "*"
_NOT_HERE = "it is no longer on this page"


class Keeper:
    """The fields of a dashboard: those of the pages that were made, and the values that were kept for all.

    `values` and `revision` are what the server has kept; None for nothing.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, revision: int | None = None) -> None:
        self._values = dict(values or {})
        self.revision = revision
        self.fields: dict[str, Field] = {}
        self.misfits: dict[str, str] = {}
        self._held: set[Widget] = set()

    @staticmethod
    def building() -> Keeper | None:
        """The keeper of the page that is being made now, in this call."""
        found = _building.get()
        return found[0] if found else None

    @contextmanager
    def page(self, slug: str) -> Iterator[None]:
        """Make a page in here: whatever says that it is kept belongs to it, and has its value at once."""
        token = _building.set((self, slug))
        try:
            yield
        finally:
            _building.reset(token)

    def keep(self, widget: Widget, name: str = "") -> None:
        """Keep a widget that is not in a page's tree, under its own name; within a page, as a part of it."""
        found = _building.get()
        prefix = found[1] if found and found[0] is self else _EVERYWHERE
        name = name or str(getattr(widget, "name", "")) or called(widget)
        traits = traits_of(widget)
        for trait in traits:
            full = f"{prefix}/{name}" if len(traits) == 1 else f"{prefix}/{name}.{trait}"
            if full in self.fields:
                raise ValueError(f"Two things are kept as '{name}'.")
            self._add(Field(full, widget, trait))

    def take(self, slug: str, *roots: Widget) -> None:
        """Put back what was kept of a page that was just made."""
        for root in roots:
            for field in fields_of(root, slug, self._held, self.fields):
                self._add(field)
        for name in self._values:
            if name.startswith(f"{slug}/") and name not in self.fields:
                self.misfits[name] = _NOT_HERE

    def forget(self, slug: str) -> None:
        """A page was not made after all."""
        for name in [name for name in self.fields if name.startswith(f"{slug}/")]:
            del self.fields[name]

    def put(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Put other values into fields that there are; answers for those that did not fit why."""
        reasons: dict[str, str] = {}
        for name, value in values.items():
            field = self.fields.get(name)
            if reason := field.put(value) if field else _NOT_HERE:
                reasons[name] = reason
        return reasons

    def expect(self, values: Mapping[str, Any]) -> None:
        """Have values put into their fields once their page is made."""
        self._values.update(values)

    def unexpect(self, names: Iterable[str]) -> None:
        """Have nothing put into these fields once their page is made."""
        for name in names:
            self._values.pop(name, None)

    def value(self, name: str) -> Any:
        """What was kept under a name; None for nothing."""
        return self._values.get(name)

    def saved(self) -> dict[str, dict[str, Any]]:
        """What the browser shall keep: widget and trait by name."""
        return {name: {"model": field.widget, "trait": field.trait} for name, field in self.fields.items()}

    def told(self) -> list[dict[str, str]]:
        """What did not fit, in words."""
        return [{"name": name, "reason": reason} for name, reason in self.misfits.items()]

    def _add(self, field: Field) -> None:
        self.fields[field.name] = field
        self._held.add(field.widget)
        if field.name in self._values and (reason := field.put(self._values[field.name])):
            self.misfits[field.name] = reason

