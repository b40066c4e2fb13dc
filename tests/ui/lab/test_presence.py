"""Lab tells colleagues which document somebody has in front, and how far down they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.notebooks import write_notebook
from tests.ui.server import Workbench

LONG = "\n".join(f"step_{number} = {number}" for number in range(200))


def visitors(workbench: Workbench) -> list[Any]:
    with workbench.api as api:
        return list(api.get("presence").json()["visitors"])


@pytest.mark.proves("presence.pages")
def test_the_document_in_front_is_told_and_a_closed_page_says_goodbye(enter: Enter, workbench: Workbench) -> None:
    write_notebook(workbench.root, "plan", LONG)
    page = enter("analyst").page
    page.goto("/lab/tree/plan.ipynb")
    page.locator(".jp-Notebook").wait_for()

    def place() -> tuple[str, str, float] | None:
        here = visitors(workbench)
        return (here[0]["user"], here[0]["page"], here[0]["scroll"]) if here else None

    eventually_sync(lambda: place() == ("analyst", "/lab/tree/plan.ipynb", 0))

    def is_at_the_end() -> bool:
        page.locator(".jp-WindowedPanel-outer").first.evaluate("node => { node.scrollTop = node.scrollHeight }")
        return place() == ("analyst", "/lab/tree/plan.ipynb", 1)

    eventually_sync(is_at_the_end)
    page.goto("about:blank")
    eventually_sync(lambda: visitors(workbench) == [])
    (workbench.root / "plan.ipynb").unlink()
