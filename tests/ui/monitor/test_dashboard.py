"""The monitor as a dashboard: what a viewer sees and does, two browsers at once, a cut, a server that is killed."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import eventually_sync
from tests.ui import axe
from tests.ui.conftest import Enter
from tests.ui.monitor.conftest import Heard, Line
from tests.ui.server import Workbench

READOUT = ".crispdm-Monitor-readout"
LOST = (r"WebSocket connection to .* failed", r"ERR_CONNECTION_REFUSED", r"Failed to load resource")


def goes_on(page: Page) -> None:
    """Wait until the newest sample is another one, twice."""
    readout = page.locator(READOUT)
    for _ in range(2):
        expect(readout).not_to_have_text(readout.text_content() or "")


def is_in_order(heard: Heard) -> bool:
    """Whether each sample came once."""
    return all(after == before + 1 for before, after in itertools.pairwise(heard.numbers))


def slide(slider: Locator, value: float) -> None:
    """Move a slider as a person does who presses keys."""
    slider.fill(str(value))


@pytest.mark.proves("monitor.plot", "monitor.tiles", "monitor.controls", "widgets.live-monitor", "monitor.pushed")
def test_a_viewer_watches_a_line_and_says_what_they_do_about_its_alarms(enter: Enter, line: Line, address: str) -> None:
    page = enter("viewer").page
    heard = Heard(page, line.id)
    page.goto(address)
    monitor = page.locator(".crispdm-Monitor")
    expect(monitor.get_by_role("heading", name="Press 4")).to_be_visible()
    goes_on(page)
    expect(monitor.locator(".crispdm-Tile").filter(has_text="Rate")).to_contain_text("20")
    heard.wait_for(lambda: len(heard.messages) > 3)
    expect(monitor.get_by_role("button", name="Start", exact=True)).to_have_count(0)

    slide(monitor.get_by_role("slider", name="Anomaly threshold"), 0)
    expect(monitor.locator(".crispdm-Monitor-anomalies")).not_to_have_text(re.compile("^0 "))
    row = monitor.locator(".crispdm-Events-table tbody tr").first
    row.get_by_role("button", name="More…").click()
    form = monitor.get_by_role("group", name="What to do about it")
    form.get_by_label("Comment").fill("The roll was cleaned.")
    form.get_by_role("button", name="Save comment").click()  # the alarm may have ended by itself meanwhile
    expect(monitor.locator(".crispdm-Events-comment", has_text="The roll was cleaned.")).to_be_visible()
    row = monitor.locator(".crispdm-Events-table tr", has_text="(viewer)")
    expect(row).to_have_count(1)
    assert axe.severe(page, [".crispdm-Monitor"]) == []


@pytest.mark.proves("monitor.late", "monitor.appends", "monitor.thresholds")
def test_a_late_viewer_gets_the_window_and_shares_thresholds(enter: Enter, line: Line, address: str) -> None:
    early, late = enter("analyst").page, enter("viewer").page
    early.goto(address)
    goes_on(early)
    line.wait_for(60)
    heard = Heard(late, line.id)
    late.goto(address)
    goes_on(late)
    heard.wait_for(lambda: len(heard.messages) > 1)
    first = heard.messages[0]
    assert len(first) >= 50
    assert first[0] == 1
    assert is_in_order(heard), "the window came again"

    for page in (early, late):
        page.get_by_role("checkbox", name="Shared with everybody").check()
    slide(early.get_by_role("slider", name="Anomaly threshold"), 0.83)
    expect(late.get_by_role("slider", name="Anomaly threshold")).to_have_value("0.83")
    expect(late.get_by_text("Set by analyst")).to_be_visible()


@pytest.mark.proves("monitor.resume", "monitor.outlives-tab")
def test_after_the_server_was_killed_a_page_gets_exactly_the_samples_that_it_lacks(
    enter: Enter, workbench: Workbench, line: Line, address: str
) -> None:
    visit = enter("viewer")
    visit.forgive.extend(LOST)
    page = visit.page
    heard = Heard(page, line.id)
    page.goto(address)
    goes_on(page)
    known = heard.numbers[-1]
    workbench.kill()
    expect(page.get_by_role("alert").filter(has_text="No connection").first).to_be_visible()
    workbench.start()
    line.wait_for(known + 40)
    expect(page.get_by_role("alert").filter(has_text="No connection")).to_have_count(0)
    goes_on(page)
    assert len(heard.sockets) > 1
    heard.wait_for(lambda: heard.numbers[-1] > known + 40)
    assert is_in_order(heard), "samples came twice, or never"


@pytest.mark.proves("monitor.look-back")
def test_one_drags_back_in_time_while_the_line_goes_on(enter: Enter, line: Line, address: str) -> None:
    page = enter("viewer").page
    page.goto(address)
    goes_on(page)
    line.wait_for(100)
    over = page.locator(".crispdm-Monitor-plot .u-over")
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    readout = page.locator(READOUT)
    expect(readout).to_have_attribute("data-cursor", "true")
    expect(readout).not_to_have_text(readout.text_content() or "")  # the cursor rests, the samples go by
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, middle, steps=4)
    page.mouse.up()
    live = page.get_by_role("button", name="Live", exact=True)
    expect(live).to_be_visible()
    page.mouse.move(box["x"] - 40, middle)
    expect(readout).not_to_have_attribute("data-cursor", "true")

    def rests() -> bool:
        before = readout.text_content()
        line.wait_for(line.get()["received"] + 20)
        return readout.text_content() == before

    eventually_sync(rests)  # what was recorded then is asked for once
    live.click()
    goes_on(page)


@pytest.mark.proves("monitor.outlives-tab")
def test_the_line_goes_on_with_no_page_and_the_page_with_no_kernel(
    enter: Enter, workbench: Workbench, line: Line, address: str
) -> None:
    received = line.get()["received"]
    line.wait_for(received + 20)
    page = enter("viewer").page
    page.goto(address)
    goes_on(page)
    workbench.end_kernels()
    goes_on(page)
