"""A simulated line for each test, and what of its samples a page is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket

from tests.support import eventually_sync
from tests.ui.notebooks import write_notebook
from tests.ui.server import Workbench

SOURCE = "from jupyter_crispdm.widgets import LiveMonitor\n\nLiveMonitor(stream='press-4')"
RATE = 20
PATIENCE_SECONDS = 60


class Line:
    """A stream of the workbench: a sine with noise and a defect now and then."""

    def __init__(self, workbench: Workbench, id: str) -> None:
        self.id = id
        self._workbench = workbench

    def get(self) -> dict[str, Any]:
        """What the server says of it."""
        with self._workbench.api as api:
            told: dict[str, Any] = api.get(f"streams/{self.id}").raise_for_status().json()
        return told

    def has(self, count: int) -> bool:
        """Whether so many samples have come."""
        return bool(self.get()["received"] >= count)

    def wait_for(self, count: int) -> None:
        """Wait until so many samples have come."""
        eventually_sync(lambda: self.has(count), PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def no_lines(workbench: Workbench) -> Iterator[None]:
    """Nothing is left of a test's streams, nor of what its pages shared: these are closed before."""
    yield
    with workbench.api as api:
        for stream in api.get("streams").json()["streams"]:
            api.delete(f"streams/{stream['id']}").raise_for_status()
        for key in api.get("state").json()["keys"]:
            api.delete(f"state/{key['key']}").raise_for_status()
    workbench.clear()


@pytest.fixture
def line(workbench: Workbench) -> Line:
    """A simulated line that runs."""
    wish = {
        "id": "press-4", "name": "Press 4", "source": {"kind": "simulated", "rate": RATE, "seed": 4},
        "window": 100_000,  # nothing falls out of it, however long a page takes
        "alert": {"field": "probability", "over": 0.5, "quiet": 0},
    }  # fmt: skip
    with workbench.api as api:
        made = api.post("streams", json=wish).raise_for_status().json()
    made_line = Line(workbench, made["id"])
    made_line.wait_for(3)
    return made_line


@pytest.fixture
def address(workbench: Workbench) -> Iterator[str]:
    """The monitor of the line, published until the test is over."""
    folder = workbench.root / "dashboards"
    yield write_notebook(folder, "press", SOURCE)
    (folder / "press.ipynb").unlink()


class Heard:
    """The numbers of the samples that a page is told on its live sockets, one list for each message."""

    def __init__(self, page: Page, stream: str) -> None:
        self.messages: list[list[int]] = []
        self.sockets: list[WebSocket] = []
        self._page = page
        self._topic = f"streams/{stream}"
        page.on("websocket", self._listen)

    @property
    def numbers(self) -> list[int]:
        """All of them, in the order in which they came."""
        return [number for message in self.messages for number in message]

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Wait until something holds of what was heard."""
        eventually_sync(lambda: self._page.evaluate("true") and fact())  # asking lets what was sent be heard

    def _listen(self, socket: WebSocket) -> None:
        if "crispdm/api/live" in socket.url:
            self.sockets.append(socket)
            socket.on("framereceived", self._note)

    def _note(self, text: str | bytes) -> None:
        frame = json.loads(text)
        columns = (frame.get("data") or {}).get("columns", {}) if frame.get("topic") == self._topic else {}
        if columns.get("seq"):
            self.messages.append(columns["seq"])
