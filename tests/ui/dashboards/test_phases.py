"""The demo's dashboard: six phases, each with its real work, by a viewer as far as they may and an analyst."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_crispdm.cli.demonstration.project import SOURCE
from tests.ui.conftest import PROJECT, Enter
from tests.ui.dashboards.test_work import Desk
from tests.ui.server import Workbench

ADDRESS = "/voila/render/dashboards/digits.ipynb"
PHASES = ["Business understanding", "Data understanding", "Data preparation", "Modeling", "Evaluation", "Deployment"]
SLOW = 240_000
"""Milliseconds for a training, a deployment or a measurement on a machine that is busy."""


@pytest.fixture
def project(workbench: Workbench) -> Iterator[Path]:
    """The demo's files in the workbench, with six pictures, and nothing trained."""
    workbench.clear()
    workbench.clear_models()
    before = set(workbench.root.iterdir())
    shutil.copytree(SOURCE, workbench.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "notebooks/digits.ipynb", workbench.root / "dashboards")
    command = [sys.executable, "make_pictures.py", "pictures", "--count", "6"]
    subprocess.run(command, cwd=workbench.root, check=True, capture_output=True, timeout=240)
    yield workbench.root
    workbench.clear()
    workbench.clear_models()
    (workbench.root / "dashboards/digits.ipynb").unlink()
    shutil.rmtree(workbench.root / "dashboards/phases")
    for made in set(workbench.root.iterdir()) - before:
        shutil.rmtree(made) if made.is_dir() else made.unlink()


@pytest.mark.proves("desk.phases", "card.six-phases", "pages.ordered", "shared.phases")
def test_a_viewer_walks_the_phases_and_an_analyst_deploys(enter: Enter, workbench: Workbench, project: Path) -> None:
    viewer = enter("viewer")
    viewer.forgive.append("404|503")  # nothing is saved, and nothing deployed yet
    desk = Desk(viewer.page).open(ADDRESS)
    expect(desk.page.get_by_label("Goal")).to_have_value(re.compile("handwritten numbers"))

    desk.turn_to("Data understanding")
    truth = json.loads((project / "pictures/truth.json").read_text())
    digits = sum(map(len, truth.values()))
    expect(desk.page.get_by_text(f"6 held-out pictures with {digits} digits")).to_be_visible()
    expect(desk.page.locator(".widget-image:visible")).to_have_count(6)
    expect(desk.page.locator(".bqplot rect.bar, .bqplot .bar rect").first).to_be_visible()

    desk.turn_to("Data preparation")
    desk.number("Scenes", "3")
    desk.page.get_by_role("button", name="Write scenes").click()
    expect(desk.page.get_by_text(re.compile(r"3 scenes with \d+ digits"))).to_be_visible(timeout=SLOW)
    expect(desk.page.get_by_role("table")).to_contain_text("train")
    expect(desk.page.locator(".widget-image:visible")).to_be_visible()

    desk.turn_to("Evaluation")
    desk.page.get_by_role("button", name="Measure the deployed model").click()
    expect(desk.page.get_by_text("No model is deployed yet")).to_be_visible()

    desk.turn_to("Modeling")
    for label, value in (("Epochs", "1"), ("Steps an epoch", "2"), ("Scenes a step", "2"), ("Channels", "4")):
        desk.number(label, value)
    desk.page.get_by_role("button", name="Train", exact=True).click()
    expect(desk.page.get_by_text("It goes on when you close this page.")).to_be_visible()
    row = desk.page.locator(".crispdm-JobRow", has_text="U-Net, 1 epochs")
    expect(row.get_by_role("img", name="Succeeded")).to_be_visible(timeout=SLOW)
    expect(desk.page.locator(".crispdm-TrainingPlot-figure path.line").first).to_be_visible()

    desk.turn_to("Deployment")
    expect(desk.page.get_by_role("table")).to_contain_text("1")
    expect(desk.page.get_by_role("button", name="Deploy", exact=True)).to_have_count(0)

    analyst = enter("analyst").page
    deploy(analyst)
    write_the_goal_together(desk, Desk(analyst))
    measured(desk)
    desk.open(ADDRESS)
    expect(desk.page.get_by_role("heading", name="Evaluation", exact=True)).to_be_visible()
    expect(desk.page.get_by_role("table")).to_contain_text("found and rightly named")
    desk.turn_to("Data preparation")
    expect(desk.page.get_by_text(re.compile(r"3 scenes with \d+ digits"))).to_be_visible(timeout=SLOW)


def write_the_goal_together(viewer: Desk, analyst: Desk) -> None:
    """Goal, criteria and notes are everybody's."""
    notes = [desk.page.get_by_label("Notes", exact=True) for desk in (viewer, analyst)]
    for desk in (viewer, analyst):
        desk.turn_to("Business understanding")
    expect(notes[0]).to_be_editable()
    notes[0].fill("Looked at page 17.")
    expect(notes[1]).to_have_value("Looked at page 17.")
    notes[1].press("End")
    notes[1].press_sequentially(" It is upside down.")
    expect(notes[0]).to_have_value("Looked at page 17. It is upside down.")
    notes[0].fill("")
    expect(notes[1]).to_have_value("")


def deploy(page: Page) -> None:
    """As somebody who may."""
    desk = Desk(page).open(f"{ADDRESS}?page=deployment")
    desk.page.get_by_role("button", name="Deploy", exact=True).click()
    expect(desk.page.get_by_text(re.compile(r"Version \d+ is ready\."))).to_be_visible(timeout=SLOW)
    expect(desk.page.get_by_role("table")).to_contain_text("ready")


def measured(desk: Desk) -> None:
    """The deployed model asked for every picture."""
    desk.turn_to("Evaluation")
    desk.page.get_by_role("button", name="Measure the deployed model").click()
    table = desk.page.get_by_role("table")
    expect(table).to_contain_text("found and rightly named", timeout=SLOW)
    expect(table).to_contain_text("goal 85%: not reached")
    expect(desk.page.locator(".widget-image:visible")).to_have_count(4)
