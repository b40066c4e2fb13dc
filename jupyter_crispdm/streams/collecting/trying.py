"""The child that tries a source: what it is to do comes as JSON on its input, what it found goes as one line to its
output."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, SetupError
from jupyter_crispdm.base.tasks import spawn, within
from jupyter_crispdm.base.wire import encode

from ..mapping.mapper import Mapper
from ..mapping.proposing import propose
from ..sources.making import make
from ..sources.port import Message
from ..sources.port import Source as OpenSource
from ..types import MqttSource, ProposedColumn, Source, Trial

_MESSAGES = 20
_MESSAGE_BYTES = 2000
_CALM_SECONDS = 0.5


class Order(msgspec.Struct, frozen=True):
    """What is to be tried: a source, what it reads, its passwords, for how long, and a directory that it may use."""

    source: Source
    place: str
    passwords: dict[str, str]
    seconds: float
    directory: str


async def try_source(order: Order) -> Trial:
    """The first messages of a source, for as long as the order allows."""
    source = order.source
    if isinstance(source, MqttSource):  # nothing of it stays at the broker
        source = msgspec.structs.replace(source, session_seconds=0)
    try:
        opened = make(source, Path(order.directory), {**os.environ, **order.passwords}, order.place)
    except (CrispdmError, SetupError, OSError, ValueError) as error:
        return Trial([], [], str(error))
    try:
        messages = await _first(opened, order.seconds)
        trouble = opened.trouble
    finally:
        with suppress(Exception):
            await within(opened.close(), 1.0)
    return await asyncio.to_thread(_told, order, messages, trouble)


async def _first(opened: OpenSource, seconds: float) -> list[Message]:
    """What comes within some seconds, or as soon as there is something to look at and a moment has passed."""
    found: list[Message] = []
    deadline = time.monotonic() + seconds

    async def gather() -> None:
        nonlocal deadline
        async with aclosing(opened.read()) as coming:
            async for messages in coming:
                if not found:
                    deadline = min(deadline, time.monotonic() + _CALM_SECONDS)
                found.extend(messages)
                if len(found) >= _MESSAGES:
                    return

    reading = spawn("reading of a source on trial", gather())
    while not reading.done() and (left := deadline - time.monotonic()) > 0:
        await asyncio.wait({reading}, timeout=min(left, 0.1))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    return found[:_MESSAGES]


def _told(order: Order, messages: list[Message], trouble: str) -> Trial:
    texts = [_text(message.payload) for message in messages]
    columns = [ProposedColumn(one.name, one.path, one.kind) for one in propose([one.payload for one in messages])]
    if not messages:
        return Trial([], [], trouble or f"Nothing came within {order.seconds:.0f} seconds.")
    return Trial(texts, columns, _misfit(order.source, messages))


def _misfit(source: Source, messages: list[Message]) -> str:
    """Why the source's own mapping makes no samples of what came; empty where it does."""
    try:
        mapped = Mapper(source.fields, source.python)(messages)
    except Exception as error:  # a function of the user's own may raise anything
        return f"{type(error).__name__}: {error}"[:500]
    reasons = ", ".join(f"{reason} ({count})" for reason, count in mapped.rejected.items())
    return f"Not every message makes a sample: {reasons}." if reasons else ""


def _text(payload: bytes | dict[str, Any]) -> str:
    raw = payload if isinstance(payload, bytes) else encode(payload)
    return raw[:_MESSAGE_BYTES].decode("utf-8", "replace")


def main() -> int:
    """Try what stands on the standard input."""
    answer = os.dup(1)
    os.dup2(2, 1)  # what code of the user's own prints is no answer
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    told = encode(asyncio.run(try_source(order))) + b"\n"
    while told:
        told = told[os.write(answer, told) :]
    os._exit(0)  # threads of the source do not keep us


if __name__ == "__main__":
    main()
