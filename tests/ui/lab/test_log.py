"""A long log in Lab: any place of it, search over all of it, its error, times, folds, links into files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import LabPage

LINES = 40_000
SCRIPT = f"""
import sys
for number in range({LINES}):
    print(f"step {{number:07}} loss {{1 / (number + 1):.6f}}", "needle" if number in (5, 25_000) else "")
for _ in range(40):
    print("UserWarning: the last layer is not used")
print("\\x1b[32mdone\\x1b[0m", flush=True)
def main():
    raise ValueError("the loss is gone")
main()
"""


@pytest.fixture(scope="module")
def job(workbench: Workbench) -> Iterator[str]:
    """A job that has printed some 1.3 MB and then failed."""
    (workbench.root / "long.py").write_text(SCRIPT)
    with workbench.api as api:
        made = api.post("jobs", json={"script": "long.py", "name": "long log"}).json()
        eventually_sync(lambda: api.get(f"jobs/{made['id']}").json()["state"] == "failed", 120)
    yield made["id"]
    workbench.clear()


@pytest.fixture
def lab(enter: Enter, job: str) -> LabPage:
    lab = enter("analyst").open_lab()
    lab.row("long log").get_by_role("button").first.click()
    lab.tab("Log")
    expect(lab.lines.filter(has_text="ValueError: the loss is gone")).to_have_count(1)
    return lab


def tool(lab: LabPage, name: str) -> Locator:
    return lab.job.get_by_role("toolbar", name="Log tools").get_by_role("button", name=name, exact=True)


def take(lab: LabPage, name: str) -> None:
    """A picture for whoever looks at it, where CRISPDM_SHOTS names a folder."""
    folder = os.environ.get("CRISPDM_SHOTS")
    if folder:
        lab.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.proves("training.log-search", "training.log-anywhere")
def test_the_whole_log_is_searched_and_gone_to(lab: LabPage) -> None:
    take(lab, "end")
    lab.search_log("needle")
    found = lab.job.get_by_role("search").get_by_role("status")
    current = lab.job.locator("mark[data-current]")
    line = lab.job.locator(".crispdm-Log-line:has(mark[data-current])")
    expect(found).to_have_text("1 of 2")
    expect(current).to_be_in_viewport()
    expect(line).to_contain_text("step 0000005 ")
    lab.page.keyboard.press("Enter")
    expect(line).to_contain_text("step 0025000 ")
    expect(current).to_be_in_viewport()
    take(lab, "found")
    scroller = lab.job.locator(".crispdm-Log-scroller")
    scroller.hover()
    for first in (24_000, 22_500):  # beyond what was asked for at first
        eventually_sync(partial(rolled_up_to, lab, first))
    eventually_sync(lambda: is_without_gap(numbers(lab)))
    tool(lab, "To the end").click()
    expect(lab.lines.filter(has_text="ValueError: the loss is gone")).to_be_in_viewport()


def rolled_up_to(lab: LabPage, step: int) -> bool:
    """Whether the wheel, turned once more, has shown an earlier step."""
    lab.page.mouse.wheel(0, -3000)
    return any(number < step for number in numbers(lab))


def is_without_gap(steps: list[int]) -> bool:
    """Whether each line is followed by the next one; what is still on its way leaves gaps."""
    return bool(steps) and steps == list(range(steps[0], steps[0] + len(steps)))


def numbers(lab: LabPage) -> list[int]:
    """The steps of the lines in the page, in their order."""
    texts = lab.lines.evaluate_all(
        "lines => lines.map(line => [new DOMMatrix(line.style.transform).f, line.textContent])"
        ".sort((a, b) => a[0] - b[0]).map(pair => pair[1])"
    )
    return [int(found[1]) for text in texts if (found := re.match(r"step (\d+) ", text))]


@pytest.mark.proves("training.log-errors", "training.log-links")
def test_the_error_is_gone_to_and_its_file_opened(lab: LabPage) -> None:
    lab.job.get_by_role("slider", name="Place in the log").press("Home")
    expect(lab.lines.filter(has_text="step 0000000 ")).to_be_in_viewport()
    take(lab, "begin")
    tool(lab, "First error").click()
    marked = lab.job.locator(".crispdm-Log-line[data-marked]")
    expect(marked).to_have_text("Traceback (most recent call last):")
    expect(marked).to_be_in_viewport()
    take(lab, "error")
    lab.job.locator(".crispdm-Log-link", has_text="long.py").first.click()
    expect(lab.page.locator(".jp-FileEditor:visible")).to_contain_text("raise ValueError")
    expect(lab.page.locator("#jp-main-statusbar")).to_contain_text("Ln 10, Col 1")
    take(lab, "file")


@pytest.mark.proves("training.log-folds", "training.log-times")
def test_repeated_lines_are_one_and_times_are_shown(lab: LabPage) -> None:
    repeated = lab.lines.filter(has_text="UserWarning: the last layer")
    expect(repeated).to_have_count(1)
    tool(lab, "Times").click()
    expect(lab.job.locator(".crispdm-Log-time").first).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    take(lab, "times")
    repeated.get_by_role("button", name="×40").click()
    expect(repeated.nth(5)).to_be_visible()
    tool(lab, "Fold").click()
    expect(repeated.get_by_role("button")).to_have_count(0)


@pytest.mark.proves("training.log-anywhere")
def test_the_map_leads_anywhere(lab: LabPage) -> None:
    map = lab.job.get_by_role("slider", name="Place in the log")
    box = map.bounding_box()
    assert box is not None
    for share in (0.5, 0.1, 0.8):
        lab.page.mouse.click(box["x"] + 6, box["y"] + share * box["height"])
        lab.page.wait_for_function(
            "([map, share]) => Math.abs(map.ariaValueNow / map.ariaValueMax - share) < 0.02",
            arg=[map.element_handle(), share],
        )
        eventually_sync(partial(is_around, lab, share))


def is_around(lab: LabPage, share: float) -> bool:
    """Whether the lines that are shown are those at this part of the log."""
    seen = numbers(lab)
    return bool(seen) and abs(seen[len(seen) // 2] / LINES - share) < 0.03
