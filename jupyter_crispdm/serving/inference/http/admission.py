"""What every request passes first: who may ask from where, how much may be sent, how long it may take to come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unavailable

from ..errors import UnsupportedMedia
from ..settings import InferenceSettings
from .budgets import CallerBudgets
from .call import remember
from .connections import Pace
from .exchange import BoundedBody, LingeringResponse
from .gate import PREFLIGHT, Gate
from .rendering import send_empty, send_error

_PLAIN = ("", "identity")
_MOMENT = 0.05


class Admission:
    """ASGI middleware: Host, Origin, token, budgets of the caller, and headers of the answer.

    What a request asked for is dropped when its client leaves.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: InferenceSettings,
        gate: Gate | None = None,
        budgets: CallerBudgets | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._app, self._settings, self._clock = app, settings, clock or SystemClock()
        self._gate, self._budgets = gate or Gate(settings), budgets or CallerBudgets(settings.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 4xx, or hand the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, settings = first_of_each(scope), self._settings
        body = BoundedBody(scope, receive, settings.limits.body, Pace(settings.connection_limits, self._clock))
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            body.expect_nothing()
        origin = headers.get("origin")
        reply = LingeringResponse(send, body, settings.connection_limits.linger, expects="expect" in headers)
        reply.add(self._gate.for_pages(origin))
        if scope["method"] == "OPTIONS" and self._gate.allows(origin) and "access-control-request-method" in headers:
            return await send_empty(reply.send, PREFLIGHT)
        try:
            caller = self._gate.check(headers, (scope.get("client") or ("", 0))[0])
            self._check_body(headers)
            self._gate.count(caller)
            self._budgets.enter(caller.name)
        except CrispdmError as error:
            return await send_error(reply.send, error)
        body.hold = partial(self._budgets.hold, caller.name)
        remember(scope, caller)
        try:
            await self._while_there(scope, body, reply)
        finally:
            self._budgets.leave(caller.name, body.held)

    async def _while_there(self, scope: Scope, body: BoundedBody, reply: LingeringResponse) -> None:
        """Let the application answer, unless the client leaves before; a short answer is not watched."""
        watch = DisconnectWatch(body, reply)
        try:
            await self._app(scope, body.receive, reply.send)
        except asyncio.CancelledError:
            if watch.found_nobody:
                return
            if body.is_over and not reply.begun:
                await send_error(reply.send, Unavailable("The service is ending. Try again.", retry_after=1))
            raise
        finally:
            watch.end()

    def _check_body(self, headers: Mapping[str, str]) -> None:
        """Refuse by the headers what would be refused by its content. Raises TooLarge, UnsupportedMedia."""
        limit, length = self._settings.limits.body, headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal() and len(length) < 19 and int(length) <= limit):
            raise TooLarge(f"The body is over {limit:,} bytes.", limit=limit)
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in _PLAIN:
            raise UnsupportedMedia(
                f"Bodies with 'Content-Encoding: {encoding[:50]}' are not read; send it as it is.",
                field="Content-Encoding",
            )


class DisconnectWatch:
    """Looks, after a moment, whether the client is still there, and ends the work of this task when it is not."""

    def __init__(self, body: BoundedBody, reply: LingeringResponse) -> None:
        self._body, self._reply, self._work = body, reply, asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_MOMENT, self._begin)
        self.found_nobody = False

    def end(self) -> None:
        """Look no more."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        await self._body.gone()
        if self._work is not None and not self._reply.complete:
            self.found_nobody = True
            self._work.cancel()


def first_of_each(scope: Scope) -> dict[str, str]:
    """The headers by name; of those that are there twice the first, as Starlette has it."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
