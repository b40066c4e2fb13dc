"""Bytes cut into pieces: at each byte, at one place, or anyhow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import strategies as st


def each_byte(whole: bytes) -> list[bytes]:
    """A piece for each byte."""
    return [whole[at : at + 1] for at in range(len(whole))]


def in_two(whole: bytes) -> Iterator[list[bytes]]:
    """Every way of cutting once."""
    for at in range(len(whole) + 1):
        yield [whole[:at], whole[at:]]


@st.composite
def cut(draw: st.DrawFn, wholes: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    """Some bytes, and the same in pieces, of which some are empty."""
    whole = draw(wholes)
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    return whole, [whole[begin:end] for begin, end in zip([0, *places], [*places, len(whole)], strict=True)]


def fed(core: Any, pieces: Iterable[Any]) -> list[Any]:
    """All that a core makes of some pieces, to the end."""
    made = [item for piece in pieces for item in core.feed(piece)]
    return [*made, *core.finish()]
