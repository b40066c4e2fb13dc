"""The bar of saved work: what it puts where, what it refuses, and what it keeps by itself."""

from __future__ import annotations

from typing import Any

import pytest
from ipywidgets import Dropdown, IntSlider, Text, VBox, Widget

from jupyter_crispdm.widgets import Dashboard, Page, SnapshotBar, dashboard, snapshots
from jupyter_crispdm.widgets.keeping.keeper import Keeper
from jupyter_crispdm.widgets.visitor import Visitor

GONE = "it is no longer on this page"
NO_PAGE = "there is no such page for you"
IMPOSSIBLE = "this value is no longer possible"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server has kept of every page; fill it before a dashboard or a bar is made."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(dashboard, "ask_visitor", lambda: Visitor("Ann", "viewer"))
    for module in (dashboard, snapshots):
        monkeypatch.setattr(module, "keeper_of", lambda page: Keeper(values, 7 if values else None))
    for variable in ("QUERY_STRING", "SCRIPT_NAME", "JPY_SESSION_NAME"):
        monkeypatch.delenv(variable, raising=False)
    return values


@pytest.fixture
def desk() -> Dashboard:
    """Three pages, of which the first is made and the last is not for its visitor."""
    pages = {"Data": IntSlider(1, 0, 9, description="Count"), "Train": train, "Secret": Page(train, roles=("admin",))}
    return Dashboard(pages, name="digits")


def train() -> Widget:
    return VBox([IntSlider(10, 1, 50, description="Epochs"), Dropdown(options=["Adam", "SGD"], description="Way")])


def slider(desk: Dashboard, page: str) -> Any:
    made = desk.children_by_page[page]
    return made.children[0] if isinstance(made, VBox) else made


class Sent:
    """What a bar tells the browser."""

    def __init__(self, bar: SnapshotBar, monkeypatch: pytest.MonkeyPatch) -> None:
        self.all: list[Any] = []
        monkeypatch.setattr(bar, "send", self.all.append)


# what is loaded


@pytest.mark.proves("saved.load")
def test_values_go_into_the_fields_of_pages_that_were_made(desk: Dashboard) -> None:
    desk.page = "train"
    told = SnapshotBar(desk).put({"data/Count": 5, "train/Epochs": 20, "train/Way": "SGD"})
    assert told == {"misfits": [], "waiting": []}
    assert desk.children_by_page["data"].value == 5
    assert [one.value for one in desk.children_by_page["train"].children] == [20, "SGD"]


@pytest.mark.proves("saved.load")
def test_a_page_that_is_made_later_has_what_was_loaded_before(desk: Dashboard) -> None:
    told = SnapshotBar(desk).put({"train/Epochs": 20, "train/Way": "SGD"})
    assert told == {"misfits": [], "waiting": ["train/Epochs", "train/Way"]}
    assert "train" not in desk.children_by_page
    desk.page = "train"
    assert [one.value for one in desk.children_by_page["train"].children] == [20, "SGD"]


@pytest.mark.proves("saved.load")
def test_what_is_loaded_replaces_what_was_kept_of_a_page(kept: dict[str, Any]) -> None:
    kept["train/Epochs"] = 33
    desk = Dashboard({"Data": IntSlider(description="Count"), "Train": train})
    SnapshotBar(desk).put({"train/Epochs": 20})
    desk.page = "train"
    assert slider(desk, "train").value == 20


@pytest.mark.proves("saved.misfits")
def test_what_does_not_fit_is_named_and_the_rest_is_loaded(desk: Dashboard) -> None:
    told = SnapshotBar(desk).put({"data/Count": 99, "data/Gone": 1, "nowhere/A": 1, "secret/Epochs": 3, "": 1})
    assert told["misfits"] == [
        {"name": "data/Count", "reason": IMPOSSIBLE},
        {"name": "data/Gone", "reason": GONE},
        {"name": "nowhere/A", "reason": NO_PAGE},
        {"name": "secret/Epochs", "reason": NO_PAGE},
        {"name": "", "reason": NO_PAGE},
    ]
    assert (desk.children_by_page["data"].value, told["waiting"]) == (1, [])


@pytest.mark.proves("saved.misfits")
def test_a_page_that_is_made_later_says_which_loaded_values_do_not_fit(desk: Dashboard) -> None:
    SnapshotBar(desk).put({"train/Epochs": 500})
    desk.page = "train"
    assert desk.snapshot["misfits"] == [{"name": "train/Epochs", "reason": IMPOSSIBLE}]
    assert slider(desk, "train").value == 10


# what a client may send


@pytest.mark.proves("saved.load")
def test_a_wish_of_the_browser_is_answered_under_its_number(desk: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = SnapshotBar(desk)
    sent = Sent(bar, monkeypatch)
    bar._heard(bar, {"put": {"data/Count": 4, "train/Epochs": 7}, "number": 3}, [])
    assert sent.all == [{"number": 3, "misfits": [], "waiting": ["train/Epochs"]}]
    assert desk.children_by_page["data"].value == 4


@pytest.mark.proves("saved.undo")
def test_what_waited_for_its_page_is_forgotten_when_the_load_is_undone(
    desk: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = SnapshotBar(desk)
    sent = Sent(bar, monkeypatch)
    bar._heard(bar, {"put": {"data/Count": 4, "train/Epochs": 7}, "number": 1}, [])
    bar._heard(bar, {"put": {"data/Count": 1}, "forget": ["train/Epochs", "never/Was", 5], "number": 2}, [])
    assert sent.all[1] == {"number": 2, "misfits": [], "waiting": []}
    desk.page = "train"
    assert (slider(desk, "data").value, slider(desk, "train").value) == (1, 10)


@pytest.mark.proves("saved.hostile")
@pytest.mark.parametrize(
    "content",
    [None, [], "put", {}, {"put": [], "number": 1}, {"put": {"data/Count": 3}}, {"put": {}, "number": "1"},
     {"put": {"data/Count": 3}, "number": 1, "forget": "data/Count"}],
)  # fmt: skip
def test_a_message_of_another_form_changes_nothing(
    desk: Dashboard, content: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = SnapshotBar(desk)
    sent = Sent(bar, monkeypatch)
    bar._heard(bar, content, [])
    assert (sent.all, desk.children_by_page["data"].value) == ([], 1)


@pytest.mark.proves("saved.hostile")
@pytest.mark.parametrize("value", [None, "5", [5], {"value": 5}, 1e400, "IPY_MODEL_x", {"a": [{}] * 9}, True])
def test_any_value_leaves_a_field_that_it_does_not_fit_as_it_is(desk: Dashboard, value: Any) -> None:
    before = desk.children_by_page["data"].value
    told = SnapshotBar(desk).put({"data/Count": value})
    assert desk.children_by_page["data"].value == before or told["misfits"] == []
    assert isinstance(desk.children_by_page["data"].value, int)


@pytest.mark.proves("saved.hostile")
def test_traits_that_are_not_kept_cannot_be_reached(desk: Dashboard) -> None:
    bar = SnapshotBar(desk)
    told = bar.put({"data/Count.max": 500, "data/max": 5, "*/page": "train", "__class__/x": 1})
    assert len(told["misfits"]) == 4
    assert (desk.children_by_page["data"].max, desk.page) == (9, "data")


@pytest.mark.proves("saved.hostile")
def test_nothing_of_the_bar_is_set_by_a_client(desk: Dashboard) -> None:
    bar = SnapshotBar(IntSlider(description="Count"), name="own")
    bar.set_state({"snapshot": {"page": "other"}, "saved": {}, "dashboard": desk.model_id})
    assert (bar.snapshot["page"], list(bar.saved), bar.dashboard) == ("own", ["work/Count"], "")


# widgets without a dashboard


@pytest.mark.proves("saved.own-widgets")
def test_plain_widgets_are_put_back_and_kept_by_the_bar(kept: dict[str, Any]) -> None:
    kept |= {"work/Count": 6, "work/Note": "as it was", "work/Old": 1}
    count, note = IntSlider(1, 0, 9, description="Count"), Text(description="Note")
    bar = SnapshotBar(VBox([count]), note, name="tuning")
    assert (count.value, note.value) == (6, "as it was")
    assert {name: field["trait"] for name, field in bar.saved.items()} == {"work/Count": "value", "work/Note": "value"}
    assert bar.snapshot == {"page": "tuning", "revision": 7, "misfits": [{"name": "work/Old", "reason": GONE}]}


@pytest.mark.proves("saved.own-widgets")
def test_values_are_loaded_into_plain_widgets() -> None:
    count = IntSlider(1, 0, 9, description="Count")
    bar = SnapshotBar(count, name="tuning")
    told = bar.put({"work/Count": 3, "work/Gone": 2, "other/Count": 4})
    assert (count.value, told["waiting"]) == (3, [])
    assert {one["name"]: one["reason"] for one in told["misfits"]} == {"work/Gone": GONE, "other/Count": NO_PAGE}


# how it is made


def test_a_dashboard_is_named_by_its_model(desk: Dashboard) -> None:
    bar = SnapshotBar(desk)
    assert (bar.dashboard, bar.saved, bar.snapshot) == (desk.model_id, {}, {})


def test_a_bar_is_of_one_dashboard_or_of_widgets(desk: Dashboard) -> None:
    for widgets in ((), (desk, IntSlider()), ("slider",), (IntSlider(), None)):
        with pytest.raises(TypeError, match="one dashboard, or of widgets"):
            SnapshotBar(*widgets)
    with pytest.raises(TypeError, match="own name"):
        SnapshotBar(desk, name="other")


@pytest.mark.proves("saved.extra")
def test_a_dashboard_offers_it_where_work_is_kept() -> None:
    pages = {"Data": train}
    desk = Dashboard(pages)
    assert [one["name"] for one in desk.menu][:2] == ["Data", "Saved work"]
    desk.page = "work"
    bar = desk.children_by_page["work"]
    assert isinstance(bar, SnapshotBar)
    assert bar.dashboard == desk.model_id
    assert "work" not in Dashboard(pages, autosave=False).extras
    assert "work" not in Dashboard(pages, extras=("jobs",)).extras
