"""The calls of the inference server behind the login: its own table, passed on with both bodies as they come.

What a caller says of itself goes through by an allow list of headers, and nothing of their session does. Who leaves
takes the request along: the connection to the service is closed, and the service drops the work.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from jupyter_crispdm.base.errors import BadRequest, TooLarge, TooManyRequests, Unavailable
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Route, Routes
from jupyter_crispdm.streaming import Stream

from .inference.http.routes import TABLE
from .manager import DeploymentManager

_T = TypeVar("_T")
_PASSED_ON = (
    "accept",
    "content-encoding",
    "content-type",
    "grpc-timeout",
    "idempotency-key",
    "inference-header-content-length",
    "last-event-id",
    "traceparent",
    "tracestate",
)
_PASSED_BACK = (
    "allow",
    "content-disposition",
    "content-security-policy",
    "content-type",
    "idempotency-replayed",
    "inference-header-content-length",
    "retry-after",
    "traceresponse",
    "x-crispdm-skipped",
)
TIMES = httpx.Timeout(10, read=600, write=60)
_AT_ONCE = 16
"""Requests that one person may have under way here; they share the connections to the service with everybody."""
_SMALL = 256 * 1024
"""Bytes of a body that is not worth taking to pieces."""


class ServingRoutes(Routes):
    """The calls of the inference server, for those who are logged in.

    Whoever may see dashboards may predict. The configuration is everybody's, so only analysts change it.
    """

    prefix = "serving"

    def __init__(self, deployments: DeploymentManager, client: httpx.AsyncClient) -> None:
        self._deployments, self._client = deployments, client
        self._under_way: Counter[str] = Counter()

    @classmethod
    def table(cls) -> list[Route]:
        """Every route of the inference server, which reads the bodies itself."""
        return [replace(entry, prefix=cls.prefix, raw=True, streamed=entry.body is not None) for entry in TABLE]

    async def pass_on(self, request: Request, entry: Route, path: str, body: Incoming | None) -> Reply:
        """Ask the inference server and hand its answer on, errors included.

        Raises Unavailable when it does not answer, TooManyRequests when the caller has too much under way, TooLarge.
        """
        with ExitStack() as stack:
            stack.enter_context(self._turn_of(request.username))
            answer = await self._asked(request, entry, path, body)
            kept = stack.pop_all()
        return await _reply(request, answer, kept)

    async def _asked(self, request: Request, entry: Route, path: str, body: Incoming | None) -> httpx.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        if not all(map(str.isascii, headers.values())):
            raise BadRequest(f"The headers {', '.join(headers)} hold ASCII only.")
        headers.update(_known_to_the_service(request, self._deployments.key))
        try:
            content = None if body is None else await _content(request, body, entry.limit, headers)
            url = f"{self._deployments.address}/{path}"
            asked = self._client.build_request(entry.method, url, content=content, headers=headers, timeout=TIMES)
            return await _while_there(request, self._client.send(asked, stream=True), httpx.Response.aclose)
        except httpx.HTTPError as error:
            raise _silent(error) from error

    @contextmanager
    def _turn_of(self, person: str) -> Iterator[None]:
        if self._under_way[person] >= _AT_ONCE:
            raise TooManyRequests(f"You have {_AT_ONCE} requests under way; wait for an answer.", retry_after=1)
        self._under_way[person] += 1
        try:
            yield
        finally:
            self._under_way[person] -= 1
            if not self._under_way[person]:
                del self._under_way[person]


async def _content(
    request: Request, body: Incoming, limit: int | None, headers: dict[str, str]
) -> bytes | AsyncIterator[bytes]:
    """What is sent to the service: a small body whole, a large one as it comes. Raises TooLarge."""
    if body.announced is not None and limit is not None and body.announced > limit:
        raise _too_large(limit)
    pieces = _until_left(request, _counted(body, limit))
    if body.announced is None:
        return pieces
    if body.announced <= _SMALL:
        return b"".join([piece async for piece in pieces])
    headers["content-length"] = str(body.announced)
    return pieces


async def _counted(body: Incoming, limit: int | None) -> AsyncIterator[bytes]:
    size = 0
    async for pieces in body:
        piece = b"".join(pieces)
        size += len(piece)
        if limit is not None and size > limit:
            raise _too_large(limit)
        yield piece


async def _until_left(request: Request, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces; once the client has left nothing, until the request is cancelled.

    A failure that is followed by the cancelling would keep the connection to the service from being closed.
    """
    try:
        async for piece in pieces:
            yield piece
    except BodyCut:
        if request.has_left:
            await asyncio.Event().wait()
        raise


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is over {limit:,} bytes.", limit=limit)


async def _reply(request: Request, answer: httpx.Response, kept: ExitStack) -> Reply:
    """The service's answer: a small one whole, others as they come; `kept` is let go at its end."""

    async def leave() -> None:
        kept.close()
        await answer.aclose()

    headers = {name.title(): answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
    pieces = Stream(answer.aiter_raw(), close=leave)
    if not _is_small(answer):
        return Reply(pieces, answer.status_code, headers)
    try:
        content = await _while_there(request, _whole(pieces))
    except httpx.HTTPError as error:
        raise _silent(error) from error
    finally:
        await pieces.aclose()
    return Reply(content or None, answer.status_code, headers)


def _is_small(answer: httpx.Response) -> bool:
    length = answer.headers.get("content-length", "")
    return answer.status_code in (204, 304) or (length.isdecimal() and int(length) <= _SMALL)


async def _whole(pieces: Stream[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def _silent(error: httpx.HTTPError) -> Unavailable:
    reason = str(error) or type(error).__name__
    return Unavailable(f"The serving process did not answer: {reason}.", retry_after=2)


async def _while_there(
    request: Request, asked: Coroutine[Any, Any, _T], let_go: Callable[[_T], Awaitable[None]] | None = None
) -> _T:
    """What the service says; when the client leaves before, the service is left as well and drops its work.

    An answer that comes in the moment in which nobody waits for it any more is let go.
    """
    task, gone = asyncio.ensure_future(asked), asyncio.ensure_future(request.gone())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Unavailable("The client left.")
        return task.result()
    except BaseException:
        task.cancel()
        await asyncio.wait({task})
        if let_go is not None and not task.cancelled() and task.exception() is None:
            await let_go(task.result())
        raise
    finally:
        gone.cancel()


def _known_to_the_service(request: Request, key: str) -> dict[str, str]:
    """Who asks and where they see these calls, with the key that makes the service believe it."""
    person = quote(request.username, safe="")
    told = {"x-crispdm-key": key, "x-crispdm-user": person, "x-crispdm-prefix": _prefix(request)}
    return {**told, "accept-encoding": "identity"}  # pieces go through as they come


def _prefix(request: Request) -> str:
    """The address of these calls as the caller knows it, for links in answers."""
    asked = request.handler.request
    return f"{asked.protocol}://{asked.host}{request.base_url.rstrip('/')}/crispdm/serving"


def _passing(entry: Route) -> Callable[..., Awaitable[Reply]]:
    """The verb behind the login for a route of the inference server."""

    async def verb(self: ServingRoutes, request: Request, body: Incoming | None = None, **arguments: object) -> Reply:
        query = f"?{request.handler.request.query}" if arguments.pop("query", None) is not None else ""
        for value in arguments.values():
            _check_segment(str(value))
        return await self.pass_on(request, entry, entry.url(**arguments) + query, body)

    return verb


for _entry in TABLE:
    setattr(ServingRoutes, _entry.name, _passing(_entry))


def _check_segment(text: str) -> None:
    """Refuse a part of a path that could become several. Raises BadRequest."""
    plain = text.translate(str.maketrans("", "", "-_.@"))
    if not plain.isalnum() or not text.isascii() or ".." in text:
        raise BadRequest("The address may hold only letters, digits, '_', '-', '@' and single dots.")
