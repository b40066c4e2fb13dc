"""What a job kept with a step, on its page in Lab: pictures, a histogram, a table, while it runs and step by step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

KEEPS = """
import crispdm, numpy as np
def keep(step):
    squares = np.add.outer(np.arange(28), np.arange(28)) / 54
    crispdm.image("samples", [squares ** (step + 1), squares.T[::-1]], step=step, caption=f"after step {step}")
    crispdm.histogram("weights", np.random.default_rng(step).normal(step, 1, 1000), step=step)
    crispdm.table("confusion", [["cat", 50 + step, 3], ["dog", 4, 47]], columns=["", "cat", "dog"], step=step)
    crispdm.text("generated", "<img src=x onerror=alert(1)> of step " + str(step), step=step)
for step in range(3): keep(step)
print("kept three", flush=True)
input(); keep(3)
print("kept four", flush=True)
input()
"""


@pytest.fixture(autouse=True)
def keeping(workbench: Workbench) -> Iterator[None]:
    """A job that keeps something, and more of it when it is told to."""
    workbench.clear()
    (workbench.root / "keep.py").write_text(KEEPS)
    with workbench.api as api:
        api.post("jobs", json={"name": "keeps", "script": "keep.py"}).raise_for_status()
    yield
    workbench.stop_jobs()


def shown(card: Locator) -> list[bool]:
    """Of each picture of a card whether the browser could draw it."""
    are_drawn = "images => images.map(image => image.complete && image.naturalWidth > 0)"
    return list(card.locator("img").evaluate_all(are_drawn))


@pytest.mark.proves("training.media-view", "training.media-live")
def test_pictures_and_tables_are_looked_at_step_by_step_while_the_job_runs(enter: Enter) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    lab.row("keeps").click()
    expect(lab.job.get_by_text("kept three")).to_be_visible()
    lab.job.get_by_role("tab", name="Pictures and tables (4)").click()
    samples = lab.job.get_by_role("region", name="samples")
    expect(samples.get_by_text("Step 2", exact=True)).to_be_visible()
    expect(samples.locator("img")).to_have_count(2)
    expect(samples.get_by_text("after step 2").first).to_be_visible()
    eventually_sync(lambda: shown(samples) == [True, True])
    expect(lab.job.get_by_role("region", name="weights").locator("rect")).to_have_count(64)
    expect(lab.job.get_by_role("region", name="generated").locator("pre")).to_have_text(
        "<img src=x onerror=alert(1)> of step 2"
    )
    table = lab.job.get_by_role("region", name="confusion")
    expect(table.get_by_role("cell", name="52", exact=True)).to_be_visible()
    table.get_by_role("slider").fill("0")
    expect(table.get_by_role("cell", name="50", exact=True)).to_be_visible()
    lab.tab("Log")
    lab.say("more")
    lab.job.get_by_role("tab", name="Pictures and tables").click()
    expect(samples.get_by_text("Step 3", exact=True)).to_be_visible()
    expect(table.get_by_text("Step 3", exact=True)).to_be_visible()
