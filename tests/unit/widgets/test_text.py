"""The Python side of the widget that lets a model write: what is configured, what is kept, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import TraitError

from jupyter_crispdm.widgets import StreamText
from jupyter_crispdm.widgets.keeping.keeper import Keeper

ANSWER = {"prompt": "Once", "text": " upon a time", "ending": "length", "error": ""}


@pytest.mark.proves("widgets.stream-text")
def test_the_view_is_found_in_our_extension_with_what_was_chosen() -> None:
    state = StreamText("Once", model="manual", max_tokens=50, temperature=0.0, title="Write").get_state()
    assert (state["_view_module"], state["_view_name"]) == ("jupyter-crispdm", "StreamTextView")
    assert [state[name] for name in ("prompt", "model", "max_tokens", "temperature", "title", "answer")] == [
        "Once", "manual", 50, 0.0, "Write", {},
    ]  # fmt: skip


def test_without_a_word_it_is_ready_to_be_asked() -> None:
    widget = StreamText()
    assert (widget.prompt, widget.model, widget.max_tokens, widget.temperature) == ("", "", 400, 0.7)


@pytest.mark.proves("widgets.stream-text")
def test_what_was_chosen_and_written_is_there_at_the_next_visit() -> None:
    before = Keeper()
    with before.page("write"):
        widget = StreamText()
    before.take("write", widget)
    widget.prompt, widget.answer, widget.max_tokens = "Once", ANSWER, 77
    kept = {name: field.value() for name, field in before.fields.items()}

    after = Keeper(kept)
    with after.page("write"):
        again = StreamText()
    after.take("write", again)
    assert (again.prompt, again.answer, again.max_tokens) == ("Once", ANSWER, 77)
    assert after.misfits == {}


@pytest.mark.proves("door.widget-values")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prompt", "a" * 20_001),
        ("prompt", 7),
        ("model", "a" * 201),
        ("max_tokens", 0),
        ("max_tokens", 16_385),
        ("max_tokens", "7"),
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("temperature", float("nan")),
        ("answer", {"text": "a"}),
        ("answer", {**ANSWER, "ending": "<b>"}),
        ("answer", {**ANSWER, "text": 7}),
        ("answer", {**ANSWER, "text": "a" * 100_001}),
        ("answer", {**ANSWER, "more": ""}),
        ("answer", "a"),
    ],
)
def test_a_value_that_a_browser_must_not_set_is_refused(name: str, value: Any) -> None:
    widget = StreamText("Once")
    before = getattr(widget, name)
    with pytest.raises(TraitError):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_a_program_hears_of_a_text_once_it_is_written() -> None:
    heard: list[str] = []
    widget = StreamText()
    widget.observe(lambda change: heard.append(change["new"]["text"]), "answer")
    widget.set_state({"answer": ANSWER})
    assert heard == [" upon a time"]


def test_an_answer_can_be_taken_away() -> None:
    widget = StreamText(answer=ANSWER)
    widget.answer = {}
    assert widget.answer == {}
