"""Environments in Lab: found, searched, made, compared, cloned and deleted; many of them, and with long names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.many import SLOW_STEP, scroll
from tests.ui.server import Workbench
from tests.ui.test_looks import THEMES, choose_theme
from tests.ui.visit import LabPage
from tests.wheels import make_wheel

LONG = "the-environment-of-a-study-on-learning-rates-and-batch-sizes-of-last-year"


@pytest.fixture(autouse=True)
def idle(workbench: Workbench) -> Iterator[None]:
    """No test sees the jobs or the environments of another."""
    workbench.clear()
    yield
    workbench.stop_jobs()
    made = (workbench.root / "many", workbench.data / "environments")
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
    eventually_sync(lambda: not [prefix for prefix in prefixes(workbench) if set(made) & set(prefix.parents)])


def prefixes(workbench: Workbench) -> list[Path]:
    """Where the environments lie that the server knows."""
    with workbench.api as api:
        return [Path(one["prefix"]) for one in api.get("environments").json()["environments"]]


class Environments:
    """The section of the side panel, brought to its full height."""

    def __init__(self, lab: LabPage) -> None:
        self.lab = lab
        for title in ("Jobs", "Models", "Schedules"):
            header = lab.panel.locator(".jp-AccordionPanel-title, .lm-AccordionPanel-title", has_text=title)
            if header.count() and "lm-mod-expanded" in (header.first.get_attribute("class") or ""):
                header.first.locator(".lm-AccordionPanel-titleCollapser").click()
        self.rows = lab.panel.locator(".crispdm-mod-environment")
        self.filter = lab.panel.get_by_label("Filter environments")
        expect(self.rows.first).to_be_visible()

    def row(self, name: str) -> Locator:
        """The row of one environment."""
        named = self.lab.page.locator(".crispdm-List-name", has_text=name)
        return self.rows.filter(has=named)

    def choose(self, name: str, command: str) -> None:
        """Open the menu of a row by its button, and choose a command."""
        self.lab.panel.get_by_role("button", name=f"More for {name}", exact=True).click()
        self.lab.page.get_by_role("menuitem", name=command, exact=True).click()

    def new(self) -> None:
        """Open the form for a new environment."""
        self.lab.panel.locator('[data-command="jupyter-crispdm:new-environment"]').click()
        expect(self.lab.dialog).to_contain_text("New environment")

    def make(self) -> None:
        """Send the form, and see the job succeed on its page."""
        self.lab.dialog.get_by_role("button", name="Make environment").click()
        expect(self.lab.dialog).to_have_count(0)
        expect(self.lab.status).to_contain_text("Succeeded")


@pytest.mark.proves("environments.made")
def test_a_new_one_and_what_is_wrong_with_the_wish(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("400|409")
    lab = visit.open_lab()
    section = Environments(lab)
    section.new()
    name = lab.dialog.get_by_role("textbox", name="Name")
    packages = lab.dialog.get_by_role("textbox", name="Packages")
    wrong = lab.dialog.locator(".crispdm-Error")
    name.fill("not a name")
    lab.dialog.get_by_role("button", name="Make environment").click()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_contain_text("letters, digits")
    name.fill("study")
    packages.fill("--index-url x")
    lab.dialog.get_by_role("button", name="Make environment").click()
    expect(wrong).to_contain_text("is not a requirement")
    packages.fill(f"greeting @ {make_wheel(workbench.root).as_uri()}")
    lab.dialog.get_by_label("Made by").select_option("uv")
    section.make()

    section.choose("study", "Packages…")
    expect(lab.dialog.get_by_role("row", name="greeting 1.0")).to_be_visible()
    lab.dialog.get_by_label("Search packages").fill("nothing")
    expect(lab.dialog).to_contain_text("No package.")


@pytest.mark.proves("environments.packages")
def test_clone_compare_export_and_delete(enter: Enter, workbench: Workbench) -> None:
    with workbench.api as api:
        wish = {"name": "study", "kind": "uv", "packages": [f"greeting @ {make_wheel(workbench.root).as_uri()}"]}
        api.post("environments", json=wish).raise_for_status()
    lab = enter("analyst").open_lab()
    section = Environments(lab)
    expect(section.row("study")).to_be_visible()
    section.choose("study", "Clone…")
    expect(lab.dialog.get_by_role("textbox", name="Name")).to_have_value("study-copy")
    section.make()

    expect(section.row("study-copy")).to_be_visible()  # the job that made it is over sooner
    section.choose("study", "Compare with…")
    copy = lab.dialog.locator("option", has_text="study-copy").get_attribute("value")
    lab.dialog.get_by_label("Environment").select_option(value=copy)
    expect(lab.dialog).to_contain_text("No difference.")
    lab.dialog.get_by_label("Environment").select_option(value="server")
    expect(lab.dialog.get_by_role("row", name="greeting 1.0 –")).to_be_visible()
    lab.dialog.get_by_role("button", name="Close").click()

    with lab.page.expect_download() as download:
        section.choose("study", "Export as requirements.txt")
    assert "greeting @ file://" in Path(download.value.path()).read_text()

    section.choose("study", "Delete…")
    expect(lab.dialog).to_contain_text(str(workbench.data / "environments" / "study"))
    lab.dialog.get_by_role("button", name="Delete environment").click()
    expect(section.row("study")).to_have_count(1)  # the copy stays


@pytest.mark.proves("kernels.one-click")
def test_a_kernel_is_made_with_one_click(enter: Enter, workbench: Workbench) -> None:
    lab = enter("analyst").open_lab()
    section = Environments(lab)
    button = lab.panel.get_by_role("button", name="Make vision a kernel for notebooks")
    button.click()
    expect(section.row("vision")).to_have_attribute("data-ready", "true")
    expect(button).to_have_count(0)
    with workbench.jupyter as api:
        specs = api.get("kernelspecs").json()["kernelspecs"].values()
    assert [spec for spec in specs if spec["spec"]["display_name"].startswith("vision ")]


@pytest.mark.proves("environments.three-hundred")
@pytest.mark.parametrize("scheme", THEMES)
def test_three_hundred_with_long_names_are_smooth(
    enter: Enter, workbench: Workbench, scheme: str
) -> None:
    many = workbench.root / "many"
    for number in range(300):
        prefix = many / (f"{LONG}-{number:03}" if number % 10 == 0 else f"study-{number:03}")
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / "python").symlink_to(workbench.root / "vision/.venv/bin/python")
        (prefix / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    shutil.rmtree(many / "study-299" / "bin")
    visit = enter("analyst")
    choose_theme(visit, THEMES[scheme])
    lab = visit.open_lab()
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES[scheme])
    section = Environments(lab)
    eventually_sync(lambda: section.rows.count() >= 300)
    scroller = section.rows.first.locator("xpath=ancestor::*[contains(@class, 'crispdm-View')]")
    assert scroll(scroller) < SLOW_STEP
    cut = section.row(f"{LONG}-010").locator(".crispdm-List-name")
    assert cut.evaluate("name => name.scrollWidth > name.clientWidth")
    told = re.compile(f"^{many}/{LONG}-010\nIt has no ipykernel")
    expect(section.row(f"{LONG}-010")).to_have_attribute("title", told)
    section.filter.fill("STUDY-29")
    expect(section.rows).to_have_count(9)  # the tenth has a long name
    expect(section.row("study-299")).to_contain_text("It has no interpreter")
    section.filter.fill("no such thing")
    expect(lab.panel).to_contain_text("No environment matches.")
