from __future__ import annotations

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict
from jupyter_crispdm.streams.alarms.line import AlarmLine
from jupyter_crispdm.streams.events import words
from jupyter_crispdm.streams.events.types import EventAction, EventState, EventWord, StreamEvent

NOW = 1_700_000_000.0
LINE = AlarmLine("a1", "raised", 7, 5.0, 1.0, 0.9, "alert", "probability over 0.5")


def raised() -> StreamEvent:
    return words.raised("line", LINE, NOW)


def said(event: StreamEvent, action: str, now: float = NOW + 1, by: str = "ada", **fields: object) -> StreamEvent:
    return words.after(event, msgspec.convert({"action": action, **fields}, EventWord), by, now)


def cleared(event: StreamEvent) -> StreamEvent:
    return words.ended(event, msgspec.structs.replace(LINE, kind="cleared", time=9.0), NOW + 5)


@pytest.mark.proves("streams.events")
def test_an_alarm_is_raised_acknowledged_and_cleared_with_who_and_why() -> None:
    event = said(raised(), "acknowledge", comment="on my way")
    assert (event.state, event.by, event.comment) == (EventState.acknowledged, "ada", "on my way")
    over = cleared(event)
    assert (over.state, over.ended, over.by, over.comment) == (EventState.cleared, 9.0, "ada", "on my way")
    assert [(note.state, note.by) for note in over.notes] == [
        (EventState.raised, ""), (EventState.acknowledged, "ada"), (EventState.cleared, ""),
    ]  # fmt: skip


def test_a_shelved_alarm_is_raised_again_when_its_time_is_over() -> None:
    shelved = said(raised(), "shelve", seconds=60)
    assert shelved.state is EventState.shelved
    assert shelved.shelved_until is not None
    assert shelved.shelved_until.timestamp() == NOW + 61
    back = words.unshelved(shelved, NOW + 61)
    assert (back.state, back.shelved_until, back.by) == (EventState.raised, None, "")


def test_who_acknowledges_takes_from_the_shelf() -> None:
    assert said(said(raised(), "shelve", seconds=60), "acknowledge").shelved_until is None


def test_what_is_cleared_by_hand_stays_so_and_hears_of_its_end() -> None:
    by_hand = said(raised(), "clear")
    assert (by_hand.state, by_hand.ended) == (EventState.cleared, None)
    over = cleared(by_hand)
    assert (over.state, over.ended, len(over.notes)) == (EventState.cleared, 9.0, len(by_hand.notes))


def test_what_is_over_can_still_be_acknowledged_and_labelled_and_stays_over() -> None:
    event = said(said(cleared(raised()), "acknowledge", comment="seen"), "label", label="jam")
    assert (event.state, event.comment, event.label) == (EventState.cleared, "seen", "jam")
    assert said(event, "label", label="").label == ""


def test_a_label_leaves_the_shelf_as_it_is() -> None:
    shelved = said(raised(), "shelve", seconds=60)
    assert said(shelved, "label", label="jam").shelved_until == shelved.shelved_until


def test_an_alarm_of_a_detector_on_the_shelf_comes_shelved() -> None:
    shelf = said(raised(), "shelve", seconds=60, by="bob")
    event = words.raised("line", LINE, NOW + 10, shelf)
    assert (event.state, event.shelved_until, event.by) == (EventState.shelved, shelf.shelved_until, "bob")


@pytest.mark.parametrize(("action", "field"), [("shelve", "seconds"), ("label", "label")])
def test_what_is_missing_is_named(action: str, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        said(raised(), action)
    assert caught.value.details["field"] == field


def test_what_is_over_is_not_shelved() -> None:
    with pytest.raises(Conflict):
        said(cleared(raised()), "shelve", seconds=5)


def test_the_notes_of_a_restless_alarm_stay_few() -> None:
    event = raised()
    for _ in range(300):
        event = said(event, EventAction.acknowledge.value)
    assert len(event.notes) == 100
