"""Counter and shared analysis: two browsers, two kernels, one value."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.shared.conftest import NOTEBOOKS, Open

EXAMPLES = ("analysis", "chat", "counter", "shared-model", "whiteboard")


@pytest.mark.proves("shared.counter")
def test_two_browsers_press_one_button(both: Open) -> None:
    pair = both("counter")
    for page in (pair.analyst, pair.viewer):
        expect(page.get_by_text("Nobody has pressed yet")).to_be_visible()
    pair.analyst.get_by_role("button", name="Press").click()
    for page in (pair.viewer, pair.analyst):
        expect(page.get_by_text("analyst pressed last")).to_be_visible()
        expect(page.get_by_text("1", exact=True)).to_be_visible()
    for _ in range(3):
        pair.viewer.get_by_role("button", name="Press").click()
    for page in (pair.analyst, pair.viewer):
        expect(page.get_by_text("4", exact=True)).to_be_visible()
        expect(page.get_by_text("viewer pressed last")).to_be_visible()


@pytest.mark.proves("shared.analysis")
def test_one_slider_moves_everybodys_plot(both: Open) -> None:
    pair = both("analysis")
    eventually_sync(lambda: curve_of(pair.analyst) == curve_of(pair.viewer))  # drawn anew once a plot has its size
    before = curve_of(pair.viewer)
    slider = pair.viewer.locator(".noUi-handle")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(pair.analyst.locator(".widget-readout")).to_have_text("6")
    # each step on the way is drawn, here sooner and there later
    eventually_sync(lambda: curve_of(pair.analyst) == curve_of(pair.viewer) != before)


def curve_of(page: Page) -> str:
    """The line of the plot, once it is drawn."""
    line = page.locator(".bqplot path.line")
    expect(line).to_have_attribute("d", re.compile(r"^M.{20}"))
    return line.get_attribute("d") or ""


@pytest.mark.proves("shared.cards")
def test_each_example_has_a_card_with_a_picture(enter: Enter, example: Callable[[str], str]) -> None:
    for name in EXAMPLES:
        assert (NOTEBOOKS / f"{name}.svg").is_file()
        example(name)
    page = enter("viewer").page
    page.goto("/crispdm/")
    for title in ("Counter", "Chat", "Whiteboard", "Shared analysis", "One model for all"):
        card = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))
        expect(card).to_have_count(1)
        picture = card.locator("img")
        expect(picture).to_be_visible()
        eventually_sync(partial(picture.evaluate, "image => image.complete && image.naturalWidth > 0"))
