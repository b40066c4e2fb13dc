"""The table of runs in Lab: a condition, an order, the best marked, tags, curves, run again, and as it was left."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import LabPage

TRAIN = """
import sys, crispdm
rate = float(sys.argv[1])
for step in range(40):
    crispdm.log({"val/loss": rate + 1 / (1 + step)}, step=step)
"""


@pytest.fixture(autouse=True)
def trained(workbench: Workbench) -> Iterator[list[str]]:
    """Three trainings that are over, the second the best; the server has read their figures."""
    workbench.clear()
    (workbench.root / "train.py").write_text(TRAIN)
    with workbench.api as api:
        ids = [
            str(api.post("jobs", json=_job(rate)).raise_for_status().json()["id"]) for rate in ("0.3", "0.1", "0.2")
        ]
    eventually_sync(lambda: not workbench.running_jobs())
    eventually_sync(lambda: _known(workbench) == 3)
    yield ids
    workbench.stop_jobs()
    with workbench.api as api:
        for run in api.get("runs", params={"filter": "kind = merged"}).raise_for_status().json()["runs"]:
            api.delete(f"runs/{run['id']}").raise_for_status()


def _job(rate: str) -> dict[str, object]:
    return {"name": f"run {rate}", "command": ["python", "train.py", rate], "parameters": {"lr": float(rate)}}


def _known(workbench: Workbench) -> int:
    with workbench.api as api:
        return int(api.get("runs", params={"filter": "metrics.val/loss.count = 40"}).raise_for_status().json()["total"])


def open_table(lab: LabPage) -> Locator:
    """Open the page by the button of the panel."""
    lab.panel.locator('[data-command="jupyter-crispdm:open-runs"]').first.click()
    page = lab.page.locator(".crispdm-RunsPage:visible")
    expect(page).to_be_visible()
    return page


def rows(page: Locator) -> Locator:
    return page.locator(".crispdm-DataGrid-row")


def names(page: Locator) -> list[str]:
    return rows(page).locator(".crispdm-DataGrid-name").all_inner_texts()


@pytest.mark.proves("runs.page", "runs.page-again")
def test_runs_are_found_sorted_marked_compared_and_run_again(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append(r"status of 400 .*runs\?filter=")
    lab = visit.open_lab()
    page = open_table(lab)
    expect(rows(page)).to_have_count(3)
    best = lab.page.locator('[data-column="metrics.val/loss.best"][data-best]')
    expect(best).to_have_count(1)
    expect(rows(page).filter(has=best)).to_contain_text("run 0.1")

    page.get_by_role("columnheader", name="val/loss (best)").get_by_role("button").click()
    eventually_sync(lambda: names(page) == ["run 0.1", "run 0.2", "run 0.3"])

    search = page.get_by_role("searchbox", name="Filter runs")
    search.fill("params.lr < ")
    expect(page.get_by_role("alert")).to_contain_text("a value")
    search.fill("params.lr < 0.25 and metrics.val/loss > 0")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_count(0)

    rows(page).filter(has_text="run 0.1").click()
    card = page.get_by_role("complementary", name="Chosen run")
    card.get_by_label("Tags").fill("paper")
    card.get_by_role("button", name="Save").click()
    expect(rows(page).filter(has_text="run 0.1").locator('[data-column="tags"]')).to_have_text("paper")
    page.get_by_role("button", name="run 0.1 is a favourite").click()
    expect(page.get_by_role("button", name="run 0.1 is a favourite")).to_have_attribute("aria-pressed", "true")

    card.get_by_role("button", name="Run again", exact=True).click()
    expect(card.get_by_role("status")).to_contain_text("Parameters: the same")
    expect(rows(page)).to_have_count(3)

    page.get_by_role("checkbox", name="Choose all").click()
    page.get_by_role("button", name="Compare curves").click()
    expect(lab.page.locator(".crispdm-ComparePage:visible")).to_contain_text("val/loss")
    eventually_sync(lambda: not workbench.running_jobs())


@pytest.mark.proves("runs.page-address")
def test_the_table_comes_back_as_it_was_left_and_a_saved_view_is_an_address(enter: Enter) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    page = open_table(lab)
    page.get_by_role("searchbox", name="Filter runs").fill("params.lr > 0.15")
    expect(rows(page)).to_have_count(2)
    visit.wait_for_workspace(lambda kept: "params.lr>0.15" in kept)
    lab.page.reload()
    expect(page.get_by_role("searchbox", name="Filter runs")).to_have_value("params.lr > 0.15")
    expect(rows(page)).to_have_count(2)

    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="Name of the view").fill("high rates")
    page.get_by_role("button", name="Save this view").click()
    address = page.get_by_role("link", name="high rates").get_attribute("href")
    assert address is not None
    page.get_by_role("searchbox", name="Filter runs").fill("params.lr = 0.1")
    expect(rows(page)).to_have_count(1)
    lab.page.goto(address)  # as somebody does to whom it was sent
    expect(page.get_by_role("searchbox", name="Filter runs")).to_have_value("params.lr > 0.15")
    expect(rows(page)).to_have_count(2)
    expect(lab.page).not_to_have_url(re.compile("runs="))


@pytest.mark.proves("runs.page-groups")
def test_runs_stand_in_groups_that_are_folded_and_chosen(enter: Enter) -> None:
    lab = enter("analyst").open_lab()
    page = open_table(lab)
    expect(rows(page)).to_have_count(3)
    page.get_by_role("combobox", name="Group by").select_option("owner")
    group = page.get_by_role("row", name=re.compile(r"^Owner: .* \(3 runs\)$"))
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(rows(page)).to_have_count(1)
    expect(group.locator('[data-column="metrics.val/loss.best"]')).to_have_text(re.compile(r"^0\.125 · ø 0\.225$"))
    group.get_by_role("button").click()
    expect(rows(page)).to_have_count(4)
    group.get_by_role("checkbox").click()
    expect(page.get_by_role("toolbar", name="Chosen runs")).to_contain_text("3 chosen")
    group.press("ArrowLeft")
    expect(rows(page)).to_have_count(1)
    expect(group).to_have_attribute("aria-selected", "true")


@pytest.mark.proves("runs.page-merge", "runs.page-outside", "runs.page-alone")
def test_a_merged_run_is_laid_over_a_job_and_a_chart_of_both_is_dragged_out(enter: Enter) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    page = open_table(lab)
    expect(rows(page)).to_have_count(3)
    for name in ("run 0.1", "run 0.2"):
        page.get_by_role("checkbox", name=f"Choose {name}").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("textbox", name="Name of the merged run").fill("whole")
    page.get_by_role("button", name="Merge 2 runs").click()
    expect(page.get_by_role("row", name="whole, Ended")).to_have_attribute("aria-selected", "true")

    page.get_by_role("checkbox", name="Choose run 0.3").click()
    page.get_by_role("button", name="Compare curves").click()
    compared = lab.page.locator(".crispdm-ComparePage:visible")
    expect(compared.get_by_role("figure").locator("canvas")).to_be_visible()
    legend = compared.get_by_role("list", name="Colours of the jobs")
    expect(legend.get_by_role("listitem")).to_have_count(2)
    expect(legend).to_contain_text("whole")
    expect(compared.get_by_role("row", name=re.compile("^State"))).to_contain_text("Ended")

    lab.drag_out(compared.locator("figcaption"))
    alone = lab.page.get_by_role("tab", name="val/loss – Compare 2 runs")
    expect(alone).to_be_visible()
    visit.wait_for_workspace(lambda kept: '"metric":"val/loss"' in kept)
    lab.page.reload()
    expect(alone).to_be_visible()
    chart = lab.page.locator(".crispdm-Overlays[data-alone]:visible")
    expect(chart.get_by_role("figure").locator("canvas")).to_be_visible()
    expect(chart.get_by_role("listitem")).to_have_count(2)


@pytest.mark.proves("runs.plots", "runs.plots-address")
def test_runs_are_chosen_in_plots_and_the_table_alike(enter: Enter) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    page = open_table(lab)
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Scatter").click()
    page.get_by_role("button", name="Parallel coordinates").click()
    points = page.get_by_role("listbox", name="val/loss (best) over lr")
    lines = page.get_by_role("listbox", name="Parallel coordinates of lr, val/loss (best)")
    expect(points).to_be_visible()
    eventually_sync(lambda: drawn(page) == [True, True])

    drag(lab, points, (0.02, 0.98), (0.6, 0.5))  # the lower left, where the lowest rate has the lowest loss
    expect(rows(page).filter(has_text="run 0.1")).to_have_attribute("aria-selected", "true")
    expect(page.locator('[role="row"][aria-selected="true"]')).to_have_count(1)
    expect(points).to_have_accessible_name(re.compile("1 chosen$"))

    lines.focus()
    lines.press("Home")
    lines.press("ArrowUp")
    expect(lines.get_by_role("option")).to_contain_text("run 0.2")
    expect(rows(page).filter(has_text="run 0.2")).to_have_attribute("data-pointed", "true")
    lines.press("Shift+ArrowUp")
    expect(lines).to_have_accessible_name(re.compile("2 chosen$"))
    expect(rows(page).filter(has_text="run 0.1")).to_have_attribute("aria-selected", "false")

    rows(page).filter(has_text="run 0.3").click()
    expect(points).to_have_accessible_name(re.compile("1 chosen$"))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="Name of the view").fill("rates and losses")
    page.get_by_role("button", name="Save this view").click()
    address = page.get_by_role("link", name="rates and losses").get_attribute("href")
    assert address is not None
    page.get_by_role("button", name="Scatter").click()
    expect(points).to_have_count(0)
    lab.page.goto(address)
    expect(points).to_have_accessible_name(re.compile("1 chosen$"))
    expect(lines).to_be_visible()
    expect(rows(page).filter(has_text="run 0.3")).to_have_attribute("aria-selected", "true")
    eventually_sync(lambda: drawn(page) == [True, True])

    page.get_by_role("button", name="Curves", exact=True).click()
    expect(page.get_by_role("figure")).to_contain_text("val/loss")
    page.get_by_role("button", name="Choose none").click()
    expect(page.get_by_text("Choose runs to see their curves.")).to_be_visible()


def drawn(page: Locator) -> list[bool]:
    """Whether something stands on the canvas of all runs in each plot."""
    return [
        bool(canvas.evaluate("node => new Uint32Array(node.getContext('2d').getImageData(0, 0, node.width, node.height)"
                             ".data.buffer).some(Boolean)"))
        for canvas in page.locator(".crispdm-RunPlot-runs:first-of-type").all()
    ]  # fmt: skip


def drag(lab: LabPage, plot: Locator, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Press the mouse at one place of a plot and let go at another, in shares of its size."""
    plot.hover()  # once it stands still
    box = plot.bounding_box()
    assert box is not None
    for place, act in ((begin, lab.page.mouse.down), (end, lab.page.mouse.up)):
        lab.page.mouse.move(box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"], steps=4)
        act()
