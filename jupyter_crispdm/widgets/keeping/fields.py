"""Fields: the values of a page's widgets, each under a name that is the same at the next visit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import ipywidgets as widgets
from ipywidgets import Widget

_TRAITS = ("value", "index", "selected_index")
_SHOW_ONLY = (
    widgets.HTML, widgets.HTMLMath, widgets.Label, widgets.Valid, widgets.Image, widgets.Audio, widgets.Video,
    widgets.IntProgress, widgets.FloatProgress, widgets.Play, widgets.Output,
)
"""What these show comes from the program; nobody chose it."""
_NEVER = (widgets.Password, widgets.FileUpload)
_LONGEST = 60
_NO_LONGER = "this value is no longer possible"


@runtime_checkable
class Keeps(Protocol):
    """A widget that says itself which of its traits are a visitor's choice."""

    kept_traits: ClassVar[tuple[str, ...]]


@dataclass(frozen=True)
class Field:
    """One trait of a widget that is kept. What is chosen of several options is kept by its label, not by its place."""

    name: str
    widget: Widget
    trait: str

    @property
    def _is_choice(self) -> bool:
        return self.trait == "index" and self.widget.has_trait("_options_labels")

    def value(self) -> Any:
        """What stands in the widget, as JSON has it."""
        if self._is_choice:
            return _labels(self.widget.index, self.widget._options_labels)
        return _plain(self.widget.get_state(self.trait)[self.trait])

    def put(self, value: Any) -> str:
        """Put a kept value in, and answer an empty text; else leave the widget as it is, and say why."""
        before = getattr(self.widget, self.trait)
        try:
            setattr(self.widget, self.trait, self._read(value))
            if self.value() == _plain(value):
                return ""
        except Exception as error:  # the program's own observers are called too, and one field must not spoil the rest
            self.widget.log.debug("The value of '%s' was not put back.", self.name, exc_info=error)
        self._take_back(before)
        return _NO_LONGER

    def _read(self, value: Any) -> Any:
        if self._is_choice:
            return _places(value, self.widget._options_labels)
        trait = self.widget.traits()[self.trait]
        read = trait.metadata.get("from_json", Widget._trait_from_json)
        return read(value, self.widget)

    def _take_back(self, before: Any) -> None:
        with suppress(Exception):  # what it depends on may have changed meanwhile
            setattr(self.widget, self.trait, before)


def fields_of(root: Widget, prefix: str, held: Collection[Widget] = (), taken: Collection[str] = ()) -> list[Field]:
    """The fields of a widget and all that is in it, but for widgets that are held elsewhere.

    A name is the prefix and what the widget is called: its description, else its kind. Those that are called the same
    are counted in the order of the page.
    """
    found: dict[str, Field] = {}
    for widget in _inside(root, set()):
        traits = () if widget in held else traits_of(widget)
        names = _names(f"{prefix}/{called(widget)}", traits, {*found, *taken})
        found |= {name: Field(name, widget, trait) for name, trait in zip(names, traits, strict=True)}
    return list(found.values())


def called(widget: Widget) -> str:
    """What a widget is called on its page, in short."""
    text = re.sub(r"<[^>]*>", "", str(getattr(widget, "description", "") or ""))
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain.strip(" :")[:_LONGEST].strip() or type(widget).__name__


def traits_of(widget: Widget) -> tuple[str, ...]:
    """Which traits of a widget hold what somebody chose."""
    if isinstance(widget, Keeps):
        return widget.kept_traits
    if isinstance(widget, (*_SHOW_ONLY, *_NEVER)):
        return ()
    return next(((trait,) for trait in _TRAITS if trait in widget.keys), ())


def _inside(widget: Widget, seen: set[int]) -> Iterator[Widget]:
    """A widget and those in it, in the order of the page, each once."""
    if id(widget) in seen:
        return
    seen.add(id(widget))
    yield widget
    for child in getattr(widget, "children", None) or ():
        if isinstance(child, Widget):
            yield from _inside(child, seen)


def _names(wish: str, traits: tuple[str, ...], taken: Collection[str]) -> list[str]:
    """A name for each trait that none has yet; one that is alone needs not to say which it is."""
    number, name = 1, wish
    while True:
        names = [name] if len(traits) == 1 else [f"{name}.{trait}" for trait in traits]
        if not any(one in taken for one in names):
            return names
        number += 1
        name = f"{wish} {number}"


def _labels(places: Any, labels: Any) -> Any:
    if places is None:
        return None
    return [labels[place] for place in places] if isinstance(places, (tuple, list)) else labels[places]


def _places(value: Any, labels: Any) -> Any:
    if value is None:
        return None
    return tuple(labels.index(label) for label in value) if isinstance(value, list) else labels.index(value)


def _plain(value: Any) -> Any:
    """Tuples as JSON has them."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value
