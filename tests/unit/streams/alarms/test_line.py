"""Lines of `alarms.jsonl`: those of a collector, and what anybody else may have written there."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streams.alarms.line import AlarmLine, alarm_line


@given(
    st.builds(
        AlarmLine,
        id=st.text(st.characters(exclude_categories=["Cs"])),
        kind=st.sampled_from(["raised", "cleared"]),
        seq=st.integers(0, 2**63 - 1),
        time=st.floats(allow_nan=False, allow_infinity=False),
        value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_a_line_is_read_as_it_was_written(line: AlarmLine) -> None:
    assert alarm_line(msgspec.json.encode(line)) == line


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "a", "kind": "lost", "seq": 1, "time": 0}',
        b'{"id": "a", "kind": "raised", "seq": "1", "time": 0}',
        b'{"id": "\xff", "kind": "raised", "seq": 1, "time": 0}',
        b'{"more": ' + b"[" * 100_000,
    ],
    ids=["empty", "cut off", "a list", "another word", "another type", "no UTF-8", "deep"],
)
def test_what_is_no_alarm_is_passed_over(text: bytes) -> None:
    assert alarm_line(text) is None
