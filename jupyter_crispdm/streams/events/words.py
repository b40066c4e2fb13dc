"""What becomes of an alarm when the collector or somebody says something. No clock, no database."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import BadRequest, Conflict

from ..alarms.line import AlarmLine
from .types import EventAction, EventNote, EventState, EventWord, StreamEvent

_MOST_NOTES = 100
_BECOMES = {
    EventAction.acknowledge: EventState.acknowledged,
    EventAction.shelve: EventState.shelved,
    EventAction.clear: EventState.cleared,
}


def raised(stream: str, line: AlarmLine, now: float, shelf: StreamEvent | None = None) -> StreamEvent:
    """A new alarm; where its detector is shelved by an earlier one, it is shelved for as long."""
    state = EventState.raised if shelf is None else EventState.shelved
    return StreamEvent(
        id=line.id, stream=stream, seq=line.seq, time=line.time, value=line.value, probability=line.probability,
        detector=line.detector[:200], message=line.message[:500], state=state,
        by="" if shelf is None else shelf.by, shelved_until=None if shelf is None else shelf.shelved_until,
        notes=[EventNote(utc(now), state)],
    )  # fmt: skip


def ended(event: StreamEvent, line: AlarmLine, now: float) -> StreamEvent:
    """The alarm after the collector saw its end."""
    event = msgspec.structs.replace(event, ended=line.time)
    if event.state is EventState.cleared:
        return event
    return _noted(event, EventNote(utc(now), EventState.cleared), shelved_until=None)


def unshelved(event: StreamEvent, now: float) -> StreamEvent:
    """A shelved alarm whose time is over: it is one that was raised again."""
    return _noted(event, EventNote(utc(now), EventState.raised), shelved_until=None, by="")


def after(event: StreamEvent, word: EventWord, by: str, now: float) -> StreamEvent:
    """The alarm after somebody did something about it. Raises BadRequest, Conflict."""
    if word.action is EventAction.label and word.label is None:
        raise BadRequest("'label' says what the event is called; empty takes it back.", field="label")
    if word.action is EventAction.shelve and word.seconds is None:
        raise BadRequest("'seconds' says how long the alarm is shelved.", field="seconds")
    if word.action is EventAction.shelve and event.state is EventState.cleared:
        raise Conflict("The alarm is cleared; only an open one is shelved.", field="action")
    state = _BECOMES.get(word.action, event.state)
    if event.state is EventState.cleared:  # what is over stays so
        state = EventState.cleared
    until = event.shelved_until if word.action is EventAction.label else None
    if word.action is EventAction.shelve and word.seconds is not None:
        until = utc(now + word.seconds)
    return _noted(
        event, EventNote(utc(now), state, by, word.comment), by=by, comment=word.comment or event.comment,
        label=event.label if word.label is None else word.label, shelved_until=until,
    )  # fmt: skip


def _noted(event: StreamEvent, note: EventNote, **fields: object) -> StreamEvent:
    notes = [*event.notes, note][-_MOST_NOTES:]
    return msgspec.structs.replace(event, state=note.state, notes=notes, **fields)
