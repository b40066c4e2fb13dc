"""What a dashboard puts back, when, and what it has the browser save."""

from __future__ import annotations

from typing import Any

import pytest
from ipywidgets import FloatSlider, IntSlider, Password, Text, VBox, Widget

from jupyter_crispdm.widgets import Dashboard, Kept, Page, dashboard
from jupyter_crispdm.widgets.keeping.keeper import Keeper
from jupyter_crispdm.widgets.visitor import Visitor


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server has kept; fill it before the dashboard is made."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(dashboard, "ask_visitor", lambda: Visitor("Ann", "viewer"))
    monkeypatch.setattr(dashboard, "keeper_of", lambda page: Keeper(values, 7 if values else None))
    for variable in ("QUERY_STRING", "SCRIPT_NAME", "JPY_SESSION_NAME"):
        monkeypatch.delenv(variable, raising=False)
    return values


def train() -> Widget:
    return VBox([IntSlider(10, 1, 50, description="Epochs"), Text(description="Note"), Password(description="Secret")])


@pytest.mark.proves("desk.restore")
def test_the_page_and_its_values_are_there_when_the_dashboard_is(kept: dict[str, Any]) -> None:
    kept |= {"*/page": "train", "train/Epochs": 20, "data/Count": 3}
    made = Dashboard({"Data": IntSlider(1, 0, 9, description="Count"), "Train": train}, name="digits")
    assert made.page == "train"
    assert made.children_by_page["train"].children[0].value == 20
    assert "data" not in made.children_by_page
    assert {name: field["trait"] for name, field in made.saved.items()} == {
        "train/Epochs": "value", "train/Note": "value",
    }  # fmt: skip
    assert made.snapshot == {"page": "digits", "revision": 7, "misfits": []}
    made.page = "data"
    assert made.children_by_page["data"].value == 3


@pytest.mark.proves("desk.restore")
def test_the_address_comes_before_where_the_visitor_was(kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    kept["*/page"] = "train"
    pages = {"Data": train, "Train": train}
    monkeypatch.setenv("QUERY_STRING", "page=data")
    assert Dashboard(pages).page == "data"
    monkeypatch.setenv("QUERY_STRING", "page=nowhere")
    assert Dashboard(pages).page == "train"


@pytest.mark.parametrize("page", ["nowhere", "secret", 5, None, ["train"], {}])
def test_a_kept_page_that_is_not_open_is_not_made(kept: dict[str, Any], page: Any) -> None:
    kept["*/page"] = page
    made = Dashboard({"Data": train, "Secret": Page(train, roles=("admin",))})
    assert (made.page, list(made.children_by_page)) == ("data", ["data"])


@pytest.mark.proves("desk.misfits")
def test_what_does_not_fit_is_told_to_the_page(kept: dict[str, Any]) -> None:
    kept |= {"train/Epochs": 500, "train/Gone": 1}
    made = Dashboard({"Train": train})
    assert [misfit["name"] for misfit in made.snapshot["misfits"]] == ["train/Epochs", "train/Gone"]
    assert made.children_by_page["train"].children[0].value == 10


@pytest.mark.proves("desk.restore")
def test_widgets_of_several_pages_and_values_without_a_view_come_back(kept: dict[str, Any]) -> None:
    kept |= {"*/Goal": 0.9, "evaluate/last answer": {"found": 1}}
    seen: list[Any] = []

    def evaluate() -> Widget:
        seen.append(Kept(None, name="last answer").value)
        return VBox([goal])

    goal = FloatSlider(0.8, min=0, max=1, description="Goal")
    made = Dashboard({"Plan": lambda: VBox([goal]), "Evaluate": evaluate}, keep=[goal])
    made.page = "evaluate"
    assert (goal.value, seen) == (0.9, [{"found": 1}])
    assert list(made.saved) == ["*/Goal", "evaluate/last answer"]


def test_a_page_that_failed_is_kept_once_it_can_be_made(kept: dict[str, Any]) -> None:
    kept["train/last"] = 5
    fails = [True]

    def page() -> Widget:
        last = Kept(1, name="last")
        if fails.pop():
            raise RuntimeError("no data")
        return IntSlider(last.value, description="Count")

    made = Dashboard({"Train": page})
    assert (made.saved, made.menu[0]["trouble"] != "") == ({}, True)
    fails.append(False)
    made._heard(made, {"build": "train"}, [])
    assert list(made.saved) == ["train/last", "train/Count"]
    assert made.children_by_page["train"].value == 5


def test_without_autosave_nothing_is_kept_nor_asked_for(kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "keeper_of", lambda page: pytest.fail("asked"))
    made = Dashboard({"Train": train}, autosave=False)
    assert (made.saved, made.snapshot["page"]) == ({}, "")


def test_a_client_cannot_say_what_is_kept_nor_where(kept: dict[str, Any]) -> None:
    made = Dashboard({"Train": train}, name="digits")
    made.set_state({"saved": {}, "snapshot": {"page": "other"}})
    assert (list(made.saved), made.snapshot["page"]) == (["train/Epochs", "train/Note"], "digits")
