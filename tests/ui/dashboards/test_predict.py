"""From a registered model to an answer for somebody who does not code: one click in Lab, one in a dashboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

HERE = Path(__file__).parents[1]
NAMES = "unet_digits, version"


@pytest.fixture(autouse=True)
def pictures(workbench: Workbench) -> Iterator[None]:
    """A picture for the dashboard, the script that registers a model, and nothing left behind."""
    workbench.clear()
    workbench.clear_models()
    (workbench.root / "pictures").mkdir()
    Image.new("RGB", (96, 96), "white").save(workbench.root / "pictures/blank.png")
    shutil.copy(HERE / "model.py", workbench.root)
    yield
    workbench.clear_models()
    workbench.clear()
    shutil.rmtree(workbench.root / "pictures")


@pytest.mark.proves("widgets.predict-form")
def test_a_model_is_deployed_with_one_click_and_answers_in_a_dashboard(
    enter: Enter
) -> None:
    lab = enter("analyst").open_lab()
    lab.run_as_job("model.py", "register", "server")
    expect(lab.lines.filter(has_text="registered")).to_have_count(1)
    models = lab.panel.get_by_role("list", name="Models")
    expect(models.get_by_text(NAMES)).to_be_visible()
    models.get_by_role("button", name=re.compile(r"Deploy unet_digits, version \d+")).click()
    expect(models.get_by_text("deployed")).to_be_visible()

    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    page.get_by_title("Ask about blank.png").click()
    answer = page.locator(".crispdm-Predict-answer")
    expect(answer.get_by_alt_text("What was found")).to_be_visible()
    expect(answer.get_by_text("blank.png")).to_be_visible()
    page.locator(".crispdm-Predict").scroll_into_view_if_needed()


@pytest.mark.proves("ui.predict-says")
def test_without_a_deployed_model_the_form_says_so_before_it_is_asked(
    enter: Enter, workbench: Workbench
) -> None:  # fmt: skip
    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    form = page.locator(".crispdm-Predict")
    expect(form.get_by_role("status")).to_contain_text("No model is deployed yet")
    example = form.get_by_title("Ask about blank.png")
    expect(example).to_be_disabled()

    with workbench.api as api:
        submitted = api.post("jobs", json={"script": "model.py", "name": "register"})
        submitted.raise_for_status()
        eventually_sync(lambda: workbench.has_model("unet_digits"), 120)
        api.post("deployments", json={"model": "unet_digits"}).raise_for_status()
    expect(form.get_by_role("status")).to_contain_text(re.compile(r"unet_digits, version \d+, answers"))
    expect(example).to_be_enabled()


@pytest.mark.proves("ui.predict-says")
def test_the_form_names_the_bad_picture_of_a_batch(enter: Enter, workbench: Workbench, tmp_path: Path) -> None:
    with workbench.api as api:
        api.post("jobs", json={"script": "model.py", "name": "register"}).raise_for_status()
        eventually_sync(lambda: workbench.has_model("unet_digits"), 120)
        api.post("deployments", json={"model": "unet_digits"}).raise_for_status()
    (tmp_path / "broken.png").write_bytes(b"no picture")
    Image.new("RGB", (64, 64), "white").save(tmp_path / "white.png")
    page = enter("viewer").page
    page.goto("/voila/render/dashboards/training.ipynb")
    form = page.locator(".crispdm-Predict")
    chooser = form.get_by_label("Pictures from your computer")
    expect(chooser).to_be_enabled()
    chooser.set_input_files([tmp_path / "broken.png", tmp_path / "white.png"])
    expect(form.get_by_text("No answer to 1 of 2 pictures: broken.png")).to_be_visible()
    expect(form.locator(".crispdm-Predict-answer")).to_have_count(2)
    expect(
        form.locator(".crispdm-Predict-answer", has_text="white.png").get_by_alt_text("What was found")
    ).to_be_visible()

    form.get_by_title("Ask about blank.png").click()
    expect(form.locator(".crispdm-Predict-answer")).to_have_count(1)
    expect(form.get_by_text("broken.png")).to_have_count(0)
