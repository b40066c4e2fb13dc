"""Work that saves itself: what a visitor chose is there again, whatever died meanwhile, and on another computer."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.dashboards.conftest import Publish
from tests.ui.server import PASSWORD, Workbench
from tests.ui.visit import Visit, log_in

HERE = Path(__file__).parent
_MADE = """
import work
from jupyter_crispdm.widgets import Dashboard
Dashboard({"Data": work.data, "Train": work.train, "Report": work.report}, title="Work", extras=["jobs"])
"""
_SAY = "import time\nprint('hello', flush=True)\ntime.sleep(600)\n"


@pytest.fixture
def desk(workbench: Workbench, publish: Publish) -> Callable[[str], str]:
    """Publishes a dashboard of twelve widgets; answers its address."""
    workbench.clear()
    shutil.copy(HERE / "work.py", workbench.root / "dashboards")
    (workbench.root / "published").mkdir(exist_ok=True)
    (workbench.root / "published" / "wait.py").write_text(_SAY)
    return lambda name: publish(name, _MADE)


@pytest.fixture(autouse=True)
def over(workbench: Workbench) -> Iterator[None]:
    yield
    workbench.stop_jobs()


class Desk:
    """The dashboard in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.state = page.locator(".crispdm-SaveStatus-state")
        self.shown = page.locator(".crispdm-Desk-page:visible")

    def open(self, address: str) -> Desk:
        """Go there, and wait until it is."""
        self.page.goto(address)
        expect(self.state).to_be_visible()
        return self

    def turn_to(self, name: str) -> None:
        """Show another page."""
        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def row(self, label: str) -> Locator:
        """A widget by its description."""
        label_of = self.page.locator(".widget-label", has_text=label)
        return self.page.locator(".jupyter-widgets:visible", has=label_of).last

    def field(self, label: str, kind: str = "input") -> Locator:
        """What is typed or chosen in."""
        return self.row(label).locator(kind).first

    def number(self, label: str, value: str) -> None:
        """Set a slider by its number."""
        readout = self.row(label).locator(".widget-readout")
        readout.fill(value)
        readout.press("Enter")


def fill(desk: Desk) -> None:
    """Choose something in each widget, page by page."""
    desk.field("Title").fill("数据 of spring <b>")
    desk.field("From").fill("2025-12-31")
    desk.field("Sites", "select").select_option(["north", "east"])
    desk.page.locator(".jupyter-widget-Collapse-header:visible", has_text="Second").click()
    desk.turn_to("Train")
    desk.number("Epochs", "20")
    desk.number("Rate", "0.3")
    desk.field("Method", "select").select_option("SGD")
    desk.page.get_by_label("Augment").check()
    desk.field("Seed").fill("7")
    desk.field("Seed").press("Tab")
    desk.field("Key").fill("secret word")
    desk.page.get_by_role("button", name="Train", exact=True).click()
    expect(desk.page.locator(".job")).not_to_be_empty()
    desk.turn_to("Report")
    desk.field("Notes", "textarea").fill("all is\nwell")
    desk.row("Color").locator("input").first.fill("#00ff00")
    desk.row("Color").locator("input").first.press("Enter")
    desk.page.get_by_role("button", name="chart").click()
    expect(desk.state).to_have_text("Saved")


def is_back(desk: Desk, job: str) -> None:
    """All that was chosen is there, from the page on."""
    expect(desk.page.get_by_role("heading", name="Report", exact=True)).to_be_visible()
    expect(desk.field("Notes", "textarea")).to_have_value("all is\nwell")
    expect(desk.row("Color").locator("input").first).to_have_value("#00ff00")
    expect(desk.page.get_by_role("button", name="chart")).to_have_class(MARKED)
    desk.turn_to("Train")
    expect(desk.row("Epochs").locator(".widget-readout")).to_have_text("20")
    expect(desk.row("Rate").locator(".widget-readout")).to_have_text("0.30")
    expect(desk.field("Method", "select")).to_have_value("SGD")
    expect(desk.page.get_by_label("Augment")).to_be_checked()
    expect(desk.field("Seed")).to_have_value("7")
    expect(desk.field("Key")).to_have_value("")
    expect(desk.page.locator(".job")).to_have_text(job)
    desk.turn_to("Data")
    expect(desk.field("Title")).to_have_value("数据 of spring <b>")
    expect(desk.field("From")).to_have_value("2025-12-31")
    eventually_sync(lambda: chosen(desk) == ["north", "east"])
    expect(desk.page.locator(".jupyter-widget-Collapse-open:visible", has_text="Second")).to_be_visible()
    desk.turn_to("Report")
    expect(desk.state).to_have_text("Saved")


def chosen(desk: Desk) -> list[str]:
    """Which sites are chosen."""
    return list(desk.field("Sites", "select").evaluate(CHOSEN))


MARKED = re.compile("mod-active")
CHOSEN = "select => [...select.selectedOptions].map(option => option.textContent)"


def enter_desk(enter: Enter, address: str) -> tuple[Visit, Desk]:
    visit = enter("viewer")
    return visit, Desk(visit.page).open(address)


@pytest.mark.proves(
    "desk.story", "desk.restore", "desk.autosave", "desk.fields", "desk.published-jobs", "work.autosave", "work.restore"
)
def test_work_is_back_after_the_server_died_and_on_another_computer(
    enter: Enter, workbench: Workbench, desk: Callable[[str], str]
) -> None:
    address = desk("story")
    visit, page = enter_desk(enter, address)
    visit.forgive.append("")  # what its parts say of a server that is gone
    fill(page)
    [job] = workbench.running_jobs()
    assert (job["owner"], job["name"]) == ("viewer", "from the page")

    workbench.kill()
    workbench.start()
    page.open(address)
    is_back(page, job["id"])
    assert [one["id"] for one in workbench.running_jobs()] == [job["id"]], "the job went on"

    _, elsewhere = enter_desk(enter, address)
    is_back(elsewhere, job["id"])


@pytest.mark.proves("desk.story", "desk.kernel-gone", "work.restore")
def test_what_is_chosen_after_the_kernel_died_is_kept_too(
    enter: Enter, workbench: Workbench, desk: Callable[[str], str]
) -> None:
    address = desk("orphan")
    visit, page = enter_desk(enter, address)
    visit.forgive.append("")  # what Lab's parts say of a kernel that is gone
    page.turn_to("Report")
    expect(page.state).to_have_text("Saved")
    workbench.end_kernels()
    page.field("Notes", "textarea").fill("written to nobody")
    expect(page.state).to_have_text("Saved")
    page.open(address)
    expect(page.field("Notes", "textarea")).to_have_value("written to nobody")


@pytest.mark.proves("desk.story", "desk.forget", "work.forget-at-logout")
def test_it_is_not_back_after_a_log_out_that_forgets(
    enter: Enter, desk: Callable[[str], str]
) -> None:
    address = desk("forgotten")
    visit = enter()
    visit.forgive.append("voila/api/shutdown")  # a page that is left says so when its person may have gone already
    log_in(visit.page, "viewer", PASSWORD)
    page = Desk(visit.page).open(address)
    page.field("Title").fill("only for now")
    expect(page.state).to_have_text("Saved")
    page.open(address)
    expect(page.field("Title")).to_have_value("only for now")
    page.page.get_by_role("link", name="Log out").click()
    page.page.get_by_role("button", name="forget").click()
    expect(page.page.get_by_role("status")).to_have_text("You are logged out, and your work here is forgotten.")
    log_in(visit.page, "viewer", PASSWORD)
    page.open(address)
    expect(page.field("Title")).to_have_value("")


@pytest.mark.proves("desk.autosave")
def test_a_slider_that_is_dragged_for_long_costs_a_request_a_second(
    enter: Enter, desk: Callable[[str], str]
) -> None:
    _, page = enter_desk(enter, desk("dragged"))
    page.turn_to("Train")
    expect(page.state).to_have_text("Saved")
    sent: list[str] = []
    page.page.on("request", lambda request: sent.append(request.method) if "/snapshots/" in request.url else None)
    began = page.page.evaluate("performance.now()")
    slider = page.row("Epochs").locator(".noUi-handle")
    slider.focus()
    for step in range(80):
        slider.press("ArrowRight" if step % 40 < 20 else "ArrowLeft")
        page.page.wait_for_timeout(100)
    expect(page.state).to_have_text("Saved")
    seconds = (page.page.evaluate("performance.now()") - began) / 1000
    assert len(sent) <= seconds + 2


@pytest.mark.proves("desk.tabs")
def test_two_tabs_do_not_mix_and_the_older_is_told(enter: Enter, desk: Callable[[str], str]) -> None:
    address = desk("tabs")
    visit, first = enter_desk(enter, address)
    second = Desk(visit.context.new_page())
    second.open(address)
    second.field("Title").fill("from the second")
    expect(second.state).to_have_text("Saved")
    first.field("Sites", "select").select_option(["south"])
    told = first.page.get_by_role("alert")
    expect(told).to_contain_text("Another tab of yours changed 1 value")
    expect(first.field("Title")).to_have_value("")
    told.get_by_role("button", name="Use those").click()
    expect(first.field("Title")).to_have_value("from the second")
    expect(told).to_have_count(0)
    first.open(address)
    expect(first.field("Title")).to_have_value("from the second")
    eventually_sync(lambda: chosen(first) == ["south"])


def test_what_was_typed_right_before_the_tab_went_is_there(
    enter: Enter, desk: Callable[[str], str]
) -> None:
    address = desk("gone")
    visit, page = enter_desk(enter, address)
    page.field("Title").fill("the very last")
    page.page.close(run_before_unload=False)
    again = Desk(visit.context.new_page())
    eventually_sync(lambda: again.open(address).field("Title").input_value() == "the very last")
