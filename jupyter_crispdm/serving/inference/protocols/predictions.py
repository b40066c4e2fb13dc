"""Predictions on pictures: piece by piece, so that callers take turns and nobody's pictures fill the memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ..batching.pieces import pieces
from ..settings import RequestLimits
from ..tensors import Buffer
from ..types import Pair, PictureAnswer
from ..workers.pool import WorkerPool
from ..workers.requests import refusal
from . import images
from .images import Refused, Sent

Picture = np.ndarray[Any, Any]
Keep = Callable[[bytes], str]
"""What becomes of a picture that was drawn: base64, or the address where it lies."""


async def predict(
    pool: WorkerPool,
    options: Mapping[str, Any],
    given: Sequence[Sent | Refused],
    caller: str,
    limits: RequestLimits,
    keep: Keep,
) -> list[Pair]:
    """One pair of result and picture for each that was sent; what cannot be answered has its error there.

    It takes several turns: whoever asks visits the pool.

    Raises Unavailable, TooLarge when it is more work than one request may ask for, Unprocessable for bad options.
    """
    good = [item for item in given if isinstance(item, Sent)]
    answered: list[Pair] = []
    if good:
        planned = await pool.plan(options, [sent.shape for sent in good], caller)
        work = planned if len(planned) == len(good) else [sent.pixels for sent in good]
        for piece in pieces(good, work, limits):
            async with pool.turn(caller):
                answered += await _answer(pool, options, piece, caller, keep)
    rest = iter(answered)
    return [(item.answer(), None) if isinstance(item, Refused) else next(rest) for item in given]


async def _answer(
    pool: WorkerPool, options: Mapping[str, Any], piece: list[Sent], caller: str, keep: Keep
) -> list[Pair]:
    decoded = await asyncio.to_thread(lambda: [images.read(sent) for sent in piece])
    pictures = [item for item in decoded if not isinstance(item, Refused)]
    items: list[tuple[PictureAnswer, Picture | None]] = []
    if pictures:
        header = {"do": "predict", "shapes": [picture.shape for picture in pictures], "options": options}
        reply, body = await pool.ask(header, [picture.data.cast("B") for picture in pictures], caller)
        items = list(_items(reply["items"], body))
    rest = iter(items)
    pairs = [(item.answer(), None) if isinstance(item, Refused) else next(rest) for item in decoded]
    return await asyncio.to_thread(lambda: [(result, _kept(picture, keep)) for result, picture in pairs])


def _kept(picture: Picture | None, keep: Keep) -> str | None:
    return None if picture is None else keep(images.encode(picture))


def _items(items: Iterable[dict[str, Any]], body: Buffer) -> Iterator[tuple[PictureAnswer, Picture | None]]:
    start = 0
    for item in items:
        if "error" in item:
            yield Refused(refusal(item["error"])).answer(), None
            continue
        shape = cast("tuple[int, int, int]", tuple(item["shape"]))
        size = shape[0] * shape[1] * shape[2]
        yield item["json"], np.frombuffer(body, np.uint8, size, start).reshape(shape)
        start += size
