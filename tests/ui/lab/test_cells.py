"""Notebooks as jobs from within Lab: from the file browser, some cells, and from a cell on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import LabPage, Visit, write_cell

NAME = "work.ipynb"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


@pytest.fixture(autouse=True)
def notebook(workbench: Workbench) -> Iterator[None]:
    """A notebook of three cells, and no job of another test."""
    workbench.clear()
    sources = ["import time\ngreeting = 'from the file'", "print(greeting)", "print('and', 6 * 7)"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})  # type: ignore[no-untyped-call]
    nbformat.write(made, workbench.root / NAME)  # type: ignore[no-untyped-call]
    yield
    workbench.stop_jobs()


def open_notebook(lab: LabPage) -> Locator:
    """The notebook in Lab, with its kernel at work."""
    lab.show_files()
    lab.page.locator(".jp-DirListing-item", has_text=NAME).dblclick()
    panel = lab.page.locator(".jp-NotebookPanel:visible")
    expect(panel.locator(".jp-CodeCell")).to_have_count(3)
    expect(lab.page.get_by_text("| Idle")).to_be_visible()
    return panel


def choose(cell: Locator, item: str) -> None:
    """Choose from a cell's context menu."""
    cell.locator(".jp-InputPrompt").click(button="right")
    cell.page.get_by_role("menuitem", name=item).click()


def enter_lab(enter: Enter) -> tuple[Visit, LabPage]:
    """Lab, where ipywidgets complains of a notebook that has no kernel, as the result of a job."""
    visit = enter("analyst")
    visit.forgive.append("reading 'kernel'")
    return visit, visit.open_lab()


def result(lab: LabPage) -> Locator:
    """The cells of the result in front."""
    panel = lab.page.locator(".jp-NotebookPanel:visible")
    expect(panel.locator(".jp-CodeCell").first).to_be_visible()
    return panel.locator(".jp-CodeCell")


def job_of(workbench: Workbench) -> Any:
    """The one job there is, with what it was submitted as."""
    with workbench.api as api:
        [job] = api.get("jobs").json()["jobs"]
        return job, api.get(f"jobs/{job['id']}/submission").json()


@pytest.mark.proves("files.in-lab")
def test_a_notebook_runs_from_the_file_browser(enter: Enter) -> None:
    _, lab = enter_lab(enter)
    lab.run_as_job(NAME, "whole notebook", "server")
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="cell 3 of 3: print('and', 6 * 7)")).to_have_count(1)
    lab.row("whole notebook").click(button="right")
    lab.page.get_by_role("menuitem", name="Show the Result").click()
    expect(result(lab).last).to_contain_text("and 42")


@pytest.mark.proves("ui.run-form")
def test_a_notebook_runs_from_its_toolbar(enter: Enter, workbench: Workbench) -> None:
    _, lab = enter_lab(enter)
    panel = open_notebook(lab)
    write_cell(panel.locator(".jp-CodeCell").nth(2), "print('edited')")
    panel.locator(".jp-Toolbar").get_by_role("button", name="Run a script or notebook as a job").click()
    lab.dialog.get_by_role("button", name="Run job").click()
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="edited").last).to_be_visible()


@pytest.mark.proves("jobs.cells")
def test_selected_cells_run_as_they_stand_on_the_screen(enter: Enter, workbench: Workbench) -> None:
    _, lab = enter_lab(enter)
    cells = open_notebook(lab).locator(".jp-CodeCell")
    write_cell(cells.nth(1), "print('unsaved', 1 + 1)")
    cells.nth(1).locator(".jp-InputPrompt").click()
    cells.nth(2).locator(".jp-InputPrompt").click(modifiers=["Shift"])
    choose(cells.nth(2), "Send Selected Cells to a Job")
    expect(lab.job.get_by_role("heading", name="work.ipynb: 2 cells")).to_be_visible()
    lab.page.get_by_role("button", name="Show the Result").click()
    job, submission = job_of(workbench)
    assert submission["cells"] == ["print('unsaved', 1 + 1)", "print('and', 6 * 7)"]
    assert (job["environment"], job["source"]) == ("server", NAME)
    expect(result(lab)).to_have_count(2)
    expect(result(lab).first).to_contain_text("unsaved 2")


@pytest.mark.proves("work.job-outlives-session", "jobs.cells")
def test_the_result_is_told_when_the_page_was_away(enter: Enter, workbench: Workbench) -> None:
    visit, lab = enter_lab(enter)
    cells = open_notebook(lab).locator(".jp-CodeCell")
    gate = workbench.root / "gate"
    waits = f"any(time.sleep(0.1) for _ in iter(pathlib.Path('{gate}').exists, True))"
    write_cell(cells.nth(0), f"import pathlib, time; {waits}; print('arrived')")
    choose(cells.nth(0), "Send Selected Cells to a Job")
    expect(lab.job.get_by_role("heading", name="work.ipynb: 1 cell")).to_be_visible()
    [job] = workbench.running_jobs()
    visit.wait_for_workspace(lambda saved: job["id"] in saved)
    visit.page.goto("about:blank")
    gate.touch()
    eventually_sync(lambda: not workbench.running_jobs())
    gate.unlink()
    visit.page.goto(f"/lab/workspaces/{visit.workspace}")
    lab.page.get_by_role("button", name="Show the Result").click()
    expect(result(lab).first).to_contain_text("arrived")


def test_a_notebook_runs_from_a_cell_on(enter: Enter, workbench: Workbench) -> None:
    _, lab = enter_lab(enter)
    cells = open_notebook(lab).locator(".jp-CodeCell")
    choose(cells.nth(2), "Run Notebook from This Cell as a Job…")
    expect(lab.dialog.get_by_label("Name")).to_have_value("work.ipynb from cell 3")
    lab.dialog.get_by_role("button", name="Run job").click()
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="cell 1 of 1: print('and', 6 * 7)")).to_have_count(1)
    _, submission = job_of(workbench)
    assert (submission["from_cell"], submission["notebook"]) == (2, NAME)
