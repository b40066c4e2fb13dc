"""The instructions of a pickle: as Python's own reader takes them apart, but quietly, and within bounds."""

from __future__ import annotations

import contextlib
import io
import pickle
import pickletools
import warnings
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.models.formats.pickles import instructions as ours


def read(data: bytes | io.BytesIO) -> list[tuple[str, Any]]:
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    return [(opcode.name, ours.argument(opcode, stream)) for opcode in ours.instructions(stream)]


def as_python_does(data: bytes) -> list[tuple[str, Any]]:
    return [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(data)]


VALUES = [1, 2**80, 0.5, "text", "Größe", b"bytes", None, True, {"a": [1, (2,)]}, OrderedDict, Decimal("1.5")]


@pytest.mark.proves("models.pickle-decision")
@pytest.mark.parametrize("protocol", range(6))
def test_pickles_are_taken_apart_as_python_does(protocol: int) -> None:
    for value in VALUES:
        data = pickle.dumps(value, protocol)
        assert read(data) == as_python_does(data)


OLD = [
    b"cos\nsystem\n.", b"(S'ls'\nios\nsystem\n.", b"Pmine\n.", b'S"it\'s"\n.', b"S''\n.",
    rb"S'\x41\102\n\\\''" + b"\n.",
]  # fmt: skip


@pytest.mark.proves("models.pickle-decision")
@pytest.mark.parametrize("data", OLD)
def test_texts_of_the_oldest_protocol_mean_the_same(data: bytes) -> None:
    assert read(data) == as_python_does(data)


@pytest.mark.parametrize(
    ("line", "text"),
    [(rb"a\}b", r"a\}b"), (rb"\777", "?7"), (rb"\xzz", r"\xzz"), (b"end\\", "end\\"), (b"\xe9", r"\xe9")],
)
def test_an_escape_that_is_none_stands_for_itself(line: bytes, text: str) -> None:
    """Python's own reader warns of it, or refuses: what a stranger writes is no news of this server."""
    assert read(b"S'" + line + b"'\n.")[0] == ("STRING", text)


@given(st.sampled_from([b"c", b"i", b"P", b"S'"]), st.binary(max_size=60))
def test_no_text_makes_python_warn(begin: bytes, text: bytes) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with contextlib.suppress(ValueError):
            read(begin + text + b"\n.")
    assert told == []


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("begin", [b"c", b"i", b"cos\n", b"P", b"S'"])
def test_a_line_without_an_end_is_not_read_whole(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_LONGEST_LINE", 100)
    stream = io.BytesIO(begin + b"x" * 10_000)
    with pytest.raises(ValueError, match="a line without an end"):
        read(stream)
    assert stream.tell() < 200


@pytest.mark.parametrize("data", [b"", b"\x80\x04", b"\xff.", b"S'x\n.", b"Sx\n.", b"S'\n."])
def test_what_is_cut_short_or_unknown_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(data)
