"""Lab in light and in dark, with names longer than their places: nothing is cut, nothing is unreadable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support import eventually_sync

from .conftest import Enter
from .server import Workbench
from .visit import Visit

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LONG = "sweep over all learning rates and batch sizes that were ever proposed in a paper, second attempt"


@pytest.fixture
def busy(workbench: Workbench) -> Iterator[Workbench]:
    """Jobs that ended in several ways."""
    workbench.clear()
    (workbench.root / "broken.py").write_text("raise SystemExit(3)\n")
    with workbench.api as api:
        vision = next(e["id"] for e in api.get("environments").json()["environments"] if e["name"] == "vision")
        over = [
            {"name": LONG, "command": ["true"]},
            {"name": "check the labels", "script": "broken.py"},
            {"name": "prepare the scans", "command": ["echo", "done"], "environment": vision},
        ]
        for job in over:
            api.post("jobs", json=job).raise_for_status()
        eventually_sync(lambda: not workbench.running_jobs())
    yield workbench
    workbench.stop_jobs()


@pytest.mark.proves("ui.readable")
@pytest.mark.parametrize("scheme", THEMES)
def test_lab_is_whole_and_readable(
    enter: Enter, busy: Workbench, scheme: str
) -> None:
    visit = enter("analyst")
    choose_theme(visit, THEMES[scheme])
    lab = visit.open_lab()
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES[scheme])
    lab.run_as_job("training.py", "U-Net on handwriting", "vision")
    expect(lab.rows).to_have_count(4)
    expect(lab.lines.filter(has_text=re.compile("step 0*[1-9][0-9]{2,} ")).first).to_be_visible()
    expect(lab.job.locator(".crispdm-Chart canvas")).to_have_count(2)
    expect(lab.page.locator(".Toastify__toast")).to_have_count(0)
    assert lab.page.evaluate(OVERFLOWS) == []
    assert lab.page.evaluate(FAINT) == []


@pytest.mark.proves("ui.readable")
@pytest.mark.parametrize("scheme", THEMES)
def test_every_colour_of_a_log_is_readable(enter: Enter, workbench: Workbench, scheme: str) -> None:
    workbench.clear()
    (workbench.root / "colours.py").write_text(COLOURS)
    with workbench.api as api:
        api.post("jobs", json={"script": "colours.py", "name": "colours"}).raise_for_status()
        eventually_sync(lambda: not workbench.running_jobs())
    visit = enter("analyst")
    choose_theme(visit, THEMES[scheme])
    lab = visit.open_lab()
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES[scheme])
    lab.row("colours").get_by_role("button").first.click()
    expect(lab.lines).to_have_count(16)
    lab.search_log("colour 95")
    expect(lab.job.locator("mark")).to_have_count(1)
    lab.job.get_by_role("button", name="Details").click()
    expect(lab.job.locator(".crispdm-Facts")).to_be_visible()
    assert lab.page.evaluate(FAINT) == []


def choose_theme(visit: Visit, theme: str) -> None:
    """Choose a theme as the settings page does."""
    settings = {"raw": json.dumps({"theme": theme})}
    [token] = [cookie["value"] for cookie in visit.context.cookies() if cookie["name"] == "_xsrf"]
    url = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    answer = visit.context.request.put(url, data=settings, headers={"X-XSRFToken": token})
    assert answer.ok, answer.text()


COLOURS = """
for code in (*range(30, 38), *range(90, 98)):
    print(f"\\x1b[{code}mcolour {code}\\x1b[0m plain")
"""

OVERFLOWS = """
() => [...document.querySelectorAll('.crispdm-JobPage, .crispdm-Panel, .crispdm-JobRow, .crispdm-JobHeader')]
  .filter(part => part.scrollWidth > part.clientWidth + 1)
  .map(part => part.className)
"""

FAINT = """
() => {
  const read = colour => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith('color(srgb') ? 1 : 255;
    return { shade: [red, green, blue].map(part => part / scale), alpha };
  };
  const light = shade => shade
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = part => {
    const { shade, alpha } = read(getComputedStyle(part).backgroundColor);
    if (alpha === 1 || !part.parentElement) return shade;
    const below = behind(part.parentElement);
    return shade.map((one, at) => alpha * one + (1 - alpha) * below[at]);
  };
  const contrast = part => {
    const shades = [light(read(getComputedStyle(part).color).shade), light(behind(part))];
    return (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05);
  };
  const written = part => [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll('.crispdm-JobPage *, .crispdm-Panel .crispdm-View *')]
    .filter(part => written(part) && part.checkVisibility() && !part.disabled && contrast(part) < 4.5)
    .map(part => `${part.className || part.tagName}: ${part.textContent.slice(0, 40)} (${contrast(part).toFixed(1)})`);
}
"""
