"""The home page: cards of dashboards, and the way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.server.auth.visitors import Browser, OpenAs
from tests.unit.auth.pages.test_pictures import data, picture

HOSTILE = "\"'></title><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"


def publish(root: Path, name: str, said: Any) -> None:
    notebook = {"cells": [], "metadata": {"crispdm": said}, "nbformat": 4, "nbformat_minor": 4}
    (root / "dashboards" / name).write_text(json.dumps(notebook))


async def home(browser: Browser) -> str:
    answer = await browser.fetch("crispdm/")
    assert answer.code == 200
    return answer.body.decode()


@pytest.mark.proves("desk.cards")
async def test_cards_show_title_description_picture_and_publisher(as_user: OpenAs, root: Path) -> None:
    (root / "dashboards/a b.png").write_bytes(picture("png"))
    publish(root, "line.ipynb", {
        "title": "Line 3", "description": "Seen by cameras", "picture": "a b.png", "published_by": "Grace"})
    publish(root, "drawn.ipynb", {"picture": data("png", picture("png"))})
    viewer = await as_user("viewer")
    page = await home(viewer)
    assert "<strong>Line 3</strong>" in page
    assert "<span>Seen by cameras</span>" in page
    assert "Published by Grace" in page
    source = f'{viewer.base_url}voila/files/dashboards/a%20b.png'
    assert f'<img src="{source}" alt=""' in page
    assert '<img src="data:image/png;base64,' in page
    assert (await viewer.fetch("voila/files/dashboards/a%20b.png")).headers["Content-Type"] == "image/png"


@pytest.mark.proves("desk.cards-hostile", "names.html")
async def test_what_a_notebook_says_stays_text(as_user: OpenAs, root: Path) -> None:
    publish(root, "evil.ipynb", dict.fromkeys(("title", "description", "picture", "published_by"), HOSTILE))
    (root / "dashboards/broken.ipynb").write_text("{")
    page = await home(await as_user("viewer"))
    assert "<script" not in page
    assert "onerror='" not in page
    assert "This notebook cannot be read." in page
    assert "<strong>Curves</strong>" in page


@pytest.mark.proves("desk.cards-hostile")
async def test_a_dashboards_page_takes_a_title_that_is_text(as_user: OpenAs, root: Path) -> None:
    viewer = await as_user("viewer")
    for said, shown in (({"title": "Line 3"}, b"<title>Line 3</title>"), ({"title": 5}, b"<title>Titled</title>"),
                        ("odd", b"<title>Titled</title>"), ({"title": HOSTILE}, b"&lt;script&gt;")):  # fmt: skip
        publish(root, "titled.ipynb", said)
        answer = await viewer.fetch("voila/render/dashboards/titled.ipynb")
        assert shown in answer.body, said
        assert b"<script>window" not in answer.body


async def test_without_a_dashboard_the_page_says_what_to_do(as_user: OpenAs, root: Path) -> None:
    (root / "dashboards/curves.ipynb").unlink()
    assert "As soon as a colleague" in await home(await as_user("viewer"))
    assert "<code>published</code>" in await home(await as_user("analyst"))


async def leave(browser: Browser, **form: str) -> str:
    answer = await browser.fetch("logout", "POST", urlencode({"_xsrf": browser.cookies["_xsrf"], **form}), xsrf=False)
    assert answer.code == 303
    return answer.headers["Location"]


@pytest.mark.proves("desk.forget")
async def test_log_out_and_forget_drops_what_was_kept_and_log_out_alone_does_not(
    crispdm: Any, as_user: OpenAs
) -> None:
    page, values = "crispdm/api/snapshots/line", {"values": {"slider": 3}}
    viewer = await as_user("viewer")
    assert (await viewer.fetch(page, "PUT", values)).code == 200
    other = await as_user("analyst")
    assert (await other.fetch(page, "PUT", values)).code == 200
    assert "forget my work here" in await home(viewer)
    assert (await leave(viewer)).endswith("login?out=1")
    again = await as_user("viewer")
    assert (await again.fetch(page)).code == 200, "kept for the next time"
    assert (await leave(again, forget="1")).endswith("login?out=forgotten")
    assert (await again.fetch(page)).code == 403, "the session is over"
    assert (await (await as_user("viewer")).fetch(page)).code == 404
    assert (await other.fetch(page)).code == 200, "of somebody else"


@pytest.mark.proves("desk.forget")
async def test_the_page_after_log_out_offers_it_for_some_minutes(crispdm: Any, as_user: OpenAs) -> None:
    page = "crispdm/api/snapshots/line"
    viewer = await as_user("viewer")
    await viewer.fetch(page, "PUT", {"values": {"slider": 3}})
    await viewer.fetch("logout")
    assert b"Forget it" in (await viewer.fetch("login?out=1")).body
    assert (await viewer.fetch("logout/forget", "POST", "")).headers["Location"].endswith("login?out=forgotten")
    assert (await (await as_user("viewer")).fetch(page)).code == 404


@pytest.mark.proves("desk.forget")
async def test_another_site_makes_nobody_forget(crispdm: Any, as_user: OpenAs) -> None:
    viewer = await as_user("viewer")
    refused = await viewer.fetch("logout", "POST", "forget=1", xsrf=False)
    assert refused.code == 403
    assert (await viewer.fetch("crispdm/")).code == 200


@pytest.mark.proves("desk.forget")
async def test_one_that_cannot_forget_leaves_the_rest_forgotten(
    jp_serverapp: Any, as_user: OpenAs, people: Any
) -> None:
    forgotten: list[str] = []

    async def fails(name: str) -> None:
        raise OSError("the disk is full")

    async def works(name: str) -> None:
        forgotten.append(name)

    jp_serverapp.identity_provider.forgetting[:] = [fails, works]
    assert (await leave(await as_user("viewer"), forget="1")).endswith("login?out=forgotten")
    assert forgotten == ["viewer"]
