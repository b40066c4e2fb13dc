"""Text as models write it: who writes, the pieces as they come, and a stream that a cut reader goes on with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, Unprocessable
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.streaming import Event, Stream
from jupyter_crispdm.streaming.resume import Bounds, Replays

from ..notes import note
from ..text_types import GenerateDetails, GenerateReply, GenerateRequest
from ..workers.pool import WorkerPool
from ..workers.repository import ModelRepository

BOUNDS = Bounds(pieces=20_000, characters=2**21, each=32, all=256, forget=120.0)
"""What is kept of streams, so that who was cut off goes on."""

HEARTBEAT = 15.0
_RETRY = 1000
_MOST_CHARACTERS = 2**20
_STOP, _LENGTH = "stop", "length"
_WRITTEN = "written"
"""The input by which a model is told what it has written already; one that has none cannot go on."""

_T = TypeVar("_T")


class Piece(NamedTuple):
    """A piece of a text; the last one says how it ended."""

    text: str
    details: GenerateDetails | None = None


async def pieces(pool: WorkerPool, parameters: Mapping[str, Any], caller: str) -> AsyncGenerator[Piece, None]:
    """What a model writes. Raises Unprocessable for parameters that cannot be followed, Unavailable."""
    note(model=pool.spec.model, version=pool.spec.version, rows=1)
    length = count = 0
    async with aclosing(Stream(pool.stream(parameters, caller))) as made:
        async for piece in made:
            text, ended = str(piece.get("text", "")), piece.get("finish_reason")
            length, count = length + len(text), count + 1
            if ended is not None:
                yield Piece(text, _details(piece, str(ended)))
                return
            if text:
                yield Piece(text)
            if length > _MOST_CHARACTERS:
                yield Piece("", GenerateDetails(_LENGTH, completion_tokens=count))
                return
    yield Piece("", GenerateDetails(_STOP, completion_tokens=count))


def _details(piece: Mapping[str, Any], ended: str) -> GenerateDetails:
    given = piece.get("usage")
    usage = given if isinstance(given, dict) else {}
    counts = {name: usage.get(name) for name in ("prompt_tokens", "completion_tokens")}
    return GenerateDetails(ended, **{name: int(count) for name, count in counts.items() if isinstance(count, int)})


async def whole(pool: WorkerPool, parameters: Mapping[str, Any], caller: str) -> tuple[str, GenerateDetails]:
    """All that a model writes. Raises as `pieces` does."""
    texts, details = [], GenerateDetails(_STOP)
    async with aclosing(pieces(pool, parameters, caller)) as made:
        async for piece in made:
            texts.append(piece.text)
            details = piece.details or details
    return "".join(texts), details


async def begun(stream: Stream[_T]) -> Stream[_T]:
    """The same stream once its first item is there: what is refused before is raised here, and told by its status."""
    items = aiter(stream)
    try:
        first = [await anext(items)]
    except StopAsyncIteration:
        first = []
    except BaseException:
        await stream.aclose()
        raise

    async def all_items() -> AsyncGenerator[_T, None]:
        for item in first:
            yield item
        async for item in items:
            yield item

    return Stream(all_items(), close=stream.aclose)


class Writers:
    """The deployed models that write text."""

    def __init__(self, repository: ModelRepository) -> None:
        self._repository = repository

    def all(self) -> list[WorkerPool]:
        """Those that are ready: of each model one, the newest."""
        found: dict[str, WorkerPool] = {}
        for pool in self._repository.pools:
            if pool.ready and _writes(pool):
                found.setdefault(pool.spec.model, pool)
        return list(found.values())

    def find(self, model: str, version: int | None = None) -> WorkerPool:
        """A model that writes. Raises NotFound, Unavailable, Unprocessable for a model that does not write."""
        pool = self._repository.of_model(model, version)
        if not _writes(pool):
            raise Unprocessable(f"The model '{pool.spec.model}' writes no text.", field="model")
        return pool


def _writes(pool: WorkerPool) -> bool:
    return bool(pool.description.get("streams"))


def _goes_on(pool: WorkerPool) -> bool:
    signature = pool.description.get("signature") or {}
    return any(tensor.get("name") == _WRITTEN for tensor in signature.get("inputs", ()))


class Generation:
    """`generate` and `generate_stream` of the Open Inference Protocol."""

    def __init__(self, writers: Writers) -> None:
        self._writers = writers
        self._replays = Replays(BOUNDS)

    async def generate(self, asked: GenerateRequest, model: str, version: int | None, caller: str) -> GenerateReply:
        """The whole text. Raises NotFound, Unavailable, Unprocessable."""
        pool = self._writers.find(model, version)
        text, details = await whole(pool, _parameters(asked), caller)
        return GenerateReply(pool.spec.model, str(pool.spec.version), text, details, asked.id)

    async def stream(
        self, asked: GenerateRequest, model: str, version: int | None, caller: str, last_event_id: str = ""
    ) -> Stream[bytes]:
        """The text as Server-Sent Events, a GenerateReply each; after `last_event_id` where there is one.

        What goes wrong later is an event `error`. Raises NotFound, Unavailable, Unprocessable, and for an id BadRequest
        and Gone.
        """
        if last_event_id:
            replay, done = self._replays.find(caller, last_event_id)
        else:
            pool = self._writers.find(model, version)
            text = _Text(self._writers, pool, asked, caller)
            replay, done = await self._replays.begin(caller, text.after, reopens=_goes_on(pool)), 0
        events = await begun(replay.after(done))
        return Stream(_told(events), close=events.aclose).sse(heartbeat=HEARTBEAT, retry=_RETRY)


class _Text:
    """One text for a replay: its pieces as JSON, and what is written so far."""

    def __init__(self, writers: Writers, pool: WorkerPool, asked: GenerateRequest, caller: str) -> None:
        self._writers, self._asked, self._caller = writers, asked, caller
        self._first: WorkerPool | None = pool
        self._model, self._version = pool.spec.model, pool.spec.version
        self._texts: list[str] = []

    async def after(self, done: int) -> AsyncGenerator[str, None]:
        """What comes after so many pieces, of the same version of the model."""
        del self._texts[done:]
        parameters = _parameters(self._asked)
        if done:
            parameters[_WRITTEN] = "".join(self._texts)
        first, self._first = self._first, None
        pool = first or self._writers.find(self._model, self._version)
        async with aclosing(pieces(pool, parameters, self._caller)) as made:
            async for piece in made:
                self._texts.append(piece.text)
                yield self._said(piece)

    def _said(self, piece: Piece) -> str:
        said = GenerateReply(self._model, str(self._version), piece.text, piece.details, self._asked.id)
        return encode(said).decode()


def _parameters(asked: GenerateRequest) -> dict[str, Any]:
    return {**asked.parameters, "prompt": asked.text_input}


async def _told(events: Stream[Event]) -> AsyncGenerator[Event, None]:
    """The events, and why there are no more when there should be."""
    try:
        async for event in events:
            yield event
    except CrispdmError as error:
        yield Event(msgspec.json.encode(error.body()).decode(), name="error")
