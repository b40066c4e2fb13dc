"""Which values of a page are kept, what they are called, and how they come back."""

from __future__ import annotations

import datetime
import json
from typing import Any

import ipywidgets as widgets
import pytest
from ipywidgets import Widget

from jupyter_crispdm.widgets.keeping.fields import fields_of

MANY: list[tuple[Widget, Any, Any]] = [
    (widgets.IntSlider(5, 0, 10), 7, 7),
    (widgets.FloatSlider(0.5, min=0, max=1), 0.25, 0.25),
    (widgets.FloatLogSlider(value=1e-3, min=-5, max=-1), 1e-2, 1e-2),
    (widgets.IntRangeSlider(value=(1, 3), min=0, max=10), (2, 9), [2, 9]),
    (widgets.FloatRangeSlider(value=(0.1, 0.2), min=0, max=1), (0.2, 0.4), [0.2, 0.4]),
    (widgets.BoundedIntText(1, min=0, max=5), 4, 4),
    (widgets.FloatText(1.5), -2.25, -2.25),
    (widgets.Text("a"), "数据", "数据"),
    (widgets.Textarea("a"), "two\nlines", "two\nlines"),
    (widgets.Combobox(options=["a"]), "b", "b"),
    (widgets.Checkbox(False), True, True),
    (widgets.ToggleButton(False), True, True),
    (widgets.Dropdown(options=["Adam", "SGD"]), "SGD", "SGD"),
    (widgets.RadioButtons(options=[("one", 1), ("two", 2)]), 2, "two"),
    (widgets.ToggleButtons(options=["a", "b"]), "b", "b"),
    (widgets.Select(options=["a", "b"]), "b", "b"),
    (widgets.SelectMultiple(options=["a", "b", "c"]), ("a", "c"), ["a", "c"]),
    (widgets.SelectionSlider(options=["a", "b"]), "b", "b"),
    (widgets.SelectionRangeSlider(options=["a", "b", "c"], index=(0, 1)), ("b", "c"), ["b", "c"]),
    (widgets.ColorPicker(value="#ff0000"), "#00ff00", "#00ff00"),
    (
        widgets.DatePicker(value=datetime.date(2026, 1, 2)), datetime.date(2025, 12, 31),
        {"year": 2025, "month": 11, "date": 31},
    ),
    (widgets.TagsInput(value=["a"]), ["a", "b"], ["a", "b"]),
]  # fmt: skip


@pytest.mark.proves("desk.fields")
@pytest.mark.parametrize(("widget", "chosen", "as_json"), MANY, ids=lambda one: type(one).__name__)
def test_what_was_chosen_comes_back_into_a_new_widget(widget: Widget, chosen: Any, as_json: Any) -> None:
    [field] = fields_of(widget, "train")
    default = widget.value
    widget.value = chosen
    assert field.value() == as_json
    sent = json.loads(json.dumps(field.value()))
    widget.value = default
    assert field.put(sent) == ""
    assert widget.value == chosen
    assert field.value() == as_json


@pytest.mark.parametrize(
    "container",
    [widgets.Accordion, widgets.Tab, widgets.Stack],
)
def test_which_part_of_a_container_is_open_is_kept_and_what_is_in_it(container: Any) -> None:
    made = container(children=[widgets.Text(description="Name"), widgets.Text(description="Name")])
    fields = {field.name: field for field in fields_of(made, "data")}
    assert list(fields) == [f"data/{container.__name__}", "data/Name", "data/Name 2"]
    assert fields[f"data/{container.__name__}"].put(1) == ""
    assert made.selected_index == 1


@pytest.mark.parametrize(
    "widget",
    [
        widgets.HTML("<b>x</b>"), widgets.Label("x"), widgets.IntProgress(3), widgets.Image(value=b"x"),
        widgets.Button(), widgets.Output(), widgets.Valid(), widgets.Password(value="secret"), widgets.FileUpload(),
        widgets.Play(),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_nobody_chose_is_not_kept_and_no_secret_is(widget: Widget) -> None:
    assert fields_of(widgets.VBox([widget]), "p") == []


def test_names_are_those_of_the_page_and_do_not_depend_on_html_or_blanks() -> None:
    named = [
        widgets.IntText(description="<b>Learning</b>  rate :"), widgets.IntText(description="\u202edlrow"),
        widgets.IntText(), widgets.IntText(), widgets.IntText(description="x" * 300),
    ]  # fmt: skip
    assert [field.name for field in fields_of(widgets.VBox(named), "p")] == [
        "p/Learning rate", "p/dlrow", "p/IntText", "p/IntText 2", f"p/{'x' * 60}",
    ]  # fmt: skip


def test_a_widget_that_is_there_twice_or_in_itself_is_one_field() -> None:
    text = widgets.Text(description="a")
    box = widgets.VBox([text, widgets.HBox([text])])
    box.children = (*box.children, box)
    assert [field.name for field in fields_of(box, "p")] == ["p/a"]


@pytest.mark.proves("desk.misfits")
@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (widgets.IntSlider(5, 0, 10), 12), (widgets.IntSlider(5, 0, 10), "five"), (widgets.IntSlider(5, 0, 10), None),
        (widgets.IntSlider(5, 0, 10), {"a": 1}), (widgets.IntSlider(5, 0, 10), 2.5), (widgets.IntSlider(5, 0, 10), [3]),
        (widgets.Dropdown(options=["a", "b"]), "c"), (widgets.Dropdown(options=["a", "b"]), ["a"]),
        (widgets.SelectMultiple(options=["a", "b"]), ["a", "c"]), (widgets.SelectMultiple(options=["a"]), "a b"),
        (widgets.IntRangeSlider(value=(1, 3), min=0, max=10), [5]),
        (widgets.IntRangeSlider(value=(1, 3), max=10), [9, 50]),
        (widgets.DatePicker(), {"year": 10**9, "month": 0, "date": 1}), (widgets.DatePicker(), "today"),
        (widgets.Text("x"), 5), (widgets.Checkbox(), "true"), (widgets.ColorPicker(), "no color; at all"),
        (widgets.Tab(children=[widgets.Text()]), 7), (widgets.TagsInput(allowed_tags=["a"], value=["a"]), ["b"]),
        (widgets.FloatText(1.0), 10**400),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Widget) else None,
)  # fmt: skip
def test_what_no_longer_fits_leaves_the_widget_as_it_is_and_says_so(widget: Widget, value: Any) -> None:
    field = fields_of(widget, "p")[0]
    before = field.value()
    assert field.put(value) == "this value is no longer possible"
    assert field.value() == before


def test_a_choice_goes_by_its_label_where_the_options_moved() -> None:
    [field] = fields_of(widgets.Dropdown(options=["new", "Adam", "SGD"]), "p")
    assert field.put("SGD") == ""
    assert field.widget.value == "SGD"


def test_no_choice_comes_back_as_none() -> None:
    [field] = fields_of(widgets.Dropdown(options=["a", "b"], value="a"), "p")
    assert field.put(None) == ""
    assert field.widget.value is None


def test_putting_back_tells_the_page_and_the_programs_own_observers(monkeypatch: pytest.MonkeyPatch) -> None:
    slider = widgets.IntSlider(5, 0, 10)
    heard: list[Any] = []
    slider.observe(heard.append, "value")
    sent: list[Any] = []
    monkeypatch.setattr(slider, "send_state", lambda key=None: sent.append(key))  # what would go to the browser
    fields_of(slider, "p")[0].put(7)
    assert [change["new"] for change in heard] == [7]
    assert sent == ["value"]


def test_a_program_that_fails_at_a_value_does_not_spoil_the_page() -> None:
    slider, text = widgets.IntSlider(5, 0, 10, description="a"), widgets.Text(description="b")

    def fail(change: Any) -> None:
        raise RuntimeError("the program's own mistake")

    slider.observe(fail, "value")
    first, second = fields_of(widgets.VBox([slider, text]), "p")
    assert (first.put(7), second.put("x")) == ("this value is no longer possible", "")
    assert text.value == "x"
