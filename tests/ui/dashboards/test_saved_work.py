"""Work under names, and what a page says and does when its kernel or its server is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import Visit

_PAGES = """
from ipywidgets import Dropdown, IntSlider, Text, VBox
from jupyter_crispdm.widgets import Dashboard
def data():
    return VBox([Text(description="Title"), IntSlider(1, 0, 9, description="Count")])
def train():
    return VBox([IntSlider(10, 1, 50, description="Epochs"), Dropdown(options=["Adam", "SGD"], description="Method")])
Dashboard({"Data": data, "Train": train}, title="Work", extras=["work"])
"""
_BAR = """
from ipywidgets import Text, VBox
from jupyter_crispdm.widgets import SnapshotBar
title = Text(description="Title")
VBox([title, SnapshotBar(title, name="plain-bar")])
"""
MARK = """() => {
  document.body.insertAdjacentHTML('beforeend', '<i id=first></i>');
  new MutationObserver(() => {
    const banner = document.querySelector('.crispdm-PageLife .crispdm-Banner');
    if (banner) sessionStorage.setItem('told', banner.textContent);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
"""Stays as long as the page is the same one; what its banner tells outlives it."""
_PLAIN = """
from ipywidgets import Text
Text("hello", description="Title")
"""


class Desk:
    """A dashboard in a page, with its saved work."""

    def __init__(self, visit: Visit, address: str) -> None:
        self.page = visit.page
        self.said = self.page.locator(".crispdm-WorkBar-said")
        self.state = self.page.locator(".crispdm-SaveStatus-state")
        self.banner = self.page.locator(".crispdm-PageLife .crispdm-Banner")
        self.page.goto(address)
        expect(self.state).to_be_visible()

    def turn_to(self, name: str) -> None:
        """Show another page."""
        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def press(self, name: str) -> None:
        """Press a button of the bar."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, name: str) -> Locator:
        """Choose saved work in the table."""
        row = self.page.get_by_role("row", name=name).first
        row.click()
        return row

    def field(self, label: str, kind: str = "input") -> Locator:
        """A widget of the page that is shown, by its description."""
        return field(self.page, label, kind)

    def number(self, label: str, value: str) -> None:
        """Set a slider by its number."""
        readout = field(self.page, label, ".widget-readout")
        readout.fill(value)
        readout.press("Enter")

    def save_as(self, name: str, note: str = "") -> None:
        """Save under a name."""
        self.press("Save as…")
        form = self.page.get_by_role("form", name="Save under a name")
        form.get_by_label("Name").fill(name)
        form.get_by_label("Note").fill(note)
        form.get_by_role("button", name="Save", exact=True).click()


def field(page: Page, label: str, kind: str = "input") -> Locator:
    label_of = page.locator(".widget-label", has_text=label)
    return page.locator(".jupyter-widgets:visible", has=label_of).last.locator(kind).first


@pytest.mark.proves(
    "saved.named", "saved.table", "saved.told", "saved.load", "saved.undo", "saved.questions", "saved.extra",
)  # fmt: skip
def test_work_is_saved_loaded_undone_and_deleted(enter: Enter, publish: Callable[[str, str], str]) -> None:
    desk = Desk(enter("viewer"), publish("named", _PAGES))
    desk.field("Title").fill("spring")
    desk.turn_to("Train")
    desk.number("Epochs", "20")
    desk.field("Method", "select").select_option("SGD")
    desk.turn_to("Saved work")
    desk.save_as("in spring", "<b>first</b>")
    expect(desk.said).to_have_text("“in spring” is saved.")
    expect(desk.page.get_by_role("gridcell", name="<b>first</b>")).to_be_visible()

    desk.turn_to("Train")
    desk.number("Epochs", "33")
    desk.turn_to("Saved work")
    desk.choose("in spring")
    desk.press("Load")
    expect(desk.said).to_have_text("“in spring” is loaded.")
    desk.turn_to("Train")
    expect(desk.field("Epochs", ".widget-readout")).to_have_text("20")
    desk.turn_to("Saved work")
    desk.press("Undo loading")
    expect(desk.said).to_have_text("What was there before is back.")
    desk.turn_to("Train")
    expect(desk.field("Epochs", ".widget-readout")).to_have_text("33")

    desk.turn_to("Saved work")
    desk.page.reload()
    expect(desk.page.get_by_role("row", name="in spring")).to_be_visible()
    desk.save_as("in spring")
    question = desk.page.get_by_role("alertdialog")
    expect(question).to_contain_text("There is saved work called “in spring” already.")
    question.get_by_role("button", name="Replace").click()
    expect(desk.said).to_have_text("“in spring” is saved.")
    desk.choose("in spring")
    desk.press("Delete…")
    question.get_by_role("button", name="Delete").click()
    expect(desk.said).to_have_text("“in spring” is deleted.")
    expect(desk.page.get_by_text("Nothing is saved under a name yet.")).to_be_visible()


@pytest.mark.proves("saved.load", "saved.misfits", "saved.files", "snapshots.shared")
def test_a_colleague_loads_what_is_shared_into_pages_not_yet_opened(
    enter: Enter, publish: Callable[[str, str], str], tmp_path: Path
) -> None:
    address = publish("shared", _PAGES)
    desk = Desk(enter("viewer"), address)
    desk.field("Title").fill("for you")
    desk.turn_to("Train")
    desk.number("Epochs", "44")
    desk.turn_to("Saved work")
    desk.save_as("ours")
    desk.page.get_by_label("Share “ours” with colleagues").click()
    expect(desk.said).to_have_text("“ours” is shared with your colleagues.")
    desk.choose("ours")
    with desk.page.expect_download() as downloading:
        desk.press("Export")
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    work = json.loads(file.read_text())
    assert (file.name, work["values"]["train/Epochs"]) == ("ours.json", 44)

    other = Desk(enter("analyst"), address)
    expect(other.field("Title")).to_be_visible()  # the one page that is made
    other.turn_to("Saved work")
    other.choose("ours")
    other.press("Load")
    expect(other.said).to_contain_text("“ours” is loaded. 2 values will be there when their page is opened.")
    other.page.reload()
    other.turn_to("Train")
    expect(other.field("Epochs", ".widget-readout")).to_have_text("44")
    other.turn_to("Data")
    expect(other.field("Title")).to_have_value("for you")

    file.write_text(json.dumps({**work, "name": "<i>odd</i>", "values": {"train/Epochs": 500, "gone/A": 1, "": 1}}))
    other.turn_to("Saved work")
    other.page.get_by_label("A file of saved work").set_input_files(file)
    expect(other.said).to_contain_text("“<i>odd</i>” is imported")
    expect(other.said).to_contain_text("1 value was left out:")
    other.choose("<i>odd</i>")
    other.press("Load")
    expect(other.said).to_contain_text("train/Epochs: this value is no longer possible")
    expect(other.said).to_contain_text("gone/A: there is no such page for you")
    other.turn_to("Train")
    expect(other.field("Epochs", ".widget-readout")).to_have_text("44")


@pytest.mark.proves("saved.own-widgets", "widgets.snapshot-bar")
def test_a_bar_of_plain_widgets_keeps_them(enter: Enter, publish: Callable[[str, str], str]) -> None:
    address = publish("plain-bar", _BAR)
    desk = Desk(enter("viewer"), address)
    desk.field("Title").fill("kept")
    expect(desk.state).to_have_text("Saved")
    desk.page.goto(address)
    expect(desk.field("Title")).to_have_value("kept")


@pytest.mark.proves("desk.banner", "desk.go-on")
def test_a_page_goes_on_by_itself_when_its_kernel_died(
    enter: Enter, workbench: Workbench, publish: Callable[[str, str], str]
) -> None:
    visit = enter("viewer")
    visit.forgive.append("")  # what Lab's parts say of a kernel that is gone
    desk = Desk(visit, publish("died", _PAGES))
    desk.field("Title").fill("before")
    expect(desk.state).to_have_text("Saved")
    desk.page.evaluate(MARK)
    workbench.end_kernels()
    expect(desk.page.locator("#first")).to_have_count(0)
    expect(desk.field("Title")).to_have_value("before")
    assert "The program behind this page has ended." in desk.page.evaluate("sessionStorage.getItem('told')")
    expect(desk.banner).to_have_count(0)


@pytest.mark.proves("desk.banner", "desk.go-on")
def test_a_page_goes_on_when_its_server_was_killed(
    enter: Enter, workbench: Workbench, publish: Callable[[str, str], str]
) -> None:
    visit = enter("viewer")
    visit.forgive.append("")  # what its parts say of a server that is gone
    desk = Desk(visit, publish("killed", _PAGES))
    desk.field("Title").fill("before")
    expect(desk.state).to_have_text("Saved")
    desk.page.evaluate(MARK)
    workbench.kill()
    expect(desk.banner).to_be_visible()
    expect(desk.banner).to_contain_text("The server cannot be reached.")
    desk.field("Title").fill("typed while it was away")
    workbench.start()
    expect(desk.page.locator("#first")).to_have_count(0)
    expect(desk.field("Title")).to_have_value("typed while it was away")
    expect(desk.banner).to_have_count(0)


@pytest.mark.proves("desk.banner", "desk.go-on")
def test_a_page_without_a_dashboard_says_it_too_and_waits_for_a_click(
    enter: Enter, workbench: Workbench, publish: Callable[[str, str], str]
) -> None:
    visit = enter("viewer")
    visit.forgive.append("")  # what Lab's parts say of a kernel that is gone
    visit.page.goto(publish("plain", _PLAIN))
    expect(field(visit.page, "Title")).to_have_value("hello")
    visit.page.evaluate(MARK)
    workbench.end_kernels()
    banner = visit.page.locator(".crispdm-PageLife .crispdm-Banner")
    expect(banner).to_be_visible()
    visit.page.get_by_role("link", name="Log out").click(trial=True)  # it covers no way out
    banner.get_by_role("button", name="Go on").click()
    expect(visit.page.locator("#first")).to_have_count(0)
    expect(field(visit.page, "Title")).to_have_value("hello")
