"""The pages at the door as people see them: the header of a dashboard, themes, errors, and the goodbye."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Enter
from tests.ui.server import Workbench

DASHBOARD = "/voila/render/dashboards/quiet.ipynb"
QUIET = json.dumps({
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Quiet"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
})  # fmt: skip
DARK, LIGHT = "rgb(66, 66, 66)", "rgb(238, 238, 238)"


@pytest.fixture(autouse=True)
def quiet(workbench: Workbench) -> Iterator[None]:
    """A dashboard of one line."""
    file = workbench.root / "dashboards/quiet.ipynb"
    file.write_text(QUIET)
    yield
    file.unlink()


def open_dashboard(page: Page, address: str = DASHBOARD) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Quiet")).to_be_visible()


@pytest.mark.proves("ui.dashboard-theme")
def test_a_dashboard_says_who_looks_and_leads_home_and_out_by_keyboard(enter: Enter) -> None:
    page = enter("viewer").page
    open_dashboard(page)
    banner = page.get_by_role("banner")
    expect(banner.get_by_text("viewer", exact=True)).to_be_visible()
    for focused in ("All dashboards", "Theme", "Log out"):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent")
        assert focused in label
    banner.get_by_role("link", name="All dashboards").press("Enter")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()


@pytest.mark.proves("ui.dashboard-theme")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dashboard_and_our_pages_follow_the_system_until_a_theme_is_chosen(
    enter: Enter, scheme: Literal["light", "dark"]
) -> None:
    page = enter("viewer", scheme).page
    open_dashboard(page)
    body = page.locator("body")
    expect(body).to_have_css("background-color", DARK if scheme == "dark" else LIGHT)
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    expect(body).to_have_css("background-color", LIGHT if scheme == "dark" else DARK)

    page.emulate_media(color_scheme=scheme)
    other = "light" if scheme == "dark" else "dark"
    page.get_by_label("Theme").select_option(other)
    expect(body).to_have_attribute("data-jp-theme-light", str(other == "light").lower())
    expect(body).to_have_css("background-color", DARK if other == "dark" else LIGHT)
    page.goto("/crispdm/")
    expect(body).to_have_css("background-color", "rgb(16, 21, 28)" if other == "dark" else "rgb(244, 246, 249)")
    open_dashboard(page)
    expect(page.get_by_label("Theme")).to_have_value(other)
    expect(body).to_have_css("background-color", DARK if other == "dark" else LIGHT)
    page.get_by_label("Theme").select_option("auto")
    page.goto("/crispdm/")
    expect(body).to_have_css("background-color", "rgb(16, 21, 28)" if scheme == "dark" else "rgb(244, 246, 249)")


def test_the_address_chooses_a_theme(enter: Enter) -> None:
    page = enter("viewer").page
    open_dashboard(page, f"{DASHBOARD}?theme=dark")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    expect(page.locator("body")).to_have_class("jp-Notebook theme-dark")


@pytest.mark.proves("door.error-pages")
@pytest.mark.parametrize(
    ("role", "address", "title", "home"),
    [
        ("viewer", "/lab", "This is not open to you", "Your dashboards"),
        ("viewer", "/voila/render/private/training.ipynb", "This is not open to you", "Your dashboards"),
        ("viewer", "/voila/render/dashboards/gone.ipynb", "There is no such page", "Your dashboards"),
        ("analyst", "/voila/render/nothing.ipynb", "There is no such page", "JupyterLab"),
        ("analyst", "/view/nothing.html", "There is no such page", "JupyterLab"),
        ("analyst", "/nothing/here", "There is no such page", "JupyterLab"),
        ("analyst", f"{DASHBOARD}?theme=x", "This address cannot be used", "JupyterLab"),
        ("analyst", "/metrics", "This is not open to you", "JupyterLab"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_errors_are_told_in_our_look_and_ask_nobody(
    enter: Enter, role: str, address: str, title: str, home: str, scheme: Literal["light", "dark"]
) -> None:
    visit = enter(role, scheme)
    visit.forgive.append("Failed to load resource")
    visit.page.goto(address)
    expect(visit.page.get_by_role("heading", name=title)).to_be_visible()
    expect(visit.page.get_by_role("link", name=home)).to_be_visible()
    expected = "rgb(16, 21, 28)" if scheme == "dark" else "rgb(244, 246, 249)"
    expect(visit.page.locator("body")).to_have_css("background-color", expected)
    assert visit.strangers == []


@pytest.mark.proves("work.layout-kept")
def test_the_goodbye_offers_to_forget_the_layout(enter: Enter, workbench: Workbench) -> None:
    visit = enter()
    page = visit.page
    page.goto("/login")
    page.get_by_label("User").fill("analyst")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#jp-main-dock-panel")).to_be_visible()
    page.goto("/logout")
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out, and your work here is forgotten.")
    assert not (workbench.data / "people/analyst/workspaces").exists()
