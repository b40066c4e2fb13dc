"""The page of a model in Lab: which version is in use, back to the one before, and a question in rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

SCRIPT = '''"""Makes a small network for rows twice, and registers it."""
import crispdm
import torch
from crispdm.algorithms import mlp

CONFIG = {"sizes": [3, 4, 2], "activation": "relu", "classes": ["low", "high"]}
for seed in (1, 2):
    torch.manual_seed(seed)
    torch.save(mlp.build(CONFIG).state_dict(), f"rows-{seed}.pt")
    crispdm.model(
        f"rows-{seed}.pt", name="rows", format="torch", task="tabular", classes=CONFIG["classes"],
        algorithm="mlp", dataset="numbers", config=CONFIG, metrics={"accuracy": 0.9 + seed / 100},
    )
'''


@pytest.fixture(autouse=True)
def two_versions(workbench: Workbench) -> Iterator[None]:
    """A model of two versions, neither named nor deployed; nothing is left behind."""
    workbench.clear()
    (workbench.root / "rows.py").write_text(SCRIPT)
    with workbench.api as api:
        api.post("jobs", json={"script": "rows.py", "name": "register"}).raise_for_status()
        eventually_sync(partial(_has_two, workbench))
    yield
    with workbench.api as api:
        for deployment in api.get("deployments").json()["deployments"]:
            api.delete(f"deployments/{deployment['id']}").raise_for_status()
    workbench.clear()


def _has_two(workbench: Workbench) -> bool:
    with workbench.api as api:
        found = [model for model in api.get("models").json()["models"] if model["name"] == "rows"]
    return bool(found) and len(found[0]["versions"]) == 2


def _name(page: Page, model: Locator, alias: str) -> None:
    model.get_by_role("button", name="Set alias…").click()
    page.locator(".jp-Dialog input").fill(alias)
    page.get_by_role("button", name="Set alias", exact=True).click()


@pytest.mark.proves("models.page", "tryit.rows")
def test_an_alias_moves_and_goes_back_and_the_model_answers_rows(enter: Enter) -> None:
    lab = enter("analyst").open_lab()
    page = lab.page
    lab.panel.get_by_role("list", name="Models").get_by_role("button", name="rows, version 2", exact=True).click()
    model = page.locator(".crispdm-ModelPage")
    versions = model.get_by_role("table", name="Versions", exact=True)
    expect(versions.get_by_role("row")).to_have_count(3)
    expect(model.get_by_text("accuracy 0.92")).to_be_visible()

    versions.get_by_role("button", name="1", exact=True).click()
    _name(page, model, "champion")
    expect(versions.get_by_text("@champion")).to_be_visible()
    versions.get_by_role("button", name="2", exact=True).click()
    _name(page, model, "champion")

    model.get_by_role("tab", name="History").click()
    history = model.get_by_role("table", name="History of aliases")
    expect(history.get_by_role("row")).to_have_count(3)
    history.get_by_role("button", name="Roll back to version 1").click()
    page.get_by_role("button", name="Roll back", exact=True).click()
    expect(history.get_by_role("row", name=re.compile("@champion 1 .*rolled back by"))).to_be_visible()

    model.get_by_role("tab", name="Versions").click()
    model.get_by_role("button", name="Deploy", exact=True).click()
    expect(versions.get_by_text(re.compile("^deployed"))).to_be_visible()
    model.get_by_role("tab", name="Try it").click()
    model.get_by_label(re.compile("^Rows")).fill("1,2,3\n0.5,0,-1")
    model.get_by_role("button", name="Ask the model").click()
    answers = model.get_by_role("table", name="Answers")
    expect(answers.get_by_role("row")).to_have_count(3)
    expect(answers.get_by_role("columnheader", name="high")).to_be_visible()

    model.get_by_label(re.compile("^Rows")).fill("1,2,many")
    model.get_by_role("button", name="Ask the model").click()
    expect(model.get_by_role("alert")).to_have_text(re.compile("“many” is no number"))
