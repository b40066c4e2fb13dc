from __future__ import annotations

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.streams.alarms.line import AlarmLine
from jupyter_crispdm.streams.events import words
from jupyter_crispdm.streams.events.notices import alarm_notice
from jupyter_crispdm.streams.types import SimulatedSource, Stream, StreamState


def test_a_notice_tells_of_the_alarm_and_nothing_of_where_it_comes_from() -> None:
    stream = Stream(
        id="line", name="Line\n7", source=SimulatedSource(), state=StreamState.running, owner="ada",
        directory="/data/secret", created=utc(1),
    )  # fmt: skip
    line = AlarmLine("a1", "raised", 7, 1e300, 1.25, None, "alert", "over <!channel>")
    notice = alarm_notice(words.raised("line", line, 1_700_000_000.0), stream, "http://here/lab")
    assert notice.text == "Stream “Line 7” raised an alarm: over <!channel>"
    assert (notice.url, notice.owner, notice.event) == ("http://here/lab?stream=line", "ada", "stream.alarm")
    assert "secret" not in repr(notice)
    assert notice.details == [
        "Stream: Line 7 (line)", "Detector: alert", "Value: 1.25", "Sample: 7", "Noted: 2023-11-14 22:13:20 UTC",
    ]  # fmt: skip
