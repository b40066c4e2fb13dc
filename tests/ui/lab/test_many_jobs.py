"""The panel without a job, and with a thousand of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Enter
from tests.ui.many import MANY, SLOW_STEP, make_many, scroll
from tests.ui.server import Workbench

MOST_ROWS = 60


@pytest.fixture(autouse=True)
def no_jobs(workbench: Workbench) -> None:
    workbench.clear()


def test_without_a_job_the_panel_says_what_to_do(enter: Enter, workbench: Workbench) -> None:
    workbench.clear_models()
    lab = enter("analyst").open_lab()
    expect(lab.panel).to_contain_text("No jobs yet.")
    expect(lab.panel).to_contain_text("No models yet.")
    expect(lab.rows).to_have_count(0)
    lab.panel.get_by_role("button", name="Run a file as a job").click()
    expect(lab.dialog).to_contain_text("Choose a script or notebook to run")
    lab.dialog.get_by_role("button", name="Cancel").click()


@pytest.mark.proves("jobs.thousand-rows")
def test_of_a_thousand_jobs_only_the_visible_ones_are_in_the_page(enter: Enter, workbench: Workbench) -> None:
    make_many(workbench)
    visit = enter("analyst")
    lab = visit.open_lab()
    expect(lab.rows.first).to_be_visible()
    assert lab.rows.count() < MOST_ROWS
    scroller = lab.panel.locator(".crispdm-JobTable")
    assert scroll(scroller) < SLOW_STEP
    expect(lab.panel.locator(f'[aria-posinset="{MANY}"]')).to_be_visible()
    assert lab.rows.count() < MOST_ROWS

    lab.panel.get_by_role("searchbox", name="Filter jobs").fill("copy 0500")
    expect(lab.rows).to_have_count(1)
    lab.rows.first.get_by_role("button").first.click()
    expect(lab.job.get_by_role("heading", name="copy 0500")).to_be_visible()
    expect(lab.status).to_contain_text("Succeeded")
