"""What a viewer sees, and that he sees nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from .conftest import Enter
from .server import Workbench

NAME = "U-Net on handwriting"
GROWN = "([line, before]) => line.getAttribute('d') !== before"


@pytest.fixture
def job(workbench: Workbench) -> Iterator[dict[str, Any]]:
    """The only job, which runs until the test is over."""
    workbench.clear()
    with workbench.api as api:
        submitted = api.post("jobs", json={"script": "training.py", "name": NAME})
    submitted.raise_for_status()
    yield submitted.json()
    workbench.stop_jobs()


def test_curves_and_log_of_a_running_job_grow_in_a_dashboard(
    enter: Enter, job: dict[str, Any], shot: Callable[[Page, str], None]
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
    page.wait_for_function(GROWN, arg=[line.element_handle(), before])

    lines = page.locator(".crispdm-Log-line")
    expect(lines.filter(has_text="loss").first).to_be_visible()
    count = page.locator(".crispdm-Toolbar-note")
    first = count.text_content() or ""
    expect(count).not_to_have_text(first)
    shot(page, "dashboard")

    page.get_by_role("link", name="All dashboards").click()
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()


def test_a_dashboard_lives_on_when_its_kernel_dies(enter: Enter, workbench: Workbench, job: dict[str, Any]) -> None:
    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    expect(page.locator(".crispdm-JobRow", has_text=NAME)).to_be_visible()
    with workbench.jupyter as api:
        for kernel in api.get("kernels").json():
            api.delete(f"kernels/{kernel['id']}").raise_for_status()
    line = page.locator(".crispdm-TrainingPlot-figure path.line").first
    expect(line).to_be_visible()
    page.wait_for_function(GROWN, arg=[line.element_handle(), line.get_attribute("d")])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/lab"),
        ("GET", "/lab/tree/training.py"),
        ("GET", "/lab/api/settings"),
        ("GET", "/tree"),
        ("GET", "/api/contents"),
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
        ("POST", "/crispdm/api/jobs/{job}/stop"),
        ("POST", "/crispdm/api/jobs/{job}/input"),
        ("DELETE", "/crispdm/api/jobs/{job}"),
        ("POST", "/crispdm/api/users"),
    ],
)
def test_nothing_else_is_open_to_a_viewer(
    strange: dict[str, str], viewer: Callable[..., int], method: str, path: str
) -> None:
    assert viewer(method, path.format(**strange)) == 403


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
