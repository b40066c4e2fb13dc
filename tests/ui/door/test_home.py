"""The home page as people see it: cards that are read, reached by keyboard, and fit into narrow windows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.ui.axe import severe
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import log_in
from tests.unit.auth.pages.test_pictures import picture

LONG = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze" * 4


@pytest.fixture
def cards(workbench: Workbench) -> Iterator[None]:
    """Three dashboards more: one with all there is, one with long names, one that is broken."""
    place = workbench.root / "dashboards"
    said = {
        "line": {"title": "Line 3", "description": "生产线缺陷检测", "picture": "line.png", "published_by": "王小明"},
        "long": {"title": LONG, "description": LONG, "published_by": LONG},
    }
    for name, words in said.items():
        text = {"cells": [], "metadata": {"crispdm": words}, "nbformat": 4, "nbformat_minor": 4}
        (place / f"{name}.ipynb").write_text(json.dumps(text))
    (place / "broken.ipynb").write_text("{")
    (place / "line.png").write_bytes(picture("png", (320, 180)))
    yield
    for file in ("line.ipynb", "long.ipynb", "broken.ipynb", "line.png"):
        (place / file).unlink()


@pytest.mark.proves("desk.cards")
@pytest.mark.parametrize("width", [1440, 800, 360])
def test_cards_fit_and_show_their_pictures(enter: Enter, cards: None, width: int) -> None:
    page = enter("viewer").page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/crispdm/")
    card = page.get_by_role("link", name=re.compile("Line 3"))
    expect(card).to_contain_text("Published by 王小明")
    card.scroll_into_view_if_needed()
    expect(page.locator('.picture img[src*="line"]')).to_have_js_property("naturalWidth", 320)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.get_by_text("This notebook cannot be read.")).to_be_visible()


@pytest.mark.proves("desk.cards")
def test_a_card_is_opened_by_keyboard(enter: Enter, cards: None) -> None:
    page = enter("viewer").page
    page.goto("/crispdm/")
    card = page.get_by_role("link", name=re.compile("Line 3"))
    expect(card).to_be_visible()
    for _ in range(page.locator("a, button, input, select").count()):
        page.keyboard.press("Tab")
        if "Line 3" in page.evaluate("document.activeElement.textContent"):
            break
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/voila/render/dashboards/line.ipynb"))
    expect(page).to_have_title("Line 3")


@pytest.mark.proves("desk.forget")
def test_the_home_page_leads_out_and_forgets(enter: Enter) -> None:
    visit = enter()
    log_in(visit.page, "viewer")
    visit.page.get_by_role("button", name="Log out and forget my work here").click()
    expect(visit.page.get_by_role("status")).to_have_text("You are logged out, and your work here is forgotten.")


@pytest.mark.proves("desk.accessible")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_door(enter: Enter, cards: None, scheme: Literal["light", "dark"]) -> None:
    for role, address in ((None, "/login"), ("viewer", "/crispdm/"), ("analyst", "/crispdm/")):
        page = enter(role, scheme).page
        page.goto(address)
        assert severe(page, ["body"]) == [], address
