"""The route table as Starlette's routes: one endpoint for each address, which finds the verb, decodes and answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from jupyter_crispdm.base.http.decode import decode_body, decode_path, decode_query
from jupyter_crispdm.base.http.route import JSON, Reply, Route, Routes
from jupyter_crispdm.base.wire import encode

from ..protocols.forms import read_form
from ..settings import RequestLimits
from ..types import Encoded
from .call import Call
from .exchange import StreamedResponse

_FORM = "multipart/form-data"
_LONG = 32 * 2**10
_Verb = Callable[..., Awaitable[Any]]
_Read = Callable[[Request], Awaitable[Any]]


class Endpoint:
    """All verbs of one address, as an ASGI application."""

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits
        self._verbs: dict[str, tuple[Route, _Verb, _Read | None]] = {}

    def add(self, entry: Route, verb: _Verb) -> None:
        """Answer a method; where GET is, HEAD is answered too."""
        self._verbs[entry.method] = entry, verb, self._reader(entry)
        if entry.method == "GET":
            self._verbs["HEAD"] = self._verbs["GET"]

    @property
    def methods(self) -> list[str]:
        """What may be asked."""
        return sorted(self._verbs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; errors are left to whoever calls."""
        response = await self.answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Decode, call the verb, and encode what it returned."""
        if request.method not in self._verbs:
            raise HTTPException(405, headers={"Allow": ", ".join(self.methods)})
        entry, verb, read = self._verbs[request.method]
        given = decode_path(request.path_params, entry.parameters)
        if entry.query is not None:
            given["query"] = decode_query(request.query_params.getlist, entry.query)
        if read is not None:
            given["body"] = await read(request)
        return _response(entry, await verb(Call(request), **given))

    def _reader(self, entry: Route) -> _Read | None:
        """What reads the body of a call; None where it has none."""
        if entry.body is None:
            return None
        if _FORM in entry.media:
            return lambda request: read_form(request, self._limits)
        return Request.body if entry.raw or entry.body is bytes else partial(_json, entry.body)


async def _json(kind: Any, request: Request) -> Any:
    raw = await request.body()
    return await asyncio.to_thread(decode_body, raw, kind) if len(raw) > _LONG else decode_body(raw, kind)


def endpoints(
    groups: Sequence[Routes], limits: RequestLimits, without: Collection[str] = ()
) -> list[StarletteRoute]:
    """Starlette's routes for the tables of these groups: literal addresses before those with placeholders.

    The verbs named in `without` are left out.
    """
    found: dict[str, Endpoint] = {}
    for group in groups:
        for entry in (entry for entry in group.table() if entry.name not in without):
            endpoint = found.setdefault(f"/{entry.path}", Endpoint(limits))
            endpoint.add(entry, getattr(group, entry.name))
    return [StarletteRoute(path, found[path]) for path in sorted(found, key=lambda path: path.count("{"))]


def _response(entry: Route, value: Any) -> Response:
    if isinstance(value, Encoded):
        return Response(value.json, entry.status, media_type=JSON)
    reply = value if isinstance(value, Reply) else Reply(value)
    content, status = reply.value, reply.status or entry.status
    if isinstance(content, AsyncIterable):
        return StreamedResponse(content, status, reply.headers)
    if isinstance(content, bytes):
        return Response(content, status, reply.headers)
    if content is None:
        return Response(status_code=status, headers=reply.headers)
    return Response(encode(content), status, reply.headers, JSON)
