"""An alarm as a notice."""

from __future__ import annotations

from jupyter_crispdm.notices.notice import Notice, one_line

from ..types import Stream
from .types import StreamEvent


def alarm_notice(event: StreamEvent, stream: Stream, url: str) -> Notice:
    """That a stream raised an alarm. Source and directory stay out of it: whoever gets it may not see them."""
    about = {"stream": {"id": stream.id, "name": stream.name}, "alarm": event}
    return Notice(
        text=f"Stream “{one_line(stream.name)}” raised an alarm: {one_line(event.message) or event.detector}",
        url=f"{url}?stream={stream.id}",
        owner=stream.owner,
        time=event.notes[0].time,
        event="stream.alarm",
        about=about,
        details=_details(event, stream),
    )


def _details(event: StreamEvent, stream: Stream) -> list[str]:
    lines = [f"Stream: {one_line(stream.name)} ({stream.id})", f"Detector: {one_line(event.detector)}"]
    lines += [f"{name}: {value:.6g}" for name, value in (("Value", event.value), ("Probability", event.probability))
              if value is not None]  # fmt: skip
    return [*lines, f"Sample: {event.seq}", f"Noted: {event.notes[0].time:%Y-%m-%d %H:%M:%S} UTC"]
