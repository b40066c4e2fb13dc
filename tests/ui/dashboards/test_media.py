"""Pictures and tables of a job in a dashboard: they arrive while a viewer looks, without a kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Enter
from tests.ui.dashboards.conftest import Publish
from tests.ui.server import Workbench

KEEPS = """
import crispdm
def keep(step):
    crispdm.image("samples", [[[0.1 * step, 0.5], [0.9, 0.2]]], step=step)
    crispdm.table("confusion", [["cat", 50 + step]], columns=["", "cat"], step=step)
    crispdm.text("other", "not wanted", step=step)
keep(0)
for line in iter(input, "end"):
    keep(int(line))
"""


@pytest.fixture
def job(workbench: Workbench) -> Iterator[str]:
    """A job that keeps a piece of each name at each step that it is told."""
    workbench.clear()
    (workbench.root / "keep.py").write_text(KEEPS)
    with workbench.api as api:
        sent = api.post("jobs", json={"name": "keeps", "script": "keep.py", "tags": ["shared"]})
    yield str(sent.raise_for_status().json()["id"])
    workbench.stop_jobs()


@pytest.mark.proves("widgets.media-view", "training.media-live")
def test_pictures_arrive_in_a_dashboard_while_a_viewer_looks(
    enter: Enter, publish: Publish, workbench: Workbench, job: str
) -> None:
    source = (
        "from jupyter_crispdm.widgets import MediaView\n"
        f"MediaView(job={job!r}, names=['samples', 'conf*'])"
    )  # fmt: skip
    page = enter("viewer").page
    page.goto(publish("pictures", source))
    kept = page.get_by_role("region", name="Pictures and tables")
    samples = kept.get_by_role("region", name="samples")
    expect(samples.get_by_text("Step 0", exact=True)).to_be_visible()
    expect(kept.get_by_role("region", name="other")).to_have_count(0)
    workbench.end_kernels()
    with workbench.api as api:
        api.post(f"jobs/{job}/input", json={"text": "3\n"}).raise_for_status()
    expect(samples.get_by_text("Step 3", exact=True)).to_be_visible()
    picture = samples.get_by_role("img", name="samples")
    expect(picture).to_be_visible()
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    table = kept.get_by_role("region", name="confusion")
    expect(table.get_by_role("cell", name="53", exact=True)).to_be_visible()
    table.get_by_role("slider").fill("0")
    expect(table.get_by_role("cell", name="50", exact=True)).to_be_visible()
    with workbench.api as api:
        api.post(f"jobs/{job}/input", json={"text": "4\n"}).raise_for_status()
    expect(samples.get_by_text("Step 4", exact=True)).to_be_visible()
    expect(table.get_by_role("cell", name="50", exact=True)).to_be_visible()  # who has chosen a step stays there
