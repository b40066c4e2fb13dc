"""Every view in every state, in Lab's real colours: nothing faint, nothing that sticks out, no error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .states import Scheme, State, StatesPage, bundle
from .test_looks import FAINT

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
STICKS_OUT = """
() => {
  const frame = document.getElementById('frame');
  const { right, bottom } = frame.getBoundingClientRect();
  const scrolls = part => {
    for (let one = part.parentElement; one && one !== frame; one = one.parentElement) {
      if (getComputedStyle(one).overflowX !== 'visible') return true;
    }
    return false;
  };
  return [...frame.querySelectorAll('*')]
    .filter(part => part.getBoundingClientRect().right > right + 1 && part.checkVisibility() && !scrolls(part))
    .map(part => part.className || part.tagName);
}
"""
FAINT_HERE = FAINT.replace(".crispdm-JobPage *, .crispdm-Panel .crispdm-View *", "#frame *")
LINES = """
cell => {
  const all = document.createRange();
  all.selectNodeContents(cell);
  return all.getClientRects().length;
}
"""
COLOUR = "selector => getComputedStyle(document.querySelector(selector)).color"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("states")
    bundle(made)
    return made


@pytest.fixture(params=SCHEMES)
def page(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[StatesPage]:
    opened = StatesPage(browser, folder, request.param)
    yield opened
    opened.close()


def test_every_state_is_readable_and_whole(page: StatesPage) -> None:
    wrong: dict[str, list[str]] = {}
    for state in page.states():
        page.show(state)
        found = [*page.page.evaluate(FAINT_HERE), *page.page.evaluate(STICKS_OUT)]
        if found:
            wrong[state.picture] = sorted(set(found))[:5]
    assert wrong == {}
    assert page.errors == []


def test_what_is_loading_is_said_quietly(page: StatesPage) -> None:
    page.show(the(page, "jobs-panel", "loading"))
    loading = page.page.evaluate(COLOUR, "#frame p")
    page.show(the(page, "jobs-panel", "empty"))
    assert loading == page.page.evaluate(COLOUR, "#frame p:not(.crispdm-Empty-title)")


def test_a_long_name_leaves_room_for_the_curves(page: StatesPage) -> None:
    page.show(the(page, "compare", "long"))
    assert page.page.locator(".crispdm-Chart").first.bounding_box()["width"] > 300  # type: ignore[index]


def test_a_long_title_makes_no_dialog_wider_than_its_fields(page: StatesPage) -> None:
    page.show(the(page, "run-dialog", "long"))
    title, fields = (page.page.locator(one).bounding_box() for one in (".jp-Dialog-header", ".crispdm-RunForm"))
    assert title
    assert fields
    assert title["width"] <= fields["width"] + 1


def test_short_cells_beside_a_long_path_stay_in_one_line(page: StatesPage) -> None:
    page.show(the(page, "job-files", "long"))
    size = page.page.locator(".crispdm-mod-files td").first
    assert size.evaluate(LINES) == 1


def test_all_tags_of_a_job_can_be_read_in_its_details(page: StatesPage) -> None:
    page.show(the(page, "job-details", "many"))
    last = page.page.locator(".crispdm-Facts .crispdm-Tag").last
    last.scroll_into_view_if_needed()
    cut = "tag => tag.getBoundingClientRect().bottom > tag.closest('.crispdm-Facts').getBoundingClientRect().bottom + 1"
    assert not last.evaluate(cut)
    assert last.evaluate("tag => tag.parentElement.scrollWidth <= tag.parentElement.clientWidth")


def the(page: StatesPage, view: str, scene: str) -> State:
    """One state by its names."""
    return next(one for one in page.states() if (one.view, one.scene) == (view, scene))
