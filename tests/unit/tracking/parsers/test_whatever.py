"""Whatever is printed is read in a time that grows with its length, and little of it is remembered."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.parsers import LogParser
from jupyter_crispdm.tracking.points import Point
from tests.support import grows_evenly
from tests.unit.tracking.parsers.saying import points


@pytest.mark.parametrize("state", [b"", b"[]", b'{"rest": "%"}', b"\xff", b'{"tracks": 3}', b"null"])
def test_a_state_that_is_none_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="no state"):
        LogParser().restore(state)


def test_what_is_remembered_stays_small() -> None:
    parser = LogParser()
    for number in range(3000):
        list(parser.feed(f"epoch {number}: {'x' * 60}_{number}_loss 0.5, k{number}=0.5\n".encode(), 0.0))
    assert len(parser.state()) <= 64 << 10
    another = LogParser()
    another.restore(parser.state())
    assert [point.name for point in another.feed(b"epoch 9999: new_loss 0.5\n", 0.0)] in ([], ["new_loss"])


@pytest.mark.proves("training.log-bounded")
@pytest.mark.parametrize(
    "piece",
    [
        "a=",
        "1 ",
        "loss 0.5 ",
        "[",
        "((",
        "1/",
        "epoch 1 ",
        "a: 1, ",
        "0.",
        "12:",
        "━",
        "█|",
        "%|",
        "'",
        "\x1b[",
        "{",
        '{"a":',
        "1e",
        "--",
        "| ",
        "a  ",
        "train ",
        "1,234,",
        "\x1b]8;;",
        "it [1",
    ],
)
def test_no_line_takes_long(piece: str) -> None:
    for end in ("\n", " loss: 0.5\n", "]\n", "}\n", "x\r"):
        assert grows_evenly(partial(_read_long, piece, end), 100), (piece, end)


def _read_long(piece: str, end: str, length: int) -> list[Point]:
    return list(LogParser().feed((piece * length + end).encode(), 0.0))


WORDS = [
    "nan",
    "inf",
    "1e300",
    "999999999999999",
    "0",
    "-1",
    "3",
    "0.5",
    "epoch",
    "step",
    "loss",
    "batch",
    "Epoch",
    "/",
    ":",
    "=",
]
SIGNS = [
    " ",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    '"',
    "'",
    ",",
    "\t",
    "\r",
    "\b",
    "%|",
    "| ",
    "it [",
    "━",
    "train",
    "val",
    "all",
    "|",
    "\n",
]


@given(st.lists(st.sampled_from(WORDS + SIGNS), max_size=60).map("".join), st.text(max_size=40))
def test_whatever_is_printed_is_read(line: str, rest: str) -> None:
    for point in points(line, line + rest, rest):
        assert 1 <= len(point.name) <= 256
        assert point.step is None or abs(point.step) < 2**63
