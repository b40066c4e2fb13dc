"""What travels about the alarms of streams, and about what people say of them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from jupyter_crispdm.base.wire import Body, Wire


class EventState(str, Enum):
    """An alarm as operators know it; `cleared` is the only one that is not open."""

    raised = "raised"
    acknowledged = "acknowledged"
    shelved = "shelved"
    cleared = "cleared"


class EventAction(str, Enum):
    """What somebody does about an alarm."""

    acknowledge = "acknowledge"
    shelve = "shelve"
    clear = "clear"
    label = "label"


class EventNote(Wire, frozen=True):
    """What became of an alarm, when, and by whom; `by` is empty for the collector."""

    time: datetime
    state: EventState
    by: str = ""
    comment: str = ""


class StreamEvent(Wire, frozen=True, kw_only=True):
    """One alarm. `time` is that of the sample that raised it, in seconds since the epoch, as `ended` is of its end.

    A shelved one tells nobody until `shelved_until`. `notes` are what became of it, the newest last.
    """

    id: str
    stream: str
    seq: int
    time: float
    value: float | None = None
    probability: float | None = None
    state: EventState = EventState.raised
    by: str = ""
    comment: str = ""
    label: str = ""
    detector: str = ""
    message: str = ""
    ended: float | None = None
    shelved_until: datetime | None = None
    notes: list[EventNote] = []


class EventList(Wire, frozen=True):
    """Events, newest first."""

    events: list[StreamEvent]


class EventQuery(Body, frozen=True):
    """`open`: only those that are not cleared. `before`: only those older than this event."""

    state: Literal["open", "all"] = "all"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: str | None = None


class EventWord(Body, frozen=True, kw_only=True):
    """What to do about an event. `seconds` is how long it is shelved, `label` what it is called in exported data."""

    action: EventAction
    comment: Annotated[str, Meta(max_length=2000)] = ""
    seconds: Annotated[float, Meta(ge=1, le=31_536_000)] | None = None
    label: Annotated[str, Meta(max_length=200)] | None = None


class NewLabel(Body, frozen=True, kw_only=True):
    """A name for a span of time, in seconds since the epoch."""

    start: float = field(name="from")
    end: float = field(name="to")
    label: Annotated[str, Meta(min_length=1, max_length=200)]


class Label(Wire, frozen=True, kw_only=True):
    """A span of time that somebody named; it becomes the column `label` of exported data."""

    id: int
    start: float = field(name="from")
    end: float = field(name="to")
    label: str
    by: str
    created: datetime


class LabelList(Wire, frozen=True):
    """Labels of a stream, oldest span first."""

    labels: list[Label]


class EventsFact(Wire, frozen=True, omit_defaults=True):
    """What `streams/{id}/events` tells: the newest 1,000 `events`, then one `event` that came or changed."""

    events: list[StreamEvent] | UnsetType = UNSET
    event: StreamEvent | UnsetType = UNSET
    gap: bool = False
