"""The login page, in light and in dark."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Enter
from tests.ui.visit import log_in


@pytest.mark.proves("login.password", "cli.lab")
def test_a_wrong_password_is_refused_and_the_right_one_leads_to_lab(enter: Enter) -> None:
    visit = enter()
    visit.forgive.append("401")
    page = visit.page
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))
    log_in(page, "analyst", "no such password")
    expect(page.get_by_role("alert")).to_have_text("Wrong user name or password.")
    expect(page.get_by_label("User")).to_have_value("analyst")
    expect(page.get_by_label("Password")).to_be_focused()
    log_in(page, "analyst")
    expect(page).to_have_url(re.compile(r"/lab"))


def test_after_the_login_one_is_where_one_wanted_to_go(enter: Enter) -> None:
    page = enter().page
    page.goto("/crispdm/licence")
    log_in(page, "analyst")
    expect(page).to_have_url(re.compile("/crispdm/licence$"))


def test_a_log_out_ends_the_session_on_the_server_too(enter: Enter) -> None:
    visit = enter()
    visit.forgive.append("403")
    page = visit.page
    log_in(page, "viewer")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    [session] = [cookie for cookie in visit.context.cookies() if cookie["name"].startswith("username-")]
    page.get_by_role("link", name="Log out").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    visit.context.add_cookies([{"name": session["name"], "value": session["value"], "url": page.url}])
    page.goto("/crispdm/")
    expect(page).to_have_url(re.compile("/login"))


@pytest.mark.proves("ui.readable")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_in_light_and_dark(
    enter: Enter, scheme: Literal["light", "dark"]
) -> None:
    page = enter(scheme=scheme).page
    page.goto("/login")
    for part in ("h1", "label", ".button", "footer"):
        assert page.locator(part).first.evaluate(_CONTRAST) >= 4.5, part


_CONTRAST = """
element => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue]
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  let behind = element;
  while (rgb(getComputedStyle(behind).backgroundColor)[3] === 0) { behind = behind.parentElement; }
  const shades = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(rgb).map(light);
  return (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05);
}
"""
