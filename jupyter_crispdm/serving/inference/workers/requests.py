"""What the workers of a model are asked, by whom, and those who go together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unprocessable

from ..batching.batch import Described, cut, kind_of, together
from ..errors import DeadlineExceeded
from ..tensors import Buffer, RawTensor

_R = TypeVar("_R", bound="Request")
_UNKNOWN: Any = object()
Answer = tuple[dict[str, Any], Buffer]
Frame = tuple[Mapping[str, Any], Sequence[Buffer]]


class Request(asyncio.Future[Any]):
    """Something that a worker is asked, and its answer; cancelling it takes it back. It goes with nobody else."""

    def __init__(self, caller: str, deadline: float, left: Callable[[Request], None]) -> None:
        super().__init__()
        self.caller, self.deadline, self._left = caller, deadline, left
        self.alone = False
        """Whether it was asked with others before, which failed."""

    kind: Hashable = None
    rows: int = 1

    def rows_within(self, size: int) -> int:
        """How many rows like those of this request so many bytes hold."""
        return 1

    def cancel(self, msg: Any = None) -> bool:
        """Take it back: out of the line, or out of the worker's if that has not begun."""
        done = super().cancel(msg)
        if done:
            self._left(self)
        return done

    def frame(self) -> Frame:
        """What the worker is told, when it is asked this alone."""
        raise NotImplementedError

    def refuse(self, error: Exception) -> None:
        """Say why there is no answer, if it is still waited for."""
        if not self.done():
            self.set_exception(error)


class Ask(Request):
    """A request in the words of the worker, such as for pictures."""

    def __init__(
        self, caller: str, deadline: float, left: Callable[[Request], None],
        header: Mapping[str, Any], body: Sequence[Buffer],
    ) -> None:  # fmt: skip
        super().__init__(caller, deadline, left)
        self._header, self._body = header, body

    def frame(self) -> Frame:
        """The words as they are."""
        return self._header, self._body


class Infer(Request):
    """Tensors for the bare model."""

    def __init__(
        self, caller: str, deadline: float, left: Callable[[Request], None],
        inputs: Sequence[RawTensor], trace: str = "",
    ) -> None:  # fmt: skip
        super().__init__(caller, deadline, left)
        self.inputs, self.trace = inputs, trace
        self._kind: Hashable = _UNKNOWN

    @property
    def kind(self) -> Hashable:  # type: ignore[override]  # read only, and found out when somebody asks
        """With whom it goes."""
        if self.alone:
            return None
        if self._kind is _UNKNOWN:
            self._kind = kind_of(self.inputs)
        return self._kind

    @property
    def rows(self) -> int:  # type: ignore[override]
        """How many rows its first tensor has."""
        shape = self.inputs[0].shape if self.inputs else ()
        return shape[0] if shape else 1

    def frame(self) -> Frame:
        """The tensors, one after the other."""
        return infer_frame([self])

    def rows_within(self, size: int) -> int:
        """How many rows like those of this request so many bytes hold."""
        own = sum(len(one.data) for one in self.inputs)
        return max(1, size * self.rows // own) if own else size


def infer_frame(asked: Sequence[Infer]) -> Frame:
    """What the worker is told of requests of one kind."""
    described, body = together([request.inputs for request in asked])
    header = {"do": "infer", "inputs": described}
    traces = [request.trace for request in asked if request.trace]
    return {**header, "trace": traces} if traces else header, body


class Outputs(msgspec.Struct):
    """What a worker says of tensors, or why there are none."""

    outputs: list[tuple[str, str, tuple[int, ...], int]] | None = None
    error: dict[str, Any] | None = None
    not_begun: bool = False


_outputs = msgspec.json.Decoder(Outputs)
_known: dict[bytes, Outputs] = {}


class Batch:
    """Requests that a worker is asked in one frame."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self.began = 0.0

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for it."""
        return any(not request.done() for request in self.requests)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(request.rows for request in self.requests)

    @property
    def until(self) -> float:
        """Until when it is worth beginning."""
        return max(request.deadline for request in self.requests)

    def frame(self) -> Frame:
        """What the worker is told."""
        if len(self.requests) == 1:
            return self.requests[0].frame()
        return infer_frame([request for request in self.requests if isinstance(request, Infer)])

    def answered(self, header: bytes, body: Buffer) -> None:
        """Give everybody their part. Raises what is wrong with the answer, of which nobody has been told then."""
        if isinstance(self.requests[0], Ask):
            told = msgspec.json.decode(header)
            if "not_begun" in told:
                raise late()
            if "error" in told:
                raise refusal(told["error"])
            answers: Sequence[Any] = [(told, body)]
        else:
            answers = cut(_described(header), body, [request.rows for request in self.requests])
        for request, answer in zip(self.requests, answers, strict=True):
            if not request.done():
                request.set_result(answer)


def _described(header: bytes) -> Described:
    """The tensors of an answer; what is said often is read once. Raises what the model refused."""
    told = _known.get(header)
    if told is None:
        told = _outputs.decode(header)
        if told.not_begun:
            raise late()
        if told.error is not None:
            raise refusal(told.error)
        if len(_known) >= 256:
            _known.clear()
        if len(header) < 1024:
            _known[header] = told
    return told.outputs or []


def late() -> DeadlineExceeded:
    """What somebody is told whose time is over."""
    return DeadlineExceeded("The answer was not there within the time that the request allows.")


def refusal(error: Mapping[str, Any]) -> CrispdmError:
    """What the algorithm refused, as an error of ours, with the field that is to blame."""
    kind = TooLarge if error.get("status") == TooLarge.status else Unprocessable
    details = {"field": error["field"]} if error.get("field") else {}
    return kind(str(error["message"]), **details)
