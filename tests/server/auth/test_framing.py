"""Who may put our pages into a frame, and what a frame opens: the headers, and what the gate says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.auth.visitors import OpenAs, OpenBrowser

OURS = ("crispdm/", "crispdm/licence", "voila/render/dashboards/curves.ipynb", "no-such-page")
LAB = ("lab", "lab/tree/private/secret.ipynb", "doc/tree/private/secret.ipynb", "view/mine.html", "files/mine.html")
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
"""What a browser says where it loads a page for a frame."""


def framed_by(policy: str) -> list[str]:
    """Whom a policy lets frame the page."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return next((values for name, *values in parts if name == "frame-ancestors"), [])


@pytest.fixture(autouse=True)
def page_of_a_user(root: Path) -> None:
    (root / "mine.html").write_text("<p>mine</p>")


@pytest.mark.proves("desk.framing", "door.framing")
@pytest.mark.parametrize("path", [*OURS, *LAB])
async def test_pages_are_framed_by_this_site_only(as_user: OpenAs, path: str) -> None:
    answer = await (await as_user("analyst")).fetch(path, headers=FRAMED)
    assert answer.code == (404 if path == "no-such-page" else 200)
    assert framed_by(answer.headers["Content-Security-Policy"]) == ["'self'"]


@pytest.mark.proves("desk.framing", "door.framing")
async def test_the_login_too(browser: OpenBrowser) -> None:
    for path in ("login", "login?out=1"):
        answer = await browser().fetch(path, headers=FRAMED)
        assert framed_by(answer.headers["Content-Security-Policy"]) == ["'self'"]
    assert (await browser().fetch("lab", headers=FRAMED)).code == 302


@pytest.mark.proves("desk.framing")
@pytest.mark.parametrize("path", LAB)
async def test_a_viewer_reads_in_a_frame_what_they_read_in_a_tab(as_user: OpenAs, path: str) -> None:
    answer = await (await as_user("viewer")).fetch(path, headers=FRAMED)
    assert answer.code == 403
    assert b"Your role is" in answer.body
    assert framed_by(answer.headers["Content-Security-Policy"]) == ["'self'"]


@pytest.mark.proves("desk.framing")
async def test_what_a_frame_changes_needs_its_token(as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    await analyst.fetch("lab", headers=FRAMED)
    body = {"type": "directory"}
    refused = await analyst.fetch("api/contents/private", "POST", body, {"Sec-Fetch-Site": "same-origin"}, xsrf=False)
    assert refused.code == 403
    assert (await analyst.fetch("api/contents/private", "POST", body)).code == 201


@pytest.mark.proves("desk.page-argument")
async def test_the_kernel_of_a_dashboard_sees_the_page_that_is_asked_for(as_user: OpenAs, root: Path) -> None:
    source = "import os; print(f'asked: {os.environ[\"QUERY_STRING\"]}\\n', end='')"  # in one piece
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (root / "dashboards/pages.ipynb").write_text(json.dumps(notebook))
    viewer = await as_user("viewer")
    path = "voila/render/dashboards/pages.ipynb"
    shown = await viewer.fetch(f"{path}?page=train")
    assert b"asked: page=train\n" in shown.body
    assert (await viewer.fetch(f"{path}?page=../x")).code == 400
    led = await viewer.fetch(f"{path}?page=train&other=1")
    assert led.headers["Location"].endswith(f"{path}?page=train")
