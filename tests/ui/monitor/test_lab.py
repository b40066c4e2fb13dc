"""Streams in Lab: made with a test of their source, watched, stopped, started and deleted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui import axe
from tests.ui.conftest import Enter
from tests.ui.monitor.conftest import Line


@pytest.mark.proves("monitor.panel", "monitor.trial")
def test_a_stream_is_made_with_a_test_of_its_source_and_opens(enter: Enter, line: Line) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    page = visit.page
    expect(lab.panel.locator(".crispdm-StreamRow", has_text="Press 4")).to_contain_text("a second")
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name="New Stream…").click()
    lab.dialog.get_by_label("Name of the stream").fill("Oven")
    lab.dialog.get_by_role("button", name="Test connection").click()
    expect(lab.dialog.get_by_label("First messages")).to_contain_text("value")
    expect(lab.dialog.get_by_label("Column of $.value")).to_have_value("value")
    assert axe.severe(page, [".crispdm-StreamForm"]) == []
    lab.dialog.get_by_role("button", name="Make stream").click()

    monitor = page.locator(".crispdm-StreamPage:visible")
    expect(monitor.get_by_role("heading", name="Oven")).to_be_visible()
    expect(monitor.locator(".crispdm-Monitor-readout")).to_contain_text("p ")
    monitor.get_by_role("button", name="Stop", exact=True).click()
    expect(monitor.get_by_text("Stopped: nothing is recorded.")).to_be_visible()
    monitor.get_by_role("button", name="Start", exact=True).click()
    expect(monitor.get_by_text("Stopped: nothing is recorded.")).to_have_count(0)

    row = lab.panel.locator(".crispdm-StreamRow", has_text="Oven")
    row.hover()
    row.get_by_role("button", name="Delete Oven").click()
    lab.dialog.get_by_role("button", name="Delete stream").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("There is no such stream, or not any more.")).to_be_visible()
