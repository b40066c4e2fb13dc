"""A stream in the page: begun by a button, shown as it comes, ended by another."""

from __future__ import annotations

import asyncio
import html
import time
from collections import deque
from collections.abc import AsyncIterable, Callable

from ipywidgets import HTML, Button, Layout, Widget
from phases import parts

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import ClientError

LINES = 200
"""So many of the newest lines are shown."""

FRAME = 0.1
"""Seconds between two drawings at least."""

SHEET = "max-height:300px;overflow:auto;margin:0;padding:8px;white-space:pre-wrap;overflow-wrap:anywhere"


class Shown:
    """What a function streams, line by line. The source is closed when somebody stops it."""

    def __init__(self, begin: str, source: Callable[[], AsyncIterable[str]]) -> None:
        self._source = source
        self.begin = Button(description=begin, button_style="primary", layout=Layout(width="auto"))
        self.stop = Button(description="Stop", disabled=True, layout=Layout(width="auto"))
        self.said, self.sheet = HTML(), HTML()
        self._lines: deque[str] = deque(maxlen=LINES)
        self._drawn = 0.0
        self.begin.on_click(lambda _: self._begin())
        self.stop.on_click(lambda _: self._task.cancel())

    def page(self, *about: Widget) -> Widget:
        """The buttons, and below them what came."""
        return parts.column(*about, parts.row(self.begin, self.stop, self.said), self.sheet)

    def _begin(self) -> None:
        if not self.begin.disabled:
            self.begin.disabled, self.stop.disabled = True, False
            self._task = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        self._lines.clear()
        count = 0
        try:
            async for line in self._source():
                count += 1
                self._lines.append(line)
                self._draw()
                self._say(f"{count:,} so far …")
            self._say(f"{count:,} came; it is over.")
        except asyncio.CancelledError:
            self._say(f"Stopped after {count:,}. The source is closed.")
        except (CrispdmError, ClientError, OSError, ValueError) as error:
            self._say(str(error) or type(error).__name__)
        finally:
            self._drawn = 0.0
            self._draw()
            self.begin.disabled, self.stop.disabled = False, True

    def _draw(self) -> None:
        """Show what came, not more often than anybody can see."""
        now = time.monotonic()
        if now - self._drawn >= FRAME:
            self._drawn = now
            text = html.escape("\n".join(self._lines))
            self.sheet.value = f'<pre style="{SHEET}">{text}</pre>' if text else ""

    def _say(self, text: str) -> None:
        self.said.value = f'<span role="status">{html.escape(text)}</span>'
