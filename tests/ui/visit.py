"""What a person does in a page, and what the page must not do meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.support import eventually_sync

from .server import PASSWORD, Workbench

PATIENCE = 60_000
"""Milliseconds for a fact to come true: much more than it takes, for a machine that is busy."""

STOCK_NOISE = re.compile(
    # Voila brings older parts of Lab than Lab itself, and says so for each
    r"No satisfying version|Unsatisfied version"
    # and has a Yjs of its own in its bundle, which it shares with nobody; ours meets none of its documents
    r"|Yjs was already imported"
)


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form, send it, and wait for the answer: whoever goes elsewhere before has no cookie yet."""
    if "/login" not in page.url:
        page.goto("/login")
    page.get_by_label("User").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/login" in answer.url):
        page.get_by_role("button", name="Log in").click()


def write_cell(cell: Locator, text: str) -> None:
    """Write other source into a cell of a notebook, once its editor has the focus: else letters are commands."""
    editor, keyboard = cell.locator(".cm-content"), cell.page.keyboard
    editor.click()
    expect(editor).to_be_focused()
    keyboard.press("ControlOrMeta+a")
    keyboard.type(text)
    expect(editor).to_have_text(text)
    keyboard.press("Escape")


@dataclass
class Visit:
    """One page and its person. `forgive` holds patterns of complaints that a test provokes."""

    context: BrowserContext
    page: Page
    workbench: Workbench
    name: str
    forgive: list[str] = field(default_factory=list)
    workspace: str = ""
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._note(request.url))

    def check(self) -> None:
        """Fail when the page complained, or spoke to another host."""
        assert not self.strangers, self.strangers
        forgiven = [re.compile(pattern) for pattern in self.forgive]
        left = [text for text in self.complaints if not any(known.search(text) for known in forgiven)]
        assert not left, left

    def open_lab(self) -> LabPage:
        """JupyterLab in a workspace of this test's own, with the CRISP-DM panel in front."""
        self.workspace = re.sub(r"[^a-z0-9]+", "-", self.name)
        self.page.goto(f"/lab/workspaces/{self.workspace}")
        lab = LabPage(self.page)
        lab.is_there()
        lab.show_panel()
        return lab

    def wait_for_workspace(self, holds: Callable[[str], bool]) -> None:
        """Wait until Lab has saved its layout, so that a reload finds it."""
        url = f"/lab/api/workspaces/{self.workspace}"
        eventually_sync(lambda: holds(self.page.request.get(url).text().replace(" ", "")))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not STOCK_NOISE.search(message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _note(self, url: str) -> None:
        if not url.startswith((self.workbench.url, "data:", "blob:", "about:")):
            self.strangers.append(url)


class LabPage:
    """JupyterLab with our panel and job pages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("region", name="CRISP-DM")
        self.rows = self.panel.locator(".crispdm-JobRow")
        self.job = page.locator(".crispdm-JobPage:visible")
        self.dialog = page.locator(".jp-Dialog")
        self.banner = self.job.locator(".crispdm-Banner")
        self.lines = self.job.locator(".crispdm-Log-line")
        self.status = self.job.locator(".crispdm-JobHeader-outcome")

    def is_there(self) -> None:
        """Wait until Lab has its layout, and the launcher, which opens last, has the focus: neither moves any more."""
        expect(self.page.locator(".jp-SideBar.jp-mod-left")).to_be_visible()
        self.page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        expect(self.page.locator(".jp-Launcher")).to_be_visible()

    def show_panel(self) -> None:
        """Bring our side panel to the front; a click on the tab of what is in front would hide it."""
        tab = self.page.locator('.jp-SideBar [data-id="jupyter-crispdm:panel"]')
        expect(tab).to_be_visible()
        if not self.panel.is_visible():
            tab.click()
        expect(self.panel).to_be_visible()

    def show_files(self) -> None:
        """Bring the file browser to the front."""
        self.page.locator('.jp-SideBar [data-id="filebrowser"]').click()

    def run_as_job(self, file: str, name: str, environment: str) -> None:
        """Run a file by the file browser's context menu, and wait for the page of the job."""
        self.show_files()
        self.page.locator(".jp-DirListing-item", has_text=file).click(button="right")
        self.page.get_by_role("menuitem", name="Run as Job…").click()
        picker = self.dialog.get_by_label("Environment")
        label = picker.locator("option", has_text=environment)
        expect(label).to_have_count(1)
        picker.select_option(label=label.text_content())
        self.dialog.get_by_label("Name").fill(name)
        self.dialog.get_by_role("button", name="Run job").click()
        expect(self.job.get_by_role("heading", name=name)).to_be_visible()
        self.show_panel()

    def row(self, name: str) -> Locator:
        """The row of a job in the panel."""
        return self.rows.filter(has_text=name)

    def say(self, text: str) -> None:
        """Send a line to the job's standard input."""
        line = self.job.get_by_label("Input for the job")
        line.fill(text)
        with self.page.expect_response(lambda reply: reply.url.endswith("/input") and reply.ok):
            line.press("Enter")

    def tab(self, name: str) -> None:
        """Show a part of the job page."""
        self.job.get_by_role("tab", name=re.compile(rf"^{name}( \(\d+\))?$")).click()

    def search_log(self, text: str) -> None:
        """Search the log as one does who knows the key, once the page has the focus."""
        has_focus = "page => page.closest('.jp-MainAreaWidget').contains(document.activeElement)"
        eventually_sync(lambda: self.job.evaluate(has_focus))
        self.page.keyboard.press("Control+f")
        expect(self.job.get_by_role("searchbox", name="Search the log")).to_be_focused()
        self.page.keyboard.type(text)

    def drag_out(self, title: Locator) -> None:
        """Drag the title of a chart to the lower edge of the main area, where it gets a tab of its own."""
        title.hover(position={"x": 30, "y": 8})  # once it stands still
        begin, main = title.bounding_box(), self.page.locator("#jp-main-dock-panel").bounding_box()
        assert begin
        assert main
        self.page.mouse.down()
        self.page.mouse.move(begin["x"] + 60, begin["y"] + 40, steps=5)
        self.page.mouse.move(main["x"] + main["width"] / 2, main["y"] + main["height"] - 15, steps=10)
        expect(self.page.locator(".lm-DockPanel-overlay:not(.lm-mod-hidden)")).to_be_visible()
        self.page.mouse.up()

    def log(self) -> list[str]:
        """All lines of the log, read by scrolling through it."""
        return list(self.job.locator(".crispdm-Log-scroller").evaluate(_READ_LOG))


_READ_LOG = """
async scroller => {
  const lines = new Map();
  const settle = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const read = () => scroller.querySelectorAll('.crispdm-Log-line').forEach(line =>
    lines.set(new DOMMatrix(getComputedStyle(line).transform).m42, line.textContent));
  for (let top = 0; ; top += scroller.clientHeight / 2) {
    scroller.scrollTop = top;
    await settle();
    read();
    if (top >= scroller.scrollHeight) {
      return [...lines].sort(([a], [b]) => a - b).map(([, text]) => text);
    }
  }
}
"""
