"""A dashboard of several pages in a real Voila: menu, address, roles, keyboard, and what a switch costs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.support import eventually_sync
from tests.ui.axe import severe
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

PATH = "/voila/render/dashboards/desk.ipynb"
LONG = "A preparation whose name is far longer than its place in the menu"


@pytest.fixture(scope="module", autouse=True)
def notebook(workbench: Workbench) -> Iterator[Path]:
    """The dashboard, published."""
    source = (Path(__file__).parent / "desk.py").read_text()
    cell: dict[str, Any] = {
        "id": "c",
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "execution_count": None,
        "outputs": [],
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path = workbench.root / "dashboards/desk.ipynb"
    path.write_text(json.dumps(notebook))
    yield path
    path.unlink()


class Desk:
    """The dashboard in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.menu = page.get_by_role("navigation", name="Pages")
        self.shown = page.locator(".crispdm-Desk-page:visible")
        self.heading = self.shown.get_by_role("heading", level=1)

    def open(self, query: str = "") -> Desk:
        self.page.goto(PATH + query)
        expect(self.heading).to_be_visible()
        expect(self.menu.locator("[aria-current=page]")).to_have_count(1)  # what is around the page is drawn later
        return self

    def link(self, name: str) -> Locator:
        return self.menu.get_by_role("link", name=name)

    def shows(self, heading: str, text: str, slug: str) -> None:
        expect(self.heading).to_have_text(heading)
        expect(self.shown).to_have_count(1)
        expect(self.shown.get_by_text(text, exact=True)).to_be_visible()
        expect(self.page).to_have_url(f"{PATH}?page={slug}")
        expect(self.menu.locator("[aria-current=page]")).to_have_attribute("href", f"{PATH}?page={slug}")


@pytest.fixture
def desk(enter: Enter) -> Callable[..., Desk]:
    """Opens the dashboard for a role."""
    return lambda role="viewer", query="": Desk(enter(role).page).open(query)


def names(links: Locator) -> list[str]:
    return [text.strip() for text in links.locator(".crispdm-Desk-name").all_text_contents()]


@pytest.mark.proves("dashboard.menu", "dashboard.extras", "dashboard.one-application", "widgets.dashboard")
def test_the_page_is_one_application_with_the_pages_of_its_visitor(desk: Callable[..., Desk]) -> None:
    board = desk("viewer")
    board.shows("Business understanding", "the page business", "business")
    seen = names(board.menu)
    assert seen[:5] == ["Business understanding", "数据 <b>understanding</b>", LONG, "Counts", "Text"]
    assert {"Jobs", "Models", "Ask the model", "Licence"} <= set(seen)
    assert {"Secret", "Admins", "Notebook"}.isdisjoint(seen)
    expect(board.link("Business understanding").get_by_role("img", name="Succeeded")).to_be_visible()
    expect(board.menu.get_by_role("list", name="Data").get_by_role("img", name="Running")).to_be_visible()
    expect(board.menu.get_by_role("link", name="Licence")).to_have_attribute("target", "_blank")

    expect(board.page.locator(".crispdm-Dashboard")).to_be_hidden()
    expect(board.page.get_by_role("link", name="Log out")).to_have_count(1)
    expect(board.page.locator(".crispdm-Desk-who")).to_contain_text("Viewer")
    expect(board.page).to_have_title("Business understanding · Handwriting")
    box = board.page.locator(".crispdm-Desk").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1440, "height": 900}

    board.page.get_by_role("link", name="All dashboards").click()
    expect(board.page.get_by_role("heading", name="Dashboards")).to_be_visible()


@pytest.mark.proves("dashboard.address", "dashboard.pages")
def test_the_page_stands_in_the_address_and_history_leads_back_and_forward(desk: Callable[..., Desk]) -> None:
    board = desk("viewer", "?page=data")
    board.shows("数据 <b>understanding</b>", "the page data", "data")
    board.link("Business understanding").click()
    board.shows("Business understanding", "the page business", "business")
    board.link("Counts").click()
    board.shows("Counts", "data business counts", "counts")
    board.page.go_back()
    board.shows("Business understanding", "the page business", "business")
    board.page.go_back()
    board.shows("数据 <b>understanding</b>", "the page data", "data")
    board.page.go_forward()
    board.page.go_forward()
    board.shows("Counts", "data business counts", "counts")
    board.page.reload()
    board.shows("Counts", "counts", "counts")


@pytest.mark.proves("dashboard.trouble")
def test_a_page_that_cannot_be_made_can_be_tried_again(desk: Callable[..., Desk]) -> None:
    board = desk("viewer", "?page=prepare")
    trouble = board.shown.get_by_role("alert")
    expect(trouble).to_contain_text("This page could not be made.")
    expect(trouble).not_to_contain_text("pictures.csv")
    expect(board.link(LONG).get_by_role("img", name="Failed")).to_be_visible()
    board.link("Text").click()
    board.shows("Text", "at last", "text")
    board.page.go_back()
    trouble.get_by_role("button", name="Try again").click()
    board.shows(LONG, "the page that was broken", "prepare")


@pytest.mark.proves("dashboard.trouble", "dashboard.roles", "dashboard.extras")
def test_who_codes_is_told_why_and_has_more_pages(desk: Callable[..., Desk]) -> None:
    board = desk("analyst", "?page=prepare")
    expect(board.shown.get_by_role("alert")).to_contain_text("ValueError: pictures.csv is not there (line")
    expect(board.page.locator(".crispdm-Desk-who")).to_contain_text("Analyst")
    assert {"Secret", "Notebook"} <= set(names(board.menu))
    assert "Admins" not in names(board.menu)
    board.link("Secret").click()
    board.shows("Secret", "the page secret", "secret")


SET_PAGE = """
async slug => {
  history.pushState(null, '', `?page=${slug}`);
  dispatchEvent(new PopStateEvent('popstate'));
}
"""


@pytest.mark.proves("dashboard.roles")
@pytest.mark.parametrize("slug", ["secret", "admins", "notebook", "nothing", "constructor"])
def test_no_link_opens_a_page_of_another_role(desk: Callable[..., Desk], slug: str) -> None:
    board = desk("viewer", f"?page={slug}")
    board.shows("Business understanding", "the page business", "business")
    board.page.evaluate(SET_PAGE, slug)
    board.link("Counts").click()
    board.shows("Counts", "business counts", "counts")


@pytest.fixture
def frames() -> Callable[[Page], list[Any]]:
    """What a page sends to its kernel, from now on."""

    def listen(page: Page) -> list[Any]:
        sent: list[Any] = []

        def hear(socket: WebSocket) -> None:
            if "/channels" in socket.url:
                socket.on("framesent", lambda frame: sent.append(frame))

        page.on("websocket", hear)
        return sent

    return listen


TURN = """
names => {
  const links = [...document.querySelectorAll('.crispdm-Desk-link')];
  const heading = () => [...document.querySelectorAll('.crispdm-Desk-page:not(.lm-mod-hidden) h1')]
    .map(one => one.textContent).join();
  return names.map(name => {
    links.find(link => link.title === name).click();
    return heading();
  });
}
"""


@pytest.mark.proves("dashboard.switch")
def test_a_page_that_was_made_is_shown_in_the_moment_of_the_click_without_a_kernel(
    enter: Enter, desk: Callable[..., Desk], frames: Callable[[Page], list[Any]], workbench: Workbench
) -> None:
    visit = enter("viewer")
    visit.forgive.append("Could not send widget sync message")  # Voila's words for a kernel that is gone
    page = visit.page
    sent = frames(page)
    board = Desk(page).open()
    board.link("Text").click()
    board.shows("Text", "at last", "text")
    page.evaluate("0")  # lets what was sent be heard
    before = len(sent)
    turns = ["Business understanding", "Text"] * 20
    assert page.evaluate(TURN, turns) == turns
    expect(board.shown.get_by_text("at last")).to_be_visible()
    eventually_sync(lambda: page.evaluate("1") and len(sent) > before)
    assert len(sent) - before <= len(turns)  # each tells the kernel where its visitor is, and waits for nothing

    workbench.end_kernels()
    assert page.evaluate(TURN, turns) == turns


@pytest.fixture
def job(workbench: Workbench) -> Iterator[str]:
    """A job that runs until the test is over."""
    workbench.clear()
    with workbench.api as api:
        submitted = api.post("jobs", json={"script": "training.py", "name": "U-Net", "tags": ["shared"]})
    submitted.raise_for_status()
    yield submitted.json()["id"]
    workbench.clear()


@pytest.mark.proves("dashboard.switch")
def test_what_is_hidden_follows_nothing_and_goes_on_when_it_is_shown_again(enter: Enter, job: str) -> None:
    page = enter("viewer").page
    told: list[dict[str, Any]] = []

    def hear(socket: WebSocket) -> None:
        if socket.url.endswith("/crispdm/api/live"):
            socket.on("framesent", lambda frame: told.append(json.loads(frame)))

    page.on("websocket", hear)
    topics = [f"jobs/{job}/log", f"jobs/{job}/metrics"]

    def follows() -> list[str]:
        page.evaluate("0")  # lets what was sent be heard
        return [topic for topic in topics if any("subscribe" in one for one in _last(told, topic))]

    board = Desk(page).open("?page=jobs")
    expect(board.shown.locator(".crispdm-Log-line").first).to_be_visible()
    expect(board.shown.locator(".crispdm-TrainingPlot-figure")).to_have_count(2)
    eventually_sync(lambda: follows() == topics)
    board.link("Text").click()
    eventually_sync(lambda: follows() == [])
    board.link("Jobs").click()
    eventually_sync(lambda: follows() == topics)
    lines = board.shown.locator(".crispdm-Toolbar-note")
    before = lines.text_content() or ""
    expect(lines).not_to_have_text(before)


def _last(told: list[dict[str, Any]], topic: str) -> list[dict[str, Any]]:
    """The last that was said to the server about a topic."""
    return [one for one in told if topic in (one.get("subscribe"), one.get("unsubscribe"))][-1:]


@pytest.mark.proves("dashboard.keyboard")
def test_the_keyboard_is_enough(desk: Callable[..., Desk]) -> None:
    board = desk("viewer")
    keys = board.page.keyboard
    skip = board.page.get_by_role("button", name="Skip to the page")
    keys.press("Tab")
    expect(skip).to_be_focused()
    keys.press("Enter")
    expect(board.heading).to_be_focused()

    board.link("Business understanding").focus()
    for _ in range(3):
        keys.press("ArrowDown")
    expect(board.link("Counts")).to_be_focused()
    keys.press("Enter")
    board.shows("Counts", "business counts", "counts")
    expect(board.heading).to_be_focused()
    board.page.go_back()
    board.shows("Business understanding", "the page business", "business")
    expect(board.heading).to_be_focused()


@pytest.mark.proves("dashboard.one-application", "dashboard.keyboard")
def test_where_there_is_little_room_the_menu_is_behind_a_button(desk: Callable[..., Desk]) -> None:
    board = desk("viewer")
    board.page.set_viewport_size({"width": 800, "height": 700})
    toggle = board.page.get_by_role("button", name="Menu")
    expect(board.menu).to_be_hidden()
    toggle.press("Enter")
    expect(board.link("Business understanding")).to_be_focused()
    board.page.keyboard.press("Escape")
    expect(board.menu).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    board.link("Text").click()
    expect(board.heading).to_have_text("Text")
    expect(board.menu).to_be_hidden()
    board.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.proves("dashboard.accessible")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(enter: Enter, scheme: str) -> None:
    page = enter("analyst", scheme).page
    board = Desk(page).open("?page=prepare")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {scheme.title()}")
    assert severe(page, [".crispdm-Desk"]) == []
    for name in ("Counts", "Jobs", "Models", "Ask the model"):
        board.link(name).click()
        expect(board.heading).to_have_text(name)
        expect(board.shown.locator(".crispdm-Skeleton")).to_have_count(0)
        assert severe(page, [".crispdm-Desk"]) == [], name
    page.set_viewport_size({"width": 800, "height": 700})
    page.get_by_role("button", name="Menu").click()
    expect(board.menu).to_be_visible()
    assert severe(page, [".crispdm-Desk"]) == []


@pytest.mark.proves("dashboard.extras", "inside.notebook")
def test_lab_is_framed_within_the_page_for_who_may_use_it(enter: Enter) -> None:
    visit = enter("analyst")
    visit.forgive = ["Window name candidate"]  # Lab's, where two windows of it begin in one moment
    board = Desk(visit.page).open("?page=notebook")
    frame = visit.page.frame_locator("iframe[title=JupyterLab]")
    expect(frame.locator("#jp-main-dock-panel")).to_be_visible()
    with visit.context.expect_page() as opened:
        board.shown.get_by_role("link", name="Open in a new tab").click()
    expect(opened.value.locator("#jp-main-dock-panel")).to_be_visible()


@pytest.mark.proves("dashboard.address")
def test_in_lab_it_shows_in_a_cell_and_touches_no_address(enter: Enter) -> None:
    visit = enter("analyst")
    page = visit.page
    page.goto("/lab/workspaces/desk/tree/dashboards/desk.ipynb?reset")
    expect(page.get_by_role("button", name="| Idle")).to_be_visible()
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Shift+Enter")
    board = Desk(page)
    expect(board.heading).to_have_text("Business understanding")
    before = page.url
    board.menu.get_by_role("button", name="Text").click()
    expect(board.shown.get_by_text("at last")).to_be_visible()
    assert page.url == before
    box = page.locator(".crispdm-Desk").bounding_box()
    assert box is not None
    assert box["height"] == 640
