"""What comes back of a page, in which moment, and what is said of what does not."""

from __future__ import annotations

import re

import ipywidgets as widgets
import pytest
from traitlets import TraitError

from jupyter_crispdm.widgets import Kept
from jupyter_crispdm.widgets.keeping.keeper import Keeper
from jupyter_crispdm.widgets.keeping.snapshot import keeper_of, page_name


@pytest.mark.proves("desk.restore")
def test_values_are_there_when_the_page_is_made() -> None:
    keeper = Keeper({"train/Epochs": 20, "data/Count": 3}, 5)
    epochs = widgets.IntSlider(10, 1, 50, description="Epochs")
    with keeper.page("train"):
        page = widgets.VBox([epochs])
    keeper.take("train", page)
    assert epochs.value == 20
    assert keeper.saved() == {"train/Epochs": {"model": epochs, "trait": "value"}}
    assert (keeper.told(), keeper.revision) == ([], 5)


@pytest.mark.proves("desk.misfits")
def test_what_does_not_fit_is_named_and_the_rest_comes_back() -> None:
    keeper = Keeper({"train/Epochs": 500, "train/Rate": 1.5, "train/Gone": 1, "data/Other": 2})
    page = widgets.VBox([widgets.IntSlider(10, 1, 50, description="Epochs"), widgets.FloatText(description="Rate")])
    keeper.take("train", page)
    assert [child.value for child in page.children] == [10, 1.5]
    assert keeper.told() == [
        {"name": "train/Epochs", "reason": "this value is no longer possible"},
        {"name": "train/Gone", "reason": "it is no longer on this page"},
    ]


@pytest.mark.proves("desk.restore")
def test_what_only_the_program_knows_is_there_at_once_and_needs_no_place_in_the_page() -> None:
    keeper = Keeper({"evaluate/last answer": {"found": 0.9}})
    with keeper.page("evaluate"):
        kept = Kept(None, name="last answer")
        assert kept.value == {"found": 0.9}
        with pytest.raises(ValueError, match="Two things are kept as 'last answer'"):
            Kept(None, name="last answer")
    keeper.take("evaluate", widgets.VBox())
    assert list(keeper.saved()) == ["evaluate/last answer"]
    assert Keeper.building() is None


def test_what_is_kept_for_all_pages_is_not_a_field_of_one() -> None:
    goal = widgets.FloatSlider(0.85, min=0, max=1, description="Goal")
    keeper = Keeper({"*/Goal": 0.9})
    keeper.keep(goal)
    keeper.take("business", widgets.VBox([goal, widgets.Text(description="Goal")]))
    assert goal.value == 0.9
    assert list(keeper.fields) == ["*/Goal", "business/Goal"]


def test_a_page_that_was_not_made_after_all_leaves_nothing() -> None:
    keeper = Keeper()
    with keeper.page("train"):
        Kept(1, name="a")
    keeper.forget("train")
    with keeper.page("train"):
        Kept(1, name="a")
    assert list(keeper.fields) == ["train/a"]


def test_outside_a_page_a_value_is_just_a_value() -> None:
    assert Kept([1, {"a": None}], name="x").value == [1, {"a": None}]
    assert Kept((1, 2), name="x").value == [1, 2]


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), b"x", object(), "x" * (5 * 1024 * 1024)])
def test_only_what_json_holds_within_a_size_is_kept(value: object) -> None:
    kept = Kept(1, name="x")
    with pytest.raises(TraitError):
        kept.value = value
    assert kept.value == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_kept_value_has_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 100 letters"):
        Kept(1, name=name)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for variable in ("SCRIPT_NAME", "JPY_SESSION_NAME", "CRISPDM_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


@pytest.mark.proves("desk.restore")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SCRIPT_NAME", "/a%40b/voila/render/dashboards/digits.ipynb"),
        ("JPY_SESSION_NAME", "/home/ada/project/dashboards/digits.ipynb"),
    ],
)
def test_work_is_kept_under_the_notebooks_path_in_voila_as_in_lab(
    variable: str, value: str, nowhere: pytest.MonkeyPatch
) -> None:
    nowhere.setenv(variable, value)
    assert page_name() == "dashboards:digits.ipynb"
    assert page_name("team-plan") == "team-plan"


def test_pages_whose_names_must_be_changed_are_told_apart(nowhere: pytest.MonkeyPatch) -> None:
    wishes = ["数据.ipynb", "模型.ipynb", "my work.ipynb", "my-work.ipynb", "x" * 300, "x" * 301, "..", "/", "\udc80"]
    names = [page_name(wish) for wish in wishes]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}", name) for name in names)
    assert page_name() == page_name("/") == "dashboard"


def test_without_a_server_nothing_is_put_back(nowhere: pytest.MonkeyPatch) -> None:
    assert keeper_of("dashboards:a.ipynb").revision is None
    nowhere.setenv("CRISPDM_URL", "http://127.0.0.1:9/")
    nowhere.setenv("CRISPDM_TOKEN", "x")
    assert keeper_of("dashboards:a.ipynb").saved() == {}
