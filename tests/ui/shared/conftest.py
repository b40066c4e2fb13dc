"""Example notebooks as dashboards, open in two browsers. Afterwards no notebook and no shared value is left."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.support import eventually_sync
from tests.ui.conftest import PROJECT, Enter
from tests.ui.server import Workbench

NOTEBOOKS = PROJECT / "notebooks"


@dataclass(frozen=True)
class Pair:
    """One dashboard in two browsers: an analyst's and a viewer's."""

    analyst: Page
    viewer: Page


Open = Callable[[str], Pair]


@pytest.fixture(autouse=True)
def shared(workbench: Workbench) -> Iterator[Workbench]:
    """The workbench, with no shared value before and after, and with nobody of a former test.

    It comes before all pages and ends after them: one that is open may still write.
    """
    eventually_sync(lambda: nobody_is_here(workbench))
    yield workbench
    with workbench.api as api:
        for one in api.get("state").json()["keys"]:
            api.delete(f"state/{one['key']}").raise_for_status()


def nobody_is_here(workbench: Workbench) -> bool:
    """Whether no page says that somebody looks at it. One that was closed may count for some seconds more."""
    with workbench.api as api:
        return not api.get("presence").raise_for_status().json()["visitors"]


@pytest.fixture
def example(shared: Workbench) -> Iterator[Callable[[str], str]]:
    """Publishes an example notebook with its picture; answers its address."""
    folder = shared.root / "dashboards"
    before = set(folder.iterdir())

    def publish(name: str) -> str:
        for file in NOTEBOOKS.glob(f"{name}.*"):
            shutil.copy(file, folder)
        return f"/voila/render/dashboards/{name}.ipynb"

    yield publish
    for made in set(folder.iterdir()) - before:
        made.unlink()


@pytest.fixture
def both(enter: Enter, example: Callable[[str], str]) -> Open:
    """Opens an example in two browsers."""

    def open_both(name: str) -> Pair:
        address = example(name)
        pages = [enter(role).page for role in ("analyst", "viewer")]
        for page in pages:
            page.goto(address)
        return Pair(*pages)

    return open_both
