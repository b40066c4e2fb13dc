"""A page within a page, in a real browser: ours may frame Lab, pages of other sites may not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import PATIENCE

PAGES = ("lab/tree/private/training.ipynb", "crispdm/", "login", "voila/render/dashboards/framing.ipynb")
BOARD = json.dumps({
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Framing"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
})  # fmt: skip
ADD = """address => new Promise(resolve => {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width: 900px; height: 500px';
  frame.onload = () => resolve(true);
  frame.src = address;
  document.body.append(frame);
})"""


@pytest.fixture(scope="module")
def foreign(workbench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of another origin that frames ours, on this very machine."""
    place = tmp_path_factory.mktemp("foreign")
    frames = "".join(f'<iframe src="{workbench.url}/{path}"></iframe>' for path in PAGES)
    (place / "index.html").write_text(f"<!doctype html><title>foreign</title>{frames}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(place)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def board(workbench: Workbench) -> Iterator[None]:
    file = workbench.root / "dashboards/framing.ipynb"
    file.write_text(BOARD)
    yield
    file.unlink()


def add_frame(page: Page, address: str) -> Frame:
    """Put a page into a dashboard, as its program would."""
    page.goto("/voila/render/dashboards/framing.ipynb")
    expect(page.get_by_role("heading", name="Framing")).to_be_visible()
    page.evaluate(ADD, address)
    return page.frames[-1]


def refused(page: Page, frame: Frame) -> None:
    """Wait until the browser says that it shows nothing there."""
    eventually_sync(lambda: page.evaluate("1") and frame.url.startswith("chrome-error:"))


@pytest.mark.proves("desk.framing")
def test_a_page_of_another_site_frames_none_of_ours(
    browser: Browser, logins: Callable[[str], Path], foreign: str
) -> None:
    """Another port of the same machine: the browser sends our cookies along, and still shows nothing."""
    context = browser.new_context(storage_state=logins("analyst"))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    told: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "frame-ancestors" in message.text:
            told.append(message.text)

    page.on("console", note)
    page.goto(foreign)
    eventually_sync(lambda: page.title() and len(told) == len(PAGES))
    refusals = ["chrome-error://chromewebdata/"] * len(PAGES)
    eventually_sync(lambda: page.title() and [frame.url for frame in page.frames[1:]] == refusals)
    context.close()


@pytest.mark.proves("desk.framing")
def test_an_analysts_notebook_works_within_a_dashboard(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    # each page with Lab's parts listens for names of Lab's windows, and a dashboard takes none itself
    visit.forgive += ["403", "uncaught: Window name candidate"]
    frame = add_frame(visit.page, "/lab/tree/private/training.ipynb")
    expect(frame.get_by_role("tab", name="training.ipynb")).to_be_visible()
    expect(frame.locator(".jp-NotebookPanel .jp-Cell").first).to_be_visible()
    made = frame.evaluate("""async () => {
      const token = document.cookie.match(/_xsrf=([^;]+)/)[1];
      const send = headers => fetch('/api/contents/private', {
        method: 'POST', body: JSON.stringify({type: 'directory'}), headers });
      return [(await send({})).status, (await send({'X-XSRFToken': token})).status];
    }""")
    assert made == [403, 201]


@pytest.mark.proves("desk.framing")
def test_a_viewer_finds_lab_closed_in_a_frame_as_well(enter: Enter) -> None:
    visit = enter("viewer")
    visit.forgive += ["Content Security Policy", "Failed to load resource"]
    refused(visit.page, add_frame(visit.page, "/lab"))  # a viewer's dashboard frames nothing
    visit.page.goto("/lab")
    expect(visit.page.get_by_text("Your role is 'viewer'")).to_be_visible()


@pytest.mark.proves("desk.framing")
def test_a_dashboard_frames_no_files_of_users(enter: Enter, workbench: Workbench) -> None:
    (workbench.root / "mine.html").write_text("<p>mine</p>")
    visit = enter("analyst")
    visit.forgive.append("Content Security Policy")
    refused(visit.page, add_frame(visit.page, "/files/mine.html"))
