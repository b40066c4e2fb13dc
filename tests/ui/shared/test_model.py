"""One deployed model, asked from two browsers: both see what was asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support import eventually_sync
from tests.ui.conftest import HERE
from tests.ui.server import Workbench
from tests.ui.shared.conftest import Open


@pytest.fixture
def model(workbench: Workbench) -> Iterator[None]:
    """A deployed model, and a picture to ask about."""
    workbench.clear()
    (workbench.root / "pictures").mkdir()
    Image.new("RGB", (96, 96), "white").save(workbench.root / "pictures/blank.png")
    shutil.copy(HERE / "model.py", workbench.root)
    with workbench.api as api:
        api.post("jobs", json={"script": "model.py"}).raise_for_status()
        eventually_sync(lambda: workbench.has_model("unet_digits"), 120)
        api.post("deployments", json={"model": "unet_digits"}).raise_for_status()
        ready = [{"ready"}]
        eventually_sync(
            lambda: {one["state"] for one in api.get("deployments").json()["deployments"]} in ready, 120
        )
    yield
    workbench.clear_models()
    workbench.clear()
    shutil.rmtree(workbench.root / "pictures")
    (workbench.root / "model.py").unlink()


@pytest.mark.proves("shared.model")
def test_all_ask_one_model_and_see_what_was_asked(both: Open, model: None) -> None:
    pair = both("shared-model")
    expect(pair.viewer.get_by_text("Nobody has asked yet.")).to_be_visible()
    pair.analyst.get_by_title("Ask about blank.png").click()
    for page in (pair.analyst, pair.viewer):
        row = page.locator(".crispdm-Predict-latest tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("analyst")
        expect(row).to_contain_text("blank.png")
    pair.viewer.get_by_title("Ask about blank.png").click()
    expect(pair.analyst.locator(".crispdm-Predict-latest tbody tr").first).to_contain_text("viewer")
