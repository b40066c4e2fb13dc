"""Curves in Lab: looking closer, other axes, a tab of their own, files of them, and runs told apart from a baseline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.jobspage import JobsPage
from tests.ui.server import Workbench
from tests.ui.visit import LabPage, Visit

STEPS = 4_000
TRAIN = f"""
import math, sys, crispdm
best = float(sys.argv[1])
for step in range({STEPS}):
    loss = best + 2 / (1 + step / 50) + 0.01 * math.sin(step)
    crispdm.log({{"train/loss": loss, "val/loss": 1.2 * loss, "accuracy": 1 - loss / 4}}, step=step)
    if step % 100 == 0:
        crispdm.log({{"epoch": step // 100, **{{f"layer/{{n}}": step * n for n in range(6)}}}}, step=step)
"""


@pytest.fixture(autouse=True)
def trained(workbench: Workbench) -> Iterator[list[str]]:
    """Two trainings that are over, one better than the other."""
    workbench.clear()
    (workbench.root / "train.py").write_text(TRAIN)
    with workbench.api as api:
        ids = [
            str(api.post("jobs", json={"name": f"run {best}", "command": ["python", "train.py", best]}).json()["id"])
            for best in ("0.1", "0.3")
        ]
    eventually_sync(lambda: not workbench.running_jobs())
    yield ids
    workbench.stop_jobs()


@pytest.fixture
def visit(enter: Enter) -> Visit:
    return enter("analyst")


@pytest.fixture
def lab(visit: Visit) -> LabPage:
    """The page of the better run, its curves in front."""
    made = visit.open_lab()
    made.row("run 0.1").click()
    made.tab("Curves")
    expect(chart(made.job, "loss").locator("canvas")).to_be_visible()
    return made


def chart(page: Locator, name: str) -> Locator:
    return page.get_by_role("figure").filter(has=page.page.locator("figcaption", has_text=re.compile(rf"^{name}\b")))


def drag(page: Page, over: Locator, begin: float, end: float) -> None:
    """Drag over a chart from one part of its width to another."""
    plot = over.locator(".u-over")
    plot.hover(position={"x": begin * plot.evaluate("plot => plot.clientWidth"), "y": 50})  # once it stands still
    page.mouse.down()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + end * box["width"], box["y"] + 60, steps=5)
    page.mouse.up()


def choose(page: Page, over: Locator, label: str) -> None:
    """Choose in the menu of a chart."""
    over.get_by_role("button", name="pin, open, save").click()
    page.get_by_role("menuitem", name=label).click()


def saved(page: Page, over: Locator, label: str) -> tuple[str, bytes]:
    """The name and content of the file that a choice saves."""
    with page.expect_download() as begun:
        choose(page, over, label)
    return begun.value.suggested_filename, Path(begun.value.path()).read_bytes()


def steps_told(over: Locator) -> int:
    """The step that the legend of a chart tells; -1 where it tells none at the moment."""
    told = over.locator(".u-legend .u-value").first.inner_text().replace(",", "")
    return int(told) if told.isdigit() else -1


@pytest.mark.proves("curves.zoom")
def test_a_drag_looks_closer_at_all_charts_and_a_double_click_shows_everything(lab: LabPage) -> None:
    loss, accuracy = chart(lab.job, "loss"), chart(lab.job, "accuracy")
    asks = ("/metrics?", "axis=step", "name=train%2Floss")  # each chart asks for its own curves
    with lab.page.expect_request(lambda request: all(part in request.url for part in asks)):
        drag(lab.page, loss, 0.5, 0.75)
    expect(lab.job.get_by_role("button", name="Show everything")).to_be_visible()
    accuracy.locator(".u-over").hover(position={"x": 3, "y": 40})
    eventually_sync(lambda: 1950 < steps_told(accuracy) < 2100)
    loss.locator(".u-over").dblclick()
    expect(lab.job.get_by_role("button", name="Show everything")).to_have_count(0)
    accuracy.locator(".u-over").hover(position={"x": 3, "y": 40})
    eventually_sync(lambda: 0 <= steps_told(accuracy) < 100)


@pytest.mark.proves("curves.cursor")
def test_the_cursor_tells_the_values_of_all_charts(lab: LabPage) -> None:
    loss, accuracy = chart(lab.job, "loss"), chart(lab.job, "accuracy")
    loss.locator(".u-over").hover(position={"x": 60, "y": 40})
    eventually_sync(lambda: 0 < steps_told(loss) < STEPS - 1)
    eventually_sync(lambda: steps_told(accuracy) > 0 and abs(steps_told(loss) - steps_told(accuracy)) < 20)


@pytest.mark.proves("curves.axes", "curves.many")
def test_axes_filter_and_small_charts(lab: LabPage) -> None:
    tools = lab.job.get_by_role("toolbar", name="Curve tools")
    tools.get_by_label("Over").select_option(label="epochs")
    loss = chart(lab.job, "loss")
    expect(loss.locator(".u-legend")).to_contain_text("epoch")
    expect(loss.locator(".u-legend .u-value").first).to_have_text(re.compile(r"^39\.9"))
    tools.get_by_label("Over").select_option(label="elapsed time")
    expect(loss.locator(".u-legend .u-value").first).to_have_text(re.compile("s$"))
    tools.get_by_label("Small charts").check()
    expect(lab.job.get_by_role("figure")).to_have_count(10)
    tools.get_by_role("searchbox").fill("layer/3")
    expect(lab.job.get_by_role("figure")).to_have_count(1)


@pytest.mark.proves("curves.export")
def test_a_chart_is_saved_as_picture_drawing_and_table(lab: LabPage) -> None:
    loss = chart(lab.job, "loss")
    name, png = saved(lab.page, loss, "Save as PNG")
    assert name == "loss.png"
    assert png.startswith(b"\x89PNG\r\n")
    assert len(png) > 5_000
    name, svg = saved(lab.page, loss, "Save as SVG")
    assert name == "loss.svg"
    assert svg.startswith(b"<svg")
    assert b"val/loss" in svg
    name, csv = saved(lab.page, loss, "Save every point as CSV")
    rows = csv.decode().split("\r\n")
    assert name == "loss.csv"
    assert rows[0] == "name,step,time,value"
    assert len(rows) == 2 * STEPS + 2


@pytest.mark.proves("curves.own-tab")
def test_a_chart_gets_a_tab_of_its_own_and_comes_back_after_a_reload(visit: Visit, lab: LabPage) -> None:
    page = lab.page
    choose(page, chart(lab.job, "loss"), "Open in a tab of its own")
    alone = page.locator(".crispdm-ChartPage:visible")
    expect(alone.get_by_role("figure")).to_have_count(1)
    expect(page.get_by_role("tab", name="loss – run 0.1")).to_be_visible()
    lab.drag_out(chart(lab.job, "accuracy").locator("figcaption"))
    expect(page.locator(".crispdm-ChartPage:visible")).to_have_count(2)
    charts = "jupyter-crispdm-charts:"
    visit.wait_for_workspace(lambda layout: layout.count(charts) >= 2)
    page.reload()
    expect(page.get_by_role("tab", name="loss – run 0.1")).to_be_visible()
    expect(page.get_by_role("tab", name="accuracy – run 0.1")).to_be_visible()


@pytest.mark.proves("curves.baseline", "curves.overlay")
def test_runs_are_told_apart_from_a_baseline(lab: LabPage) -> None:
    table = JobsPage(lab).open()
    for name in ("run 0.1", "run 0.3"):
        table.row(name).get_by_role("checkbox").check()
    table.body.get_by_role("button", name="Compare jobs").click()
    compared = lab.page.locator(".crispdm-ComparePage:visible")
    expect(compared.get_by_role("figure").first.locator("canvas")).to_be_visible()
    compared.get_by_role("button", name="run 0.1 is the baseline").click()
    row = compared.get_by_role("row").filter(has=lab.page.get_by_title("val/loss", exact=True))
    expect(row.locator("[data-better=false]")).to_have_text(re.compile(r"^\+0\.2\d* \(\+\d+ %\)$"))
    compared.get_by_label("Curves as differences").check()
    loss = chart(compared, "val/loss")
    loss.locator(".u-over").hover(position={"x": 100, "y": 12})
    expect(loss.locator("figcaption")).to_contain_text(re.compile(r"val/loss\s+run 0\.3\s+0\.24"))
