"""A model that writes, asked by somebody who does not code: the widget, and the dashboard of the forms of a stream."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_crispdm.cli.demonstration.project import SOURCE
from tests.support import eventually_sync
from tests.ui.conftest import PROJECT, Enter
from tests.ui.dashboards.test_work import Desk
from tests.ui.server import Workbench

HERE = Path(__file__).parents[1]
ADDRESS = "/voila/render/dashboards/streaming.ipynb"
SAID = "What the model wrote"


@pytest.fixture
def dashboard(workbench: Workbench) -> Iterator[Workbench]:
    """The dashboard, and the script that registers a model; nothing is deployed."""
    workbench.clear()
    workbench.clear_models()
    dashboards = workbench.root / "dashboards"
    for part in ("phases", "forms"):
        shutil.copytree(SOURCE / "dashboards" / part, dashboards / part, ignore=shutil.ignore_patterns("__pycache__"),
                        dirs_exist_ok=True)  # another test may have left its own
    shutil.copy(PROJECT / "notebooks/streaming.ipynb", dashboards)
    shutil.copy(HERE / "text_model.py", workbench.root)
    yield workbench
    workbench.clear()
    workbench.clear_models()
    (dashboards / "streaming.ipynb").unlink()
    (workbench.root / "text_model.py").unlink()
    for part in ("phases", "forms"):
        shutil.rmtree(dashboards / part)


def deploy(workbench: Workbench) -> None:
    """Register a model by a job, and have it answer."""
    with workbench.api as api:
        api.post("jobs", json={"script": "text_model.py", "name": "register"}).raise_for_status()
        eventually_sync(lambda: workbench.has_model("scribbler"), 120)
        api.post("deployments", json={"model": "scribbler"}).raise_for_status()

        def is_ready() -> bool:
            return any(one["state"] == "ready" for one in api.get("deployments").json()["deployments"])

        eventually_sync(is_ready, 120)


def begin(page: Page, length: int) -> None:
    field = page.get_by_label("Length")
    field.fill(str(length))
    field.blur()
    page.get_by_role("button", name="Generate").click()


@pytest.mark.proves("widgets.stream-text", "text.dashboard")
def test_a_viewer_sees_text_grow_stops_it_and_finds_it_again(enter: Enter, dashboard: Workbench) -> None:
    viewer = enter("viewer")
    viewer.forgive.append("404|503")  # nothing is saved, and nothing deployed yet
    desk = Desk(viewer.page).open(ADDRESS)
    page = viewer.page
    expect(page.get_by_text("No model that writes text is deployed yet.")).to_be_visible()
    deploy(dashboard)
    expect(page.get_by_role("option", name="scribbler")).to_have_count(1)
    page.get_by_label("Beginning").fill("once upon")

    begin(page, 60)
    sheet = page.get_by_role("region", name=SAID)
    expect(page.get_by_text("60 characters: as long as you asked for.")).to_be_visible()
    expect(sheet).to_have_text(re.compile(r"^once upon"))

    begin(page, 16_384)
    expect(page.get_by_text("characters so far")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Stopped after")).to_be_visible()
    told = sheet.text_content()
    expect(desk.state).to_have_text("Saved")

    page.reload()
    expect(desk.state).to_be_visible()
    expect(page.get_by_role("region", name=SAID)).to_have_text(told or "")
    expect(page.get_by_label("Beginning")).to_have_value("once upon")
    expect(page.get_by_label("Length")).to_have_value("16384")


@pytest.mark.proves("text.dashboard")
def test_each_form_of_a_stream_is_shown_as_it_comes(enter: Enter, dashboard: Workbench) -> None:
    deploy(dashboard)
    analyst = enter("analyst")
    analyst.forgive.append("404|503")
    desk = Desk(analyst.page).open(ADDRESS)
    page = analyst.page
    sheet = page.locator("pre:visible")

    desk.turn_to("Lines of JSON")
    page.get_by_role("button", name="Measure").click()
    expect(sheet).to_contain_text('"unit":"µm"')
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.get_by_text("The source is closed.")).to_be_visible()

    desk.turn_to("Events")
    page.get_by_role("button", name="Listen").click()
    expect(sheet).to_contain_text("register")
    page.get_by_role("button", name="Stop").locator("visible=true").click()

    desk.turn_to("An upstream")
    page.get_by_role("button", name="Ask the upstream").click()
    expect(page.get_by_text("c.CrispdmApp.proxy_allow")).to_be_visible()

    desk.turn_to("A large file")
    page.get_by_role("button", name="Send and read").click()
    expect(sheet).to_contain_text("16 of 16 MiB")
    expect(page.get_by_text("it is over.").locator("visible=true")).to_be_visible()
    expect(sheet).to_contain_text("206 bytes 8388608-16777215/16777216")

    desk.turn_to("A running computation")
    expect(page.get_by_role("button", name="Train it")).to_be_visible()
