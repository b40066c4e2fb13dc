"""One workbench for all tests here, one browser, and for each test a page in which somebody is logged in."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from .install_browser import find_browser
from .server import Workbench
from .visit import PATIENCE, Visit, log_in

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

Enter = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of pages come last, because Playwright holds the thread's event loop from the first one on."""
    pages = [item for item in items if HERE in item.path.parents]
    for item in pages:
        item.add_marker(pytest.mark.ui)
        item.add_marker(pytest.mark.timeout(600))  # a busy machine may take its time
    items[:] = [item for item in items if item not in pages] + pages


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """None of pytest-jupyter's: Playwright runs the loop of this thread, from its start on."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """There is no server in this process to clean up."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = find_browser()
    assert path, f"No Chromium was found. Install one: {sys.executable} tests/ui/install_browser.py"
    expect.set_options(timeout=PATIENCE)
    launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS), timeout=PATIENCE)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A server with three users, a project with an environment of its own, one dashboard and one private notebook."""
    made = Workbench(tmp_path_factory.mktemp("workbench"))
    shutil.copy(HERE / "training.py", made.root)
    for place in ("dashboards", "private"):
        (made.root / place).mkdir()
        shutil.copy(PROJECT / "notebooks/training.ipynb", made.root / place)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made.root / "vision/.venv"], check=True)
    made.add_admin()
    try:
        made.start()
        made.add_users()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def logins(workbench: Workbench, browser: Browser) -> Callable[[str], Path]:
    """The cookies of a role, after one login through the page."""
    known: dict[str, Path] = {}

    def login(role: str) -> Path:
        if role not in known:
            context = browser.new_context(base_url=workbench.url)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            log_in(page, role)
            expect(page).not_to_have_url(re.compile("/login"))  # before that the cookie may still be on its way
            known[role] = workbench.data.parent / f"{role}.json"
            context.storage_state(path=known[role])
            context.close()
        return known[role]

    return login


@pytest.fixture
def enter(
    workbench: Workbench, browser: Browser, logins: Callable[[str], Path], request: pytest.FixtureRequest
) -> Iterator[Enter]:
    """Opens a page for a role. Afterwards no page may have complained, or asked another host for anything."""
    visits: list[Visit] = []

    def open_page(role: str | None = None, scheme: Literal["light", "dark"] = "light") -> Visit:
        context = browser.new_context(
            base_url=workbench.url,
            viewport={"width": 1440, "height": 900},
            color_scheme=scheme,
            storage_state=None if role is None else logins(role),
        )
        context.set_default_timeout(PATIENCE)  # also of pages that a test opens beside the first
        visits.append(Visit(context, context.new_page(), workbench, request.node.name))
        return visits[-1]

    yield open_page
    for visit in visits:
        visit.context.close()
    workbench.forget_people()
    for visit in visits:
        visit.check()
