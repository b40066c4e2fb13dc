"""A request is cut into pieces, of which a worker does one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from ..settings import RequestLimits


class Sized(Protocol):
    """What has a size."""

    @property
    def pixels(self) -> int:
        """How large it is."""


_S = TypeVar("_S", bound=Sized)


def pieces(sent: Sequence[_S], work: Sequence[int], limits: RequestLimits) -> Iterator[list[_S]]:
    """Cut a request into what a worker does at a time: few pictures, of bounded size and bounded work."""
    piece: list[_S] = []
    load = pixels = 0
    for item, cost in zip(sent, work, strict=True):
        load, pixels = load + cost, pixels + item.pixels
        over = load > limits.piece_pixels or pixels > limits.image_pixels
        if piece and (over or len(piece) == limits.piece_images):
            yield piece
            piece, load, pixels = [], cost, item.pixels
        piece.append(item)
    if piece:
        yield piece
