"""Pieces that the pages share."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Awaitable, Callable, Iterable, Sequence

import numpy as np
from bqplot import Axis, Bars, Figure, LinearScale, OrdinalScale
from ipywidgets import HTML, Button, HBox, Image, Layout, VBox, Widget

from jupyter_crispdm.base.errors import CrispdmError

WIDE = Layout(width="100%", max_width="760px")
NUMBER = Layout(width="260px")
LABELS = {"description_width": "150px"}


def words(text: str) -> HTML:
    """A paragraph; what stands in it is text, never HTML."""
    return HTML(f"<p>{html.escape(text)}</p>", layout=WIDE)


def heading(text: str) -> HTML:
    """The heading of a part of a page."""
    return HTML(f"<h3>{html.escape(text)}</h3>")


def row(*widgets: Widget) -> HBox:
    """Widgets beside each other, below each other where there is little room."""
    return HBox(widgets, layout=Layout(flex_flow="row wrap", align_items="center", grid_gap="8px"))


def column(*widgets: Widget) -> VBox:
    """Widgets below each other."""
    return VBox(widgets, layout=Layout(width="100%", grid_gap="4px"))


def captioned(picture: Image, caption: str, width: str) -> VBox:
    """A picture with a line below it."""
    picture.layout = Layout(width=width)
    line = HTML(html.escape(caption), layout=Layout(width=width))
    return VBox([picture, line], layout=Layout(align_self="flex-end"))


class Later(VBox):
    """Widgets that come when there is something to show: a figure cannot be drawn where it has no room."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__(layout=Layout(width="100%"))
        self._coming = widgets

    def appear(self) -> None:
        """Be there."""
        self.children = self._coming


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> HTML:
    """A table of texts and numbers."""
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in line) + "</tr>" for line in rows)
    return HTML(f'<table class="crispdm-Table"><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>')


class Chart:
    """Bars by class, drawn in the page; `values` may be set anew."""

    def __init__(self, names: Sequence[str], values: Sequence[float], label: str, most: float | None = None) -> None:
        self._names = list(names)
        across, up = OrdinalScale(), LinearScale(min=0, max=most)
        self._bars = Bars(x=self._names, y=np.array(values, float), scales={"x": across, "y": up}, padding=0.3)
        axes = [Axis(scale=across, label="class"), Axis(scale=up, orientation="vertical", label=label)]
        margin = {"top": 10, "bottom": 50, "left": 60, "right": 10}
        size = Layout(width="100%", max_width="760px", height="240px")
        self.figure = Figure(marks=[self._bars], axes=axes, fig_margin=margin, layout=size)

    def show(self, values: Sequence[float]) -> None:
        """Draw other values."""
        self._bars.y = np.array(values, float)


class Action:
    """A button that does something in the background, and says how it went."""

    def __init__(self, text: str, work: Callable[[], Awaitable[str]], style: str = "primary") -> None:
        self.button = Button(description=text, button_style=style, layout=Layout(width="auto"))
        self.said = HTML()
        self._work = work
        self.button.on_click(lambda _: self.start(self._work))

    def start(self, work: Callable[[], Awaitable[str]]) -> None:
        """Begin, unless something is being done."""
        if not self.button.disabled:
            self.button.disabled = True
            self._task = asyncio.ensure_future(self._do(work))

    def say(self, text: str) -> None:
        """Show a text beside the button."""
        self.said.value = f'<span role="status">{html.escape(text)}</span>'

    async def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            self.say(await work())
        except (CrispdmError, OSError, ValueError) as error:
            self.say(str(error) or type(error).__name__)
        finally:
            self.button.disabled = False
