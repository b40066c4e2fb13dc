"""Passing upstreams on: who is asked, within which limits, and what the caller gets of it."""

from __future__ import annotations

from contextlib import ExitStack

from jupyter_crispdm.streaming import Stream

from .decoding import decoded
from .limits import ProxyLimits
from .messages import form_of, messages, sent, transformed
from .transforms import Transforms
from .types import ProxyRequest
from .upstream import Upstreams


class ProxyManager:
    """Asks upstreams for callers."""

    def __init__(self, upstreams: Upstreams, limits: ProxyLimits, transforms: Transforms) -> None:
        self._upstreams, self._limits, self._transforms = upstreams, limits, transforms

    async def open(
        self, request: ProxyRequest, caller: str, *, as_events: bool, last_event_id: str = ""
    ) -> Stream[bytes]:
        """What an upstream sends, as events or as lines of JSON; whoever has it closes it.

        Raises Forbidden, BadRequest, TooManyRequests, and UpstreamFailed or UpstreamTimeout where it gives no good
        answer. What goes wrong later is its last message.
        """
        transform = None if request.transform is None else self._transforms.get(request.transform)
        with ExitStack() as stack:
            stack.enter_context(self._limits.turn(caller))
            answer = await self._upstreams.ask(request, last_event_id)
            kept = stack.pop_all()

        async def leave() -> None:
            kept.close()
            await answer.aclose()

        pieces = Stream(self._limits.within(caller, decoded(answer.response)), close=leave)
        stream = messages(pieces, form_of(answer, request.accept))
        if transform is not None:
            stream = transformed(stream, transform)
        return sent(stream, as_events)
