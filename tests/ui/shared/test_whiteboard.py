"""A board in two browsers: a stroke is seen while it grows, and what is taken back is gone for both."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support import eventually_sync
from tests.ui.axe import severe
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.shared.conftest import Open

INKED = """
async canvas => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);  // what is asked for is drawn with the next frame
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) inked += data[at] > 0 ? 1 : 0;
  return inked;
}
"""


class Paper:
    """The board in one browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator(".crispdm-Board-canvas")
        expect(page.get_by_label("Black")).to_be_visible()
        expect(page.get_by_text("Loading…")).to_have_count(0)

    def inked(self) -> int:
        """How many pixels are drawn on."""
        return int(self.canvas.evaluate(INKED))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the board on the screen, from 0 to 1."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def press(self, x: float, y: float) -> None:
        """Begin a stroke."""
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down()

    def draw_to(self, x: float, y: float) -> None:
        """Go on with a stroke."""
        self.page.mouse.move(*self.at(x, y), steps=8)

    def stroke(self, y: float) -> None:
        """Draw a line over the board."""
        self.press(0.2, y)
        self.draw_to(0.8, y)
        self.page.mouse.up()


def is_like(one: Paper, other: Paper) -> bool:
    """Whether as much is drawn; edges are soft, and a line drawn in parts has softer ones."""
    inked = one.inked(), other.inked()
    return min(inked) > 0 and max(inked) < 1.03 * min(inked)


@pytest.mark.proves("shared.whiteboard")
def test_a_stroke_is_seen_while_it_grows(both: Open) -> None:
    pair = both("whiteboard")
    mine, theirs = Paper(pair.analyst), Paper(pair.viewer)
    mine.press(0.2, 0.3)
    mine.draw_to(0.4, 0.3)
    eventually_sync(lambda: theirs.inked() > 0, 60)
    expect(theirs.page.locator(".crispdm-Board-cursor", has_text="analyst")).to_be_visible()
    begun = theirs.inked()
    mine.draw_to(0.8, 0.6)
    eventually_sync(lambda: theirs.inked() > 1.5 * begun, 60)
    mine.page.mouse.up()
    eventually_sync(lambda: is_like(theirs, mine), 60)
    assert severe(mine.page, [".crispdm-Board"]) == []


@pytest.mark.proves("shared.whiteboard-undo", "shared.whiteboard-clear")
def test_strokes_are_taken_back_by_their_authors_and_cleared_by_anybody(both: Open, shared: Workbench) -> None:
    pair = both("whiteboard")
    mine, theirs = Paper(pair.analyst), Paper(pair.viewer)
    mine.stroke(0.2)
    one = mine.inked()
    eventually_sync(lambda: is_like(theirs, mine), 60)
    theirs.stroke(0.8)
    eventually_sync(lambda: mine.inked() > one, 60)
    mine.page.get_by_role("button", name="Undo").click()
    expect(mine.page.get_by_role("button", name="Undo")).to_be_disabled()
    eventually_sync(lambda: is_like(theirs, mine) and mine.inked() < 1.5 * one, 60)
    mine.page.get_by_role("button", name="Clear…").click()
    mine.page.get_by_role("button", name="Clear it").click()
    eventually_sync(lambda: theirs.inked() == mine.inked() == 0, 60)
    expect(theirs.page.get_by_text("Nothing is drawn yet.")).to_be_visible()
    eventually_sync(lambda: board_keys(shared) == ["board:whiteboard"], 60)


def board_keys(workbench: Workbench) -> list[str]:
    """The keys of all boards."""
    with workbench.api as api:
        keys: list[dict[str, Any]] = api.get("state").json()["keys"]
    return sorted(str(one["key"]) for one in keys if one["key"].startswith("board:"))


@pytest.mark.proves("shared.whiteboard-png")
def test_a_board_is_saved_as_a_picture_on_white(both: Open) -> None:
    paper = Paper(both("whiteboard").analyst)
    paper.page.get_by_label("Red").check(force=True)
    paper.page.get_by_label("Thick").check(force=True)
    paper.stroke(0.5)
    with paper.page.expect_download() as saved:
        paper.page.get_by_role("button", name="Save as PNG").click()
    assert saved.value.suggested_filename == "Whiteboard.png"
    with Image.open(BytesIO(Path(saved.value.path()).read_bytes())) as picture:
        assert picture.size == (1600, 900)
        assert picture.convert("RGB").getpixel((10, 10)) == (255, 255, 255)
        assert picture.convert("RGB").getpixel((800, 450)) == (0xCF, 0x22, 0x2E)


@pytest.mark.proves("shared.whiteboard-many")
def test_five_thousand_strokes_are_there_and_another_one_is_seen(both: Open, shared: Workbench) -> None:
    fill(shared, strokes=5000)
    pair = both("whiteboard")
    mine, theirs = Paper(pair.analyst), Paper(pair.viewer)
    for paper in (mine, theirs):
        expect(paper.page.locator(".crispdm-Board-note")).to_have_count(0)
    eventually_sync(lambda: is_like(mine, theirs) and mine.inked() > 10_000, 60)
    before = theirs.inked()
    mine.stroke(0.97)
    eventually_sync(lambda: theirs.inked() > before, 60)


def fill(workbench: Workbench, strokes: int) -> None:
    """Draw many short waves, in sheets of 200 marks."""
    sheets = strokes // 200
    with workbench.api as api:
        for sheet in range(sheets):
            marks = [wave(200 * sheet + at) for at in range(200)]
            api.put(f"state/board:whiteboard:0:{sheet}", json={"value": marks}).raise_for_status()
        head = {"drawing": "0", "sheets": sheets + 1}
        api.put("state/board:whiteboard", json={"value": head}).raise_for_status()


def wave(at: int) -> dict[str, Any]:
    """One of many strokes."""
    left, top = 20 + 15 * (at % 100), 20 + 16 * (at // 100)
    path = ((left + step, round(top + 5 * math.sin(step / 2 + at))) for step in range(0, 30, 2))
    points = [part for point in path for part in point]
    return {"stroke": f"s{at}", "by": "bo", "ink": at % 6, "width": 4, "points": points}


@pytest.mark.proves("shared.whiteboard")
def test_a_finger_draws(enter: Enter, example: Callable[[str], str], shared: Workbench) -> None:
    page = enter("viewer").page
    page.goto(example("whiteboard"))
    paper = Paper(page)
    session = page.context.new_cdp_session(page)
    for kind, x in (("touchStart", 0.2), ("touchMove", 0.4), ("touchMove", 0.6), ("touchEnd", None)):
        touched = [] if x is None else [dict(zip("xy", paper.at(x, 0.5), strict=True))]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    eventually_sync(lambda: paper.inked() > 0, 60)
    eventually_sync(lambda: "board:whiteboard:0:0" in board_keys(shared), 60)
