"""What viewers see, and that they see nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

NAME = "U-Net on handwriting"


@pytest.fixture
def job(workbench: Workbench) -> Iterator[dict[str, Any]]:
    """The only job, which runs until the test is over."""
    workbench.clear()
    with workbench.api as api:
        submitted = api.post("jobs", json={"script": "training.py", "name": NAME, "tags": ["shared"]})
    submitted.raise_for_status()
    yield submitted.json()
    workbench.stop_jobs()


@pytest.mark.proves(
    "training.plots-live", "streaming.front-end", "widgets.job-table", "widgets.log-view", "widgets.training-plot",
    "house.browser",
)
def test_curves_and_log_of_a_running_job_grow_in_a_dashboard(
    enter: Enter, job: dict[str, Any]
) -> None:
    page = enter("viewer").page
    page.goto("/")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    page.get_by_role("link", name="Training").click()

    row = page.locator(".crispdm-JobRow", has_text=NAME)
    expect(row.get_by_role("img", name="Running")).to_be_visible()
    expect(page.get_by_role("button", name=f"Stop {NAME}")).to_have_count(0)

    figures = page.locator(".crispdm-TrainingPlot-figure")
    expect(figures).to_have_count(2)
    line = figures.first.locator("path.line").first
    expect(line).to_be_visible()
    before = line.get_attribute("d")
    expect(line).not_to_have_attribute("d", before or "")

    lines = page.locator(".crispdm-Log-line")
    expect(lines.filter(has_text="loss").first).to_be_visible()
    count = page.locator(".crispdm-Toolbar-note")
    first = count.text_content() or ""
    expect(count).not_to_have_text(first)

    page.get_by_role("link", name="All dashboards").click()
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()


@pytest.mark.proves("work.dashboard-without-kernel")
def test_a_dashboard_lives_on_when_its_kernel_dies(enter: Enter, workbench: Workbench, job: dict[str, Any]) -> None:
    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    expect(page.locator(".crispdm-JobRow", has_text=NAME)).to_be_visible()
    workbench.end_kernels()
    line = page.locator(".crispdm-TrainingPlot-figure path.line").first
    expect(line).to_be_visible()
    expect(line).not_to_have_attribute("d", line.get_attribute("d") or "")


CURVES = {"north": 3.0, "south": 7.0, "east": 5.0, "silent": None}
CLICK = "(rows, order) => order.forEach(at => rows[at].querySelector('button').click())"
CLICK_SLOWLY = """
async (rows, order) => {
  for (const at of order) {
    rows[at].querySelector('button').click();
    await new Promise(done => setTimeout(done, 40));
  }
}
"""


@pytest.fixture
def curves(workbench: Workbench) -> Iterator[list[str]]:
    """Jobs that are over, each with a log and curves of its own, and one without curves."""
    workbench.clear()
    shutil.copy(Path(__file__).parents[1] / "curve.py", workbench.root)
    with workbench.api as api:
        for name, value in CURVES.items():
            args = [name] if value is None else [name, str(value)]
            job = {"script": "curve.py", "args": args, "name": name, "tags": ["shared"]}
            api.post("jobs", json=job).raise_for_status()
            eventually_sync(lambda: not workbench.running_jobs())
    yield list(reversed(CURVES))
    workbench.clear()


@pytest.mark.proves("widgets.job-table", "widgets.change-job")
@pytest.mark.parametrize("click", [CLICK, CLICK_SLOWLY], ids=["at-once", "while-it-loads"])
def test_the_job_that_is_chosen_is_the_one_that_is_shown(
    enter: Enter, curves: list[str], click: str
) -> None:  # fmt: skip
    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    rows = page.locator(".crispdm-JobRow")
    expect(rows).to_have_count(len(curves))
    for last in ("south", "silent", "north", "east", "north", "silent"):
        order = [at % len(curves) for at in range(19)]
        rows.evaluate_all(click, [*order, curves.index(last)])
        expect(page.locator(".crispdm-JobRow[data-selected]")).to_contain_text(last)
        shows_only(page, last)


def shows_only(page: Page, name: str) -> None:
    """The log and the curves of one job, and of no other."""
    lines = page.locator(".crispdm-Log-line")
    expect(lines).to_have_text([f"this is the log of {name}"])
    plot = page.locator(".crispdm-TrainingPlot")
    if CURVES[name] is None:
        expect(plot.get_by_text("This job logged no metrics.")).to_be_visible()
        expect(plot.get_by_role("figure")).to_have_count(0)
    else:
        expect(plot.get_by_role("figure")).to_have_count(2)
        values = [f"{value:g}" for value in (CURVES[name] or 0, 2 * (CURVES[name] or 0), CURVES[name] or 0)]
        legend = plot.locator(".crispdm-Legend-value")
        expect(legend).to_have_count(3)
        eventually_sync(lambda: sorted(legend.all_text_contents()) == sorted(values))
        expect(plot.get_by_role("figure", name=name)).to_be_visible()
        expect(plot.locator("path.line").first).to_be_visible()


@pytest.mark.proves("card.dashboards-behind-login", "door.viewer", "house.browser")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/lab"),
        ("GET", "/lab/tree/training.py"),
        ("GET", "/lab/api/settings"),
        ("GET", "/tree"),
        ("GET", "/api/contents/training.py"),
        ("PUT", "/api/contents/mine.txt"),
        ("GET", "/files/training.py"),
        ("GET", "/api/terminals"),
        ("POST", "/api/terminals"),
        ("GET", "/api/sessions"),
        ("GET", "/api/kernels"),
        ("GET", "/api/kernels/{kernel}"),
        ("DELETE", "/api/kernels/{kernel}"),
        ("POST", "/voila/api/shutdown/{kernel}"),
        ("GET", "/voila/render/private/training.ipynb"),
        ("GET", "/voila/render/dashboards/../private/training.ipynb"),
        ("GET", "/voila/files/training.py"),
        ("POST", "/crispdm/api/jobs"),
        ("POST", "/crispdm/api/jobs/{job}/input"),
        ("DELETE", "/crispdm/api/jobs/{job}"),
        ("POST", "/crispdm/api/users"),
    ],
)
def test_nothing_else_is_open_to_a_viewer(
    strange: dict[str, str], viewer: Callable[..., int], method: str, path: str
) -> None:
    assert viewer(method, path.format(**strange)) == 403


def test_what_is_not_shown_to_a_viewer_does_not_exist(strange: dict[str, str], viewer: Callable[..., int]) -> None:
    assert viewer("POST", f"/crispdm/api/jobs/{strange['job']}/stop") == 404
    assert viewer("GET", f"/crispdm/api/jobs/{strange['job']}") == 404


@pytest.fixture(scope="module")
def strange(workbench: Workbench) -> Iterator[dict[str, str]]:
    """A kernel and a job of somebody else."""
    with workbench.api as api, workbench.jupyter as jupyter:
        kernel = jupyter.post("kernels", json={}).json()["id"]
        job = api.post("jobs", json={"script": "training.py"}).json()["id"]
        yield {"kernel": kernel, "job": job}
        jupyter.delete(f"kernels/{kernel}")
    workbench.stop_jobs()


@pytest.fixture
def viewer(enter: Enter, workbench: Workbench) -> Callable[..., int]:
    """Asks for an address as the viewer's browser would, and tells the status."""
    visit = enter("viewer")
    asking: APIRequestContext = visit.context.request
    asking.get("/crispdm/")
    tokens = [cookie["value"] for cookie in visit.context.cookies() if cookie["name"] == "_xsrf"]

    def ask(method: str, path: str) -> int:
        headers = {"X-XSRFToken": tokens[0]}
        data: dict[str, str] | None = None if method == "GET" else {}
        return asking.fetch(path, method=method, headers=headers, data=data, max_redirects=0).status

    return ask
