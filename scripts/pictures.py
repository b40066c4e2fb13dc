"""Takes the pictures of README and docs from the real demo: `make pictures`.

The demo is started in a folder of its own and trains for real; three shorter trainings run beside it, so that there is
something to compare. Then the pages are opened in Chromium and photographed, in light and in dark.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.jobs.types import JobState
from tests.ports import free_port
from tests.ui.conftest import FLAGS
from tests.ui.install_browser import find_browser
from tests.ui.jobspage import JobsPage
from tests.ui.visit import LabPage, log_in

IMAGES = Path(__file__).parents[1] / "docs/images"
WIDE: ViewportSize = {"width": 1440, "height": 900}
PATIENCE = 90_000
RATES = ("0.001", "0.006", "0.02")
TALK = (
    ("viewer", "Two alarms within a minute on line 1. The roll again?"),
    ("analyst", "Probably. I have labelled both; the next training gets them."),
    ("viewer", "Cleaned it. Watching."),
)
Scheme = Literal["light", "dark"]


class Demo:
    """The demo of this checkout, and how to log in to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.password = secrets.token_urlsafe(12)
        self.runtime = folder / "runtime"
        self._environ = {
            **os.environ, "CRISPDM_DEMO_PASSWORD": self.password, "JUPYTER_RUNTIME_DIR": str(self.runtime),
        }  # fmt: skip
        self._folder = folder / "digits"
        self.lab = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start it, and go on as soon as the training runs; in the end stop it and its jobs."""
        ports = ["--port", str(free_port()), "--serving-port", "0"]
        command = [sys.executable, "-m", "jupyter_crispdm", "demo", "--no-browser", "--dir", str(self._folder), *ports]
        said = self._folder.with_suffix(".log")
        with said.open("w") as output, subprocess.Popen(command, env=self._environ, stdout=output) as process:
            try:
                self.lab = self._address(process, said)
                yield
            finally:
                if process.poll() is None:
                    self.client().jobs.stop_all()
                    process.send_signal(signal.SIGINT)

    def client(self) -> Client:
        """A client of its server."""
        os.environ["JUPYTER_RUNTIME_DIR"] = str(self.runtime)
        return connect()

    def _address(self, process: subprocess.Popen[bytes], said: Path) -> str:
        """The page of the training, once it runs."""
        while process.poll() is None:
            if found := re.search(r"Watch the training: (\S+)", said.read_text()):
                return found[1]
            time.sleep(0.2)
        raise SystemExit(f"The demo ended before it trained:\n{said.read_text()}")

    @property
    def url(self) -> str:
        """The server's address."""
        return self.lab.partition("lab?")[0]


def sweep(client: Client) -> list[str]:
    """Three short trainings that differ in their learning rate; answers their names when they are over."""
    first = client.jobs.list()[-1]
    names = [f"U-Net, learning rate {rate}" for rate in RATES]
    short = ["--epochs", "4", "--steps", "8", "--batch", "8", "--held-out", "8", "--width", "8"]
    made = [
        client.jobs.submit(
            script="train.py", args=[*short, "--lr", rate], environment=first.environment, name=name, tags=["sweep"]
        )
        for name, rate in zip(names, RATES, strict=True)
    ]
    for job in made:
        done = client.jobs.wait(job.id)
        assert done.state is JobState.succeeded, done.reason
    return names


def page_of(browser: Browser, demo: Demo, name: str, scheme: Scheme) -> Page:
    """A page in which somebody is logged in."""
    context = browser.new_context(base_url=demo.url, viewport=WIDE, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    log_in(page, name, demo.password)
    expect(page).not_to_have_url(re.compile("/login"))
    return page


def choose_theme(page: Page, scheme: Scheme) -> None:
    """Choose Lab's theme, as its settings page does."""
    name = f"JupyterLab {scheme.title()}"
    [token] = [cookie["value"] for cookie in page.context.cookies() if cookie.get("name") == "_xsrf"]
    url = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    settings = {"raw": json.dumps({"theme": name})}
    assert page.context.request.put(url, data=settings, headers={"X-XSRFToken": token}).ok


def photograph(page: Page, name: str) -> None:
    """Write one picture, when nothing moves over it."""
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    page.wait_for_timeout(500)  # lets a transition end: this is a picture, not a test
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"{name}.png", flush=True)


def lab_pictures(browser: Browser, demo: Demo, names: list[str], scheme: Scheme) -> None:
    """The running training in Lab; in light also the table of all jobs and a comparison."""
    page = page_of(browser, demo, "analyst", scheme)
    choose_theme(page, scheme)
    page.goto(demo.lab)
    lab = LabPage(page)
    expect(lab.job.locator(".crispdm-Chart canvas").first).to_be_visible()
    lab.show_panel()  # after Lab has restored its layout, which may show it by itself
    photograph(page, f"lab-{scheme}")
    if scheme == "light":
        table_pictures(page, lab, names)
    page.context.close()


def table_pictures(page: Page, lab: LabPage, names: list[str]) -> None:
    """All jobs, and three of them compared."""
    jobs = JobsPage(lab).open()
    jobs.row(names[0]).click()
    for name in names[1:]:
        jobs.row(name).click(modifiers=["Control"])
    photograph(page, "jobs-light")
    jobs.bar.get_by_role("button", name="Compare jobs").click()
    expect(page.get_by_role("table", name="Jobs side by side")).to_be_visible()
    photograph(page, "compare")


def dashboard_pictures(browser: Browser, demo: Demo) -> None:
    """The dashboards as a viewer sees them: all of them, the running training, the data, the files."""
    page = page_of(browser, demo, "viewer", "light")
    expect(page.get_by_role("link", name="Handwritten digits").first).to_be_visible()
    photograph(page, "home")
    page.goto("/voila/render/dashboards/digits.ipynb?page=modeling")
    row = page.locator(".crispdm-JobRow", has_text="Train a U-Net on digits")
    row.click()
    expect(page.locator(".crispdm-TrainingPlot-figure path.line").first).to_be_visible()
    photograph(page, "dashboard")
    page.get_by_role("link", name="Data understanding").click()
    expect(page.locator(".widget-image:visible").first).to_be_visible()
    photograph(page, "dashboard-data")
    page.get_by_role("link", name="Files", exact=True).click()
    names = page.locator(".crispdm-FileName-head:visible")
    names.filter(has_text="pictures").first.click()
    expect(names.filter(has_text="digits-01").first).to_be_visible()
    photograph(page, "files")
    page.context.close()


def shared_pictures(browser: Browser, demo: Demo) -> None:
    """The line as a viewer watches it, and the chat in which they talk about it with an analyst."""
    viewer = page_of(browser, demo, "viewer", "light")
    viewer.goto("/voila/render/dashboards/monitor.ipynb")
    expect(viewer.locator(".crispdm-Events-table tbody tr")).to_have_count(3)
    photograph(viewer, "monitor")
    analyst = page_of(browser, demo, "analyst", "light")
    for page in (viewer, analyst):
        page.goto("/voila/render/dashboards/chat.ipynb")
    topic = analyst.get_by_label("Topic")
    expect(topic).to_be_editable()
    topic.fill("What the line tells us, and what we do about it")
    for name, text in TALK:
        message = (viewer if name == "viewer" else analyst).get_by_label("Message", exact=True)
        message.fill(text)
        message.press("Enter")
        expect(viewer.locator(".crispdm-Chat-text", has_text=text)).to_be_visible()
    photograph(viewer, "chat")
    for page in (viewer, analyst):
        page.context.close()


def main(folder: str) -> int:
    """Take all of them, with the demo in a folder."""
    IMAGES.mkdir(exist_ok=True)
    began = time.monotonic()
    with sync_playwright() as playwright:
        demo = Demo(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        expect.set_options(timeout=PATIENCE)
        with demo.running():
            names = sweep(demo.client())
            lab_pictures(browser, demo, names, "light")
            lab_pictures(browser, demo, names, "dark")
            dashboard_pictures(browser, demo)
            shared_pictures(browser, demo)
        browser.close()
    print(f"done after {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:  # a folder that stays: the second time is quick
        raise SystemExit(main(sys.argv[1]))
    with tempfile.TemporaryDirectory() as temporary:
        raise SystemExit(main(temporary))
