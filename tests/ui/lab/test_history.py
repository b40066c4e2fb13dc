"""What a notebook was each time it was saved in Lab, what has changed since, and how it comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import LabPage, write_cell

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


@pytest.fixture
def name(workbench: Workbench, request: pytest.FixtureRequest) -> Iterator[str]:
    """A notebook of two cells that nobody has opened, and that has no versions."""
    workbench.clear()
    name = f"{request.node.name}.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in ("rate = 0.1", "print(rate)")]  # type: ignore[no-untyped-call]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})  # type: ignore[no-untyped-call]
    nbformat.write(made, workbench.root / name)  # type: ignore[no-untyped-call]
    yield name
    (workbench.root / name).unlink(missing_ok=True)


class Notebook:
    """A notebook in somebody's Lab."""

    def __init__(self, lab: LabPage, workbench: Workbench, name: str) -> None:
        self.lab, self.workbench, self.name = lab, workbench, name
        self.item = lab.page.locator(".jp-DirListing-item", has_text=name)
        self.cells = lab.page.locator(".jp-NotebookPanel:visible .jp-CodeCell")
        self.versions_page = lab.page.locator(".crispdm-VersionsPage:visible")

    def open(self) -> None:
        """Bring it to the front, with its kernel at work."""
        if not self.item.is_visible():
            self.lab.show_files()
        self.item.dblclick()
        expect(self.cells).to_have_count(2)
        expect(self.lab.page.get_by_text("| Idle")).to_be_visible()
        eventually_sync(lambda: self.kept() == 1)  # as it was found

    def save(self, text: str) -> None:
        """Write into the first cell, save, and wait until that is kept as a version, which happens beside it."""
        write_cell(self.cells.first, text)
        before = self.kept()
        self.lab.page.keyboard.press("ControlOrMeta+s")
        eventually_sync(lambda: self.kept() > before)
        eventually_sync(lambda: self.sources()[0] == text)

    def sources(self) -> list[str]:
        """The cells as they lie on the disk; an empty one while Jupyter writes the file."""
        try:
            cells = json.loads((self.workbench.root / self.name).read_text())["cells"]
        except ValueError:
            return [""]
        return ["".join(cell["source"]) for cell in cells]

    def kept(self) -> int:
        """How many versions there are."""
        with self.workbench.api as api:
            found = api.get("history", params={"path": self.name}).raise_for_status()
            return len(found.json()["versions"])

    def show_versions(self) -> Locator:
        """The kept versions, by the file's context menu."""
        self.item.click(button="right")
        self.lab.page.get_by_role("menuitem", name="Kept Versions…").click()
        expect(self.versions_page.get_by_role("heading", name=self.name)).to_be_visible()
        return self.versions_page

    def restore(self, saying: str) -> None:
        """Restore what is chosen, after a question that says this."""
        self.versions_page.get_by_role("button", name="Restore…").click()
        expect(self.lab.dialog).to_contain_text(saying)
        self.lab.dialog.get_by_role("button", name="Restore").click()
        expect(self.versions_page.get_by_role("status")).to_contain_text("What it was before is kept too.")


def lines(page: Locator, kind: str) -> Locator:
    return page.locator(f'tr[data-kind="{kind}"] .crispdm-Difference-text')


@pytest.mark.proves("history.view")
def test_saved_twice(enter: Enter, workbench: Workbench, name: str) -> None:
    notebook = Notebook(enter("analyst").open_lab(), workbench, name)
    notebook.open()
    notebook.save("rate = 0.01")
    notebook.save("rate = 0.001")

    page = notebook.show_versions()
    kept = page.get_by_role("list", name="Kept versions").get_by_role("button")
    expect(kept).to_have_count(3)
    expect(kept.first).to_contain_text("saved by analyst")
    expect(lines(page, "-")).to_have_text(["rate = 0.01"])
    expect(lines(page, "+")).to_have_text(["rate = 0.001"])
    kept.first.click()
    expect(page).to_contain_text("as it was then")
    kept.last.click()
    expect(page).to_contain_text("Cell 1 (code): changed")
    expect(lines(page, "-")).to_have_text(["rate = 0.1"])

    notebook.restore("What it is now is kept as a version too")
    eventually_sync(lambda: notebook.sources() == ["rate = 0.1", "print(rate)"])
    notebook.item.dblclick()
    expect(notebook.cells.first).to_contain_text("rate = 0.1")

    notebook.show_versions()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    eventually_sync(lambda: notebook.sources()[0] == "rate = 0.001")


@pytest.mark.proves("history.view")
def test_not_saved(enter: Enter, workbench: Workbench, name: str) -> None:
    """What is open and not saved when a version is restored is kept as well."""
    notebook = Notebook(enter("analyst").open_lab(), workbench, name)
    notebook.open()
    notebook.save("saved = True")
    write_cell(notebook.cells.first, "unsaved = True")
    page = notebook.show_versions()
    page.get_by_role("list", name="Kept versions").get_by_role("button").last.click()
    expect(lines(page, "+")).to_have_text(["saved = True"])
    notebook.restore("these are saved first, and kept too")
    eventually_sync(lambda: notebook.sources()[0] == "rate = 0.1")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    eventually_sync(lambda: notebook.sources()[0] == "unsaved = True")


@pytest.mark.proves("history.layouts-view")
def test_layout(enter: Enter, workbench: Workbench, name: str) -> None:
    visit = enter("analyst")
    notebook = Notebook(visit.open_lab(), workbench, name)
    notebook.open()
    visit.wait_for_workspace(lambda saved: name in saved)
    lab = notebook.lab
    lab.page.get_by_role("menuitem", name="View", exact=True).click()
    lab.page.get_by_role("menuitem", name="Layouts…").click()
    expect(lab.dialog).to_contain_text("The layout as it is now stays in this list.")
    lab.dialog.locator(".crispdm-Layouts-one", has_text=name).first.click()
    with lab.page.expect_navigation():
        lab.dialog.get_by_role("button", name="Restore layout").click()
    expect(lab.page).to_have_url(re.compile(visit.workspace))
    expect(notebook.cells).to_have_count(2)
