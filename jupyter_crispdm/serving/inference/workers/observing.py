"""Requests seen from the side: asked once more for a shadow, kept as samples, compared. Nobody waits for any of it.

There are three kinds: tensors, pictures, and texts that are written piece by piece. Of each it is known how another
model is asked the same, and how question and answer look as tensors, which is what samples hold and what is compared.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
import numpy as np

from ..tensors import TEXT, Buffer, RawTensor, pack_texts
from .requests import Answer

if TYPE_CHECKING:
    from .pool import WorkerPool

SHADOW = "shadow"
_PREDICT = "predict"
Tensors = Sequence[RawTensor]


@dataclass(frozen=True)
class Asked:
    """What a model was asked. `kept` and `compared` make tensors of an answer."""

    again: Callable[[WorkerPool], asyncio.Future[Any]]
    inputs: Callable[[], Tensors]
    kept: Callable[[Any], Tensors]
    compared: Callable[[Any], Tensors]


Observe = Callable[[Asked, "asyncio.Future[Any]", float], None]


class Kept(Protocol):
    """Where samples go."""

    def watch(self, spec: Any, asked: Asked, answer: asyncio.Future[Any], begun: float) -> None:
        """Keep a request with its answer, if it belongs to the share."""


class Watched:
    """A pool whose answers are looked at; in all else it is the pool."""

    def __init__(self, pool: WorkerPool, observe: Observe | None, samples: Kept) -> None:
        self._pool, self._observe, self._samples = pool, observe, samples

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def infer(self, inputs: Tensors, caller: str, **more: Any) -> asyncio.Future[list[RawTensor]]:
        """Let the pool answer, and look at the answer."""
        begun = time.monotonic()
        answer = self._pool.infer(inputs, caller, **more)
        self._look(_tensors(inputs), answer, begun)
        return answer

    def ask(self, header: Mapping[str, Any], body: Sequence[Buffer], caller: str) -> asyncio.Future[Answer]:
        """Let the pool answer, and look at what it finds in pictures."""
        begun = time.monotonic()
        answer = self._pool.ask(header, body, caller)
        if header.get("do") == _PREDICT:
            self._look(_pictures(header, body), answer, begun)
        return answer

    async def stream(self, parameters: Mapping[str, Any], caller: str) -> AsyncGenerator[dict[str, Any], None]:
        """The pool's pieces, and a look at all of them once the last is there."""
        answer: asyncio.Future[list[dict[str, Any]]] = asyncio.get_running_loop().create_future()
        begun, told = time.monotonic(), list[dict[str, Any]]()
        self._look(_text(parameters), answer, begun)
        try:
            async with aclosing(self._pool.stream(parameters, caller)) as made:
                async for piece in made:
                    told.append(piece)
                    if _is_last(piece) and not answer.done():
                        answer.set_result(told)  # whoever reads needs no more
                    yield piece
            if not answer.done():
                answer.set_result(told)
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
                answer.exception()  # whoever reads is told; nobody else need be
            raise
        finally:
            answer.cancel()  # unless it is there: the reader has left

    def _look(self, asked: Asked, answer: asyncio.Future[Any], begun: float) -> None:
        if self._observe is not None:
            self._observe(asked, answer, begun)
        if self._pool.spec.sample:
            self._samples.watch(self._pool.spec, asked, answer, begun)


def watched(pool: WorkerPool, observe: Observe | None, samples: Kept) -> WorkerPool:
    """A pool whose answers are looked at."""
    return cast("WorkerPool", Watched(pool, observe, samples))


def _tensors(inputs: Tensors) -> Asked:
    return Asked(lambda pool: pool.infer(inputs, SHADOW), lambda: inputs, _same, _same)


def _same(answer: Tensors) -> Tensors:
    return answer


def _pictures(header: Mapping[str, Any], body: Sequence[Buffer]) -> Asked:
    def inputs() -> Tensors:
        shapes = header["shapes"]
        images = [
            RawTensor(f"image_{number}", "UINT8", tuple(shape), data)
            for number, (shape, data) in enumerate(zip(shapes, body, strict=True))
        ]
        return [*images, _texts("options", [_json(header["options"])])]

    return Asked(lambda pool: pool.ask(header, body, SHADOW), inputs, _results, _best)


def _results(answer: Answer) -> Tensors:
    """What was found in each picture, as JSON; what is drawn can be drawn again."""
    return [_texts("results", [_json(item.get("json", item.get("error"))) for item in answer[0]["items"]])]


def _best(answer: Answer) -> Tensors:
    """The surest thing in each picture, and how sure it is; a picture without one has no number."""
    best = list(_surest(answer[0]["items"]))
    scores = np.array([score for _, score in best], "<f4")
    return [_texts("class_name", [name for name, _ in best]), RawTensor("scores", "FP32", scores.shape, scores.data)]


def _surest(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    for item in items:
        try:
            found = item["json"]["results"]
            yield max(zip(found["class_name"], found["scores"], strict=True), key=lambda pair: float(pair[1]))
        except (KeyError, TypeError, ValueError):  # nothing was found, or the model says it in words of its own
            yield "", float("nan")


def _text(parameters: Mapping[str, Any]) -> Asked:
    def again(pool: WorkerPool) -> asyncio.Future[Any]:
        return asyncio.ensure_future(_all_of(pool, parameters))

    return Asked(again, lambda: [_texts("parameters", [_json(parameters)])], _written, _written)


async def _all_of(pool: WorkerPool, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = []
    async with aclosing(pool.stream(parameters, SHADOW)) as made:
        async for piece in made:
            told.append(piece)
            if _is_last(piece):
                break
    return told


def _is_last(piece: Mapping[str, Any]) -> bool:
    return piece.get("finish_reason") is not None


def _written(told: Sequence[Mapping[str, Any]]) -> Tensors:
    return [_texts("text", ["".join(str(piece.get("text", "")) for piece in told)])]


def _texts(name: str, texts: Sequence[str]) -> RawTensor:
    return RawTensor(name, TEXT, (len(texts),), pack_texts(texts))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
