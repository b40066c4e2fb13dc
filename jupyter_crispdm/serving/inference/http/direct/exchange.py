"""A request to a model and its answer."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_crispdm.base.errors import CrispdmError, Unavailable

from ...callers import Caller
from ...protocols.encoding import Answer, encode, size_in_json
from ...protocols.open_inference import SHORT, ask, facts
from ...protocols.tensors import Question, decode
from ...protocols.terms import Terms, response_headers
from ...tensors import Buffer, RawTensor
from ..rendering import plain_error, rendered

if TYPE_CHECKING:
    from .calls import DirectCalls, Target

_log = logging.getLogger(__name__)
_LEFT = 499
"""How the log and the counts tell of a client that left; nobody is sent this."""


class Channel(Protocol):
    """Where an answer goes."""

    def reply(self, exchange: Exchange, status: int, headers: dict[str, str] | None, body: list[Buffer]) -> None:
        """Send an answer; None for the headers of JSON alone."""


class Exchange:
    """One request. uvicorn takes it for a cycle of its own, which is why some names are uvicorn's."""

    __slots__ = (
        "_asked",
        "_caller",
        "_calls",
        "_channel",
        "_future",
        "_held",
        "_noted",
        "_series",
        "_started",
        "_target",
        "_terms",
        "chunks",
        "disconnected",
        "keep_alive",
        "response_complete",
    )  # fmt: skip
    message_event = asyncio.Event()  # nobody waits for it

    def __init__(
        self, calls: DirectCalls, channel: Channel, target: Target, caller: Caller, terms: Terms, keep_alive: bool
    ) -> None:
        self._calls, self._channel, self._target, self._caller, self._terms = calls, channel, target, caller, terms
        self._started = time.monotonic()
        self._held = 0
        self._future: asyncio.Future[Any] | None = None
        self._asked: Question | None = None
        self._series: Any = None
        self._noted: dict[str, Any] = {}
        self.chunks: list[bytes] = []
        self.keep_alive = keep_alive
        self.response_complete = self.disconnected = False

    def take(self, chunk: bytes) -> bool:
        """Keep a piece of the body; False when the caller has too much under way."""
        try:
            self._calls.budgets.hold(self._caller.name, len(chunk))
        except CrispdmError:
            return False
        self._held += len(chunk)
        self.chunks.append(chunk)
        return True

    def give_up(self) -> None:
        """Somebody else answers this request."""
        self._calls.budgets.leave(self._caller.name, self._held)

    def begin(self) -> None:
        """All of the request is here: ask the model."""
        chunks, self.chunks = self.chunks, []
        try:
            self._ask(chunks[0] if len(chunks) == 1 else b"".join(chunks))
        except Exception as error:  # whatever it is: the client is told
            self._refuse(error)

    def leave(self) -> None:
        """The client left: what it asked for is dropped."""
        if not self.response_complete:
            self._over(_LEFT)
            if self._future is not None:
                self._future.cancel()

    def _ask(self, body: Buffer) -> None:
        calls, target, terms = self._calls, self._target, self._terms
        self._asked = question = decode(body, calls.limits, terms.header_length)
        pool = calls.repository.of_model(target.model, target.version)
        spec = pool.spec
        self._noted = facts(spec, question, terms)
        self._series = calls.metrics.model(spec.model, spec.version)
        self._series.in_flight += 1
        self._future = future = ask(pool, question, self._caller.name, terms)
        future.add_done_callback(self._answered)

    def _answered(self, future: asyncio.Future[list[RawTensor]]) -> None:
        if self.response_complete:
            if not future.cancelled():
                future.exception()  # it was looked at: nobody is there to hear of it
            return
        try:
            outputs = future.result()
            assert self._asked is not None
            if size_in_json(self._asked, outputs) > SHORT:
                loop = asyncio.get_running_loop()
                self._future = loop.run_in_executor(None, self._encoded, outputs)
                self._future.add_done_callback(self._encoded_aside)
            else:
                self._send(self._encoded(outputs))
        except asyncio.CancelledError:
            self._refuse(Unavailable("The model was withdrawn.", retry_after=1))
        except Exception as error:  # whatever it is: the client is told
            self._refuse(error)

    def _encoded(self, outputs: list[RawTensor]) -> Answer:
        assert self._asked is not None
        noted = self._noted
        return encode(self._asked, noted["model"], str(noted["version"]), outputs, self._calls.limits)

    def _encoded_aside(self, future: asyncio.Future[Answer]) -> None:
        if self.response_complete:
            return
        try:
            self._send(future.result())
        except Exception as error:  # whatever it is: the client is told
            self._refuse(error)

    def _send(self, answer: Answer) -> None:
        self._noted["score"] = answer.score
        plain = answer.header_length is None and not self._terms.trace
        headers = None if plain else response_headers(self._terms, answer.header_length)
        self._over(200)
        self._channel.reply(self, 200, headers, answer.body)

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, CrispdmError):
            status, headers, body = rendered(error)
        else:
            _log.error("%s", self._target.path, exc_info=error)
            status, headers, body = 500, {}, plain_error(500, "Something went wrong inside the service.")
        self._over(status)
        self._channel.reply(self, status, {**response_headers(self._terms, None), **headers}, [body])

    def _over(self, status: int) -> None:
        """Count and note the end, and give back what was held."""
        self.response_complete = True
        calls, now = self._calls, time.monotonic()
        calls.budgets.leave(self._caller.name, self._held)
        seconds = now - self._started
        self._target.series.add(status, seconds)
        if self._series is not None:
            self._series.in_flight -= 1
            self._series.note(status, seconds, now)
        if self._noted:
            self._noted.update(time=time.time() - seconds, ms=round(seconds * 1000, 3), status=status)
            calls.log.append(self._noted)
