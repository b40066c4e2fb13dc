"""Which requests go together, how they are put together, and how the answer is cut: along the first axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from ..tensors import SIZES, Buffer, RawTensor

Described = Sequence[tuple[str, str, Sequence[int], int]]
"""Name, datatype, shape and bytes of tensors that lie one after the other."""


class Misfit(Exception):
    """An answer is not what was asked for: it cannot be cut among those who asked."""


class Batchable(Protocol):
    """What may be done together with others of its kind; kind None goes with nobody."""

    @property
    def kind(self) -> Hashable:
        """What all of a batch have in common."""

    @property
    def rows(self) -> int:
        """How large it is."""


_B = TypeVar("_B", bound=Batchable)


def kind_of(inputs: Sequence[RawTensor]) -> Hashable:
    """What tells with whom a request goes; None for one without rows, or with tensors of several lengths."""
    if len(inputs) == 1:
        name, datatype, shape, _ = inputs[0]
        return (name, datatype, shape[1:]) if shape and shape[0] and datatype in SIZES else None
    lengths = {one.shape[:1] for one in inputs}
    known = all(one.datatype in SIZES for one in inputs)
    if len(lengths) != 1 or () in lengths or (0,) in lengths or not known:
        return None
    return tuple((one.name, one.datatype, one.shape[1:]) for one in inputs)


def companions(most: int) -> Callable[[_B], bool]:
    """A test of who goes together with the first who is asked, up to so many rows in all."""
    kind: Hashable = None
    room = -1

    def fits(one: _B) -> bool:
        nonlocal kind, room
        if room < 0:  # the first, whatever it is
            kind, room = one.kind, max(0, most - one.rows)
            return True
        if kind is None or one.rows > room or one.kind != kind:
            return False
        room -= one.rows
        return True

    return fits


def together(requests: Sequence[Sequence[RawTensor]]) -> tuple[Described, list[Buffer]]:
    """The tensors of requests of one kind as those of one request: each tensor's rows in the order of the requests."""
    first = requests[0]
    if len(requests) == 1:
        return [(one.name, one.datatype, one.shape, len(one.data)) for one in first], [one.data for one in first]
    rows = sum(inputs[0].shape[0] for inputs in requests)
    described, body = [], []
    for index, one in enumerate(first):
        parts = [inputs[index].data for inputs in requests]
        described.append((one.name, one.datatype, (rows, *one.shape[1:]), sum(map(len, parts))))
        body += parts
    return described, body


def cut(described: Described, body: Buffer, rows: Sequence[int]) -> list[list[RawTensor]]:
    """The answer of each request, by how many rows each had; a single one has all of it. Raises Misfit."""
    whole, total = memoryview(body), sum(rows)
    answers: list[list[RawTensor]] = [[] for _ in rows]
    start = 0
    for name, datatype, shape, size in described:
        if size != math.prod(shape) * SIZES.get(datatype, 0) and datatype in SIZES:
            raise Misfit(f"output '{name}' of shape {list(shape)} has {size} bytes")
        if len(rows) == 1:
            answers[0].append(RawTensor(name, datatype, tuple(shape), whole[start : start + size]))
        elif not shape or shape[0] != total or datatype not in SIZES:
            raise Misfit(f"output '{name}' has shape {list(shape)} for {total} rows")
        else:
            _share(answers, RawTensor(name, datatype, tuple(shape), whole[start : start + size]), rows)
        start += size
    if start != len(whole):
        raise Misfit(f"{len(whole)} bytes came for tensors of {start}")
    return answers


def _share(answers: list[list[RawTensor]], tensor: RawTensor, rows: Sequence[int]) -> None:
    """Give everybody their rows of an output."""
    name, datatype, shape, data = tensor
    rest, each = shape[1:], len(data) // shape[0]
    start = 0
    for answer, count in zip(answers, rows, strict=True):
        end = start + count * each
        answer.append(RawTensor(name, datatype, (count, *rest), data[start:end]))
        start = end
