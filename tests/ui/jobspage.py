"""The page with the table of all jobs, as a person uses it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .visit import LabPage


class JobsPage:
    """The table in the main area, opened from the side panel."""

    def __init__(self, lab: LabPage) -> None:
        self.lab = lab
        self.page = lab.page
        self.body = self.page.locator(".crispdm-JobsPage:visible")
        self.grid = self.body.get_by_role("grid", name="Jobs")
        self.rows = self.grid.locator(".crispdm-DataGrid-row")
        self.search = self.body.get_by_role("searchbox", name="Search jobs")
        self.bar = self.body.get_by_role("toolbar", name="Marked jobs")

    def open(self) -> JobsPage:
        """Open the page by the button of the panel."""
        self.lab.panel.locator('[data-command="jupyter-crispdm:open-jobs"]').first.click()
        expect(self.body).to_be_visible()
        return self

    def submit(self, **job: object) -> str:
        """Submit a job as the person who looks at the page; its id."""
        return str(self.page.evaluate(_SUBMIT, job))

    def row(self, name: str) -> Locator:
        """The row of a job, by the whole of its name."""
        whole = re.compile(f"^{re.escape(name)}$")
        return self.rows.filter(has=self.page.locator(".crispdm-DataGrid-name", has_text=whole))

    def cell(self, name: str, column: str) -> Locator:
        """One cell of a job's row."""
        return self.row(name).locator(f'[data-column="{column}"]')

    def names(self) -> list[str]:
        """The names from top to bottom."""
        return list(self.rows.evaluate_all(_NAMES))

    def head(self, column: str) -> Locator:
        """The head of a column."""
        return self.grid.get_by_role("columnheader", name=column, exact=True)

    def overflowing(self) -> int:
        """By how many pixels the table is wider than its place."""
        return int(self.grid.evaluate("grid => grid.scrollWidth - grid.clientWidth"))

    def choose_columns(self, *labels: str) -> None:
        """Tick columns in the menu, or untick them."""
        self.body.get_by_role("button", name="Choose columns").click()
        for label in labels:
            self.body.get_by_role("checkbox", name=label, exact=True).click()
        self.page.keyboard.press("Escape")

    def sort(self, column: str) -> None:
        """Click the head of a column."""
        self.head(column).get_by_role("button").click()

    def chip(self, state: str) -> Locator:
        """The chip of a state."""
        return self.body.get_by_role("group", name="States").get_by_role("button", name=re.compile(state))

    def menu(self, name: str, entry: str) -> None:
        """Choose something from a job's menu."""
        self.row(name).click(button="right")
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def accept(self, button: str) -> None:
        """Say yes in the dialog."""
        self.lab.dialog.get_by_role("button", name=button, exact=True).click()
        expect(self.lab.dialog).to_have_count(0)


_NAMES = """
rows => rows
  .sort((one, other) => one.dataset.index - other.dataset.index)
  .map(row => row.querySelector('.crispdm-DataGrid-name').textContent)
"""

_SUBMIT = """
async job => {
  const [, token] = document.cookie.match(/_xsrf=([^;]+)/);
  const headers = {'Content-Type': 'application/json', 'X-XSRFToken': token};
  const answer = await fetch('/crispdm/api/jobs', {method: 'POST', body: JSON.stringify(job), headers});
  return (await answer.json()).id;
}
"""
