"""Following a colleague from page to page, and stopping with one's own hands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support import eventually_sync
from tests.ui.axe import severe
from tests.ui.conftest import Enter
from tests.ui.notebooks import write_notebook
from tests.ui.server import Workbench

SOURCE = """
from ipywidgets import HTML, VBox
from jupyter_crispdm.widgets import Dashboard, Presence
def long(name):
    return lambda: VBox([Presence(), HTML(f"<p>{name}</p>" + "<div style='height: 4000px'>long</div>")])
Dashboard({"Data": long("the data"), "Report": long("the report")}, title="Walk", autosave=False, extras=())
"""
SCROLLER = ".crispdm-Desk-pages"
SCROLL = "node => node.scrollTop / (node.scrollHeight - node.clientHeight)"


@pytest.fixture
def walk(workbench: Workbench) -> Iterator[str]:
    """A dashboard of two long pages."""
    folder = workbench.root / "dashboards"
    yield write_notebook(folder, "walk", SOURCE)
    (folder / "walk.ipynb").unlink()


@pytest.mark.proves("shared.follow", "shared.presence")
def test_a_colleague_is_followed_to_their_page_and_scroll(enter: Enter, walk: str) -> None:
    leader, follower = enter("analyst").page, enter("viewer").page
    leader.goto(walk)
    follower.goto(walk)
    person = follower.get_by_role("button", name=re.compile("analyst"))
    person.click()
    expect(person).to_have_attribute("aria-pressed", "true")
    expect(follower.get_by_text("You follow analyst.")).to_be_visible()
    assert severe(follower, [".crispdm-Presence", ".crispdm-Follow"]) == []

    leader.get_by_role("navigation").get_by_text("Report").click()
    for page in (leader, follower):  # whose kernel is the faster one?
        expect(page.get_by_text("the report")).to_be_visible()
    scroll_to(leader, 0.5)
    eventually_sync(lambda: abs(follower.locator(SCROLLER).evaluate(SCROLL) - 0.5) < 0.02, 60)

    follower.keyboard.press("Escape")
    expect(follower.get_by_text("You follow analyst.")).to_have_count(0)
    scroll_to(follower, 0)
    expect(follower.locator(".crispdm-Presence-person:visible")).to_have_attribute("aria-pressed", "false")


@pytest.mark.proves("shared.follow")
def test_ones_own_scroll_ends_it(enter: Enter, walk: str) -> None:
    leader, follower = enter("analyst").page, enter("viewer").page
    leader.goto(walk)
    follower.goto(walk)
    follower.get_by_role("button", name=re.compile("analyst")).click()
    expect(follower.get_by_text("You follow analyst.")).to_be_visible()
    follower.mouse.move(700, 500)
    follower.mouse.wheel(0, 200)
    expect(follower.get_by_text("You follow analyst.")).to_have_count(0)


def scroll_to(page: Page, part: float) -> None:
    """Scroll the page of a dashboard."""
    page.locator(SCROLLER).evaluate(
        "(node, part) => { node.scrollTop = part * (node.scrollHeight - node.clientHeight); }", part
    )
