"""A line of `alarms.jsonl`: an alarm was raised or cleared."""

from __future__ import annotations

from typing import Literal

import msgspec


class AlarmLine(msgspec.Struct, frozen=True):
    """An alarm was raised or cleared, by which sample; `time` is the sample's, in seconds since the epoch."""

    id: str
    kind: Literal["raised", "cleared"]
    seq: int
    time: float
    value: float | None = None
    probability: float | None = None
    detector: str = ""
    message: str = ""


def alarm_line(text: bytes) -> AlarmLine | None:
    """The alarm of a line; None for a line that is none of ours, whatever it holds."""
    try:
        return msgspec.json.decode(text, type=AlarmLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
