"""Two versions side by side: a share of the requests goes to another version, or is shown to it, and both are compared.

A shadow is asked too, without anybody waiting for it; its answers are compared with those that were given, and dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from jupyter_crispdm.serving.types import Canary, Comparison, SideNumbers

from ..routing import is_chosen
from ..samples import SampleLog
from ..tensors import CODES, TEXT, RawTensor, unpack_texts
from .observing import Asked, Observe, Tensors, watched
from .place import Place
from .pool import WorkerPool

_SHADOWS_AT_ONCE = 64
_LATENCIES = 1000
_LOOKED_AT = 1 << 16
"""Numbers of an answer that are compared; of a longer one these at most, evenly spread."""


@dataclass
class Side:
    """What is known of one of two versions."""

    requests: int = 0
    errors: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCIES))

    def add(self, seconds: float, failed: bool) -> None:
        """Count an answer."""
        self.requests += 1
        self.errors += failed
        self.seconds.append(seconds)

    def numbers(self, version: int) -> SideNumbers:
        """The counts, and the times in the middle and at the end."""
        ordered = sorted(self.seconds)
        p50, p99 = (round(1000 * ordered[int(share * len(ordered))], 3) if ordered else None for share in (0.5, 0.99))
        return SideNumbers(version, self.requests, self.errors, p50, p99)


class Compared:
    """Two versions and their answers to the same requests."""

    def __init__(self) -> None:
        self.main, self.other = Side(), Side()
        self.compared = self._alike = self._ranked = 0
        self._difference = 0.0
        self._differences = 0

    def add(self, given: Tensors, other: Tensors) -> None:
        """Compare two answers to a request."""
        self.compared += 1
        by_name = {one.name: one for one in other}
        for one in given:
            self._add(one, by_name.get(one.name))

    def _add(self, one: RawTensor, other: RawTensor | None) -> None:
        pair = _pair(one, other)
        alike = _same_texts(one, other) if pair is None else _same_first(*pair)
        if alike is not None:
            self._alike, self._ranked = self._alike + alike[0], self._ranked + alike[1]
        difference = None if pair is None else _difference(*pair)
        if difference is not None:
            self._difference, self._differences = self._difference + difference, self._differences + 1

    def report(self, versions: tuple[int, int], canary: Canary) -> Comparison:
        """What came out."""
        return Comparison(
            self.main.numbers(versions[0]),
            self.other.numbers(versions[1]),
            canary.share,
            canary.shadow,
            self.compared,
            round(self._alike / self._ranked, 6) if self._ranked else None,
            self._difference / self._differences if self._differences else None,
        )


class Trial:
    """A version that is tried out beside the one that answers for an alias."""

    def __init__(self, main: Place, other: Place, canary: Canary, samples: SampleLog) -> None:
        self.main, self.other, self.canary = main, other, canary
        self.compared = Compared()
        self._samples = samples
        self._requests = self._shadows = 0

    @property
    def versions(self) -> tuple[int, int]:
        """The version that answers, and the one that is tried out."""
        return self.main.spec.version, self.other.spec.version

    def goes_on_as(self, main: Place, other: Place, canary: Canary) -> bool:
        """Whether it is the same trial; its share may become another."""
        same = (main, other, canary.shadow) == (self.main, self.other, self.canary.shadow)
        if same:
            self.canary = canary
        return same

    def report(self) -> Comparison:
        """What came out so far."""
        return self.compared.report(self.versions, self.canary)

    def take(self) -> WorkerPool:
        """The pool for a request: every so many-th is the other's, evenly."""
        number, self._requests = self._requests, self._requests + 1
        chosen = is_chosen(number, self.canary.share) and self.other.candidate().able
        if chosen and not self.canary.shadow:
            return watched(self.other.take(), self._observed(self.compared.other), self._samples)
        if chosen and self._shadows < _SHADOWS_AT_ONCE:
            return watched(self.main.take(), self._shadowed(self.other.take()), self._samples)
        return watched(self.main.take(), self._observed(self.compared.main), self._samples)

    def _observed(self, side: Side) -> Observe:
        def observe(asked: Asked, answer: asyncio.Future[Any], begun: float) -> None:
            _count(side, answer, begun)

        return observe

    def _shadowed(self, shadow: WorkerPool) -> Observe:
        def observe(asked: Asked, answer: asyncio.Future[Any], begun: float) -> None:
            _count(self.compared.main, answer, begun)
            other = asked.again(shadow)
            self._shadows += 1
            other.add_done_callback(self._shadow_over)
            _count(self.compared.other, other, begun)
            answer.add_done_callback(lambda answer: other.cancel() if answer.cancelled() else None)
            both: asyncio.Future[Any] = asyncio.gather(answer, other, return_exceptions=True)
            both.add_done_callback(partial(self._compare, asked))

        return observe

    def _shadow_over(self, _: object) -> None:
        self._shadows -= 1

    def _compare(self, asked: Asked, both: asyncio.Future[Any]) -> None:
        answers = [] if both.cancelled() else both.result()
        if answers and not any(isinstance(one, BaseException) for one in answers):
            self.compared.add(*map(asked.compared, answers))


class Sampled:
    """A deployment some of whose requests are kept."""

    def __init__(self, place: Place, samples: SampleLog) -> None:
        self._place, self._samples = place, samples

    def take(self) -> WorkerPool:
        """The pool for a request."""
        return watched(self._place.take(), None, self._samples)


def _count(side: Side, answer: asyncio.Future[Any], begun: float) -> None:
    def done(answer: asyncio.Future[Any]) -> None:
        if not answer.cancelled():
            side.add(time.monotonic() - begun, failed=answer.exception() is not None)

    answer.add_done_callback(done)


def _pair(one: RawTensor, other: RawTensor | None) -> tuple[Any, Any] | None:
    """Two tensors as rows of numbers, where they can be compared."""
    if other is None or one.datatype not in CODES or (one.datatype, one.shape) != (other.datatype, other.shape):
        return None
    columns = one.shape[-1] if len(one.shape) > 1 else 1
    if not columns or columns > _LOOKED_AT:
        return None
    kind = f"<{CODES[one.datatype]}"
    first, second = (np.frombuffer(tensor.data, kind).reshape(-1, columns) for tensor in (one, other))
    step = -(-first.size // _LOOKED_AT) or 1
    return first[::step], second[::step]


def _same_texts(one: RawTensor, other: RawTensor | None) -> tuple[int, int] | None:
    """How many of how many texts are the same; None where they are none, or cannot be compared."""
    if other is None or not one.datatype == other.datatype == TEXT or one.shape != other.shape:
        return None
    try:
        pairs = list(islice(zip(unpack_texts(one.data), unpack_texts(other.data), strict=True), _LOOKED_AT))
    except ValueError:  # a model said so many texts and gave others
        return None
    return (sum(first == second for first, second in pairs), len(pairs)) if pairs else None


def _same_first(first: Any, second: Any) -> tuple[int, int] | None:
    """In how many rows of how many both have the same first place, or the same whole number; None where none has."""
    if not len(first):
        return None
    if first.shape[1] > 1:
        return int((first.argmax(1) == second.argmax(1)).sum()), len(first)
    return None if first.dtype.kind == "f" else (int((first == second).sum()), len(first))


def _difference(first: Any, second: Any) -> float | None:
    gaps = np.abs(first.astype(np.float64) - second.astype(np.float64))
    gaps = gaps[np.isfinite(gaps)]
    return float(gaps.mean()) if gaps.size else None
