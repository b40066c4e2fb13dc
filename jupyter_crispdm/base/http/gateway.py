"""The tornado side of the route table: one handler class for each path."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from asyncio import Future
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, ClassVar
from urllib.parse import quote

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from ..errors import CrispdmError, ErrorBody, Forbidden, NotFound, TooLarge, Unavailable
from ..files.disk import on_disk
from ..files.regular import Unreadable, regular_file
from ..readiness import Readiness
from ..wire import encode
from .decode import decode_body, decode_path, decode_query
from .flowing import UNBUFFERED, close, flow
from .lingering import is_unread, linger
from .methods import allowed
from .ranges import OutsideFile, part, tag_of
from .request import Request
from .route import File, Made, Reply, Route, Routes
from .streamed import Streamed

_log = logging.getLogger(__name__)
_PIECE = 256 * 1024
_READS = frozenset({"GET", "HEAD"})
BODY_LIMIT = 8 * 1024 * 1024


def error_body(status: int, error: BaseException | None) -> ErrorBody:
    """The one shape of every error; what went wrong inside is logged, not told."""
    if isinstance(error, CrispdmError):
        return error.body()
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    code = re.sub(r"\W+", "_", phrase).lower()
    reason = (error.reason if isinstance(error, web.HTTPError) else None) or phrase
    return ErrorBody(own_words(error) or f"{phrase}.", reason, code)


def own_words(error: BaseException | None) -> str:
    """What one of tornado's errors says of itself; empty for others. Where it has no arguments, each % is doubled."""
    return error.log_message % error.args if isinstance(error, web.HTTPError) and error.log_message else ""


class GatewayHandler(APIHandler):
    """Base of all our handlers: errors in one shape, permission asked afresh at each call."""

    def set_default_headers(self) -> None:
        """Nothing of ours is cached or guessed at."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    @allow_unauthenticated
    def options(self, *args: Any, **kwargs: Any) -> None:
        """Tell which methods there are, and what a page of an allowed origin may send."""
        super().options(*args, **kwargs)
        self.set_header("Allow", allowed(type(self)))

    async def authorise(self, resource: str, action: str) -> None:
        """Refuse unless the calling user may do `action` on `resource`. Raises Forbidden."""
        if self.current_user is None:
            raise web.HTTPError(403, "Log in first.")
        if not await self.may(resource, action):
            raise Forbidden(f"Your role does not allow '{action}' on {resource}.",
                            resource=resource, action=action)

    async def may(self, resource: str, action: str) -> bool:
        """Whether the calling user may do `action` on `resource`."""
        user = self.current_user
        return user is not None and bool(
            await ensure_async(self.authorizer.is_authorized(self, user, action, resource)))

    async def still_allowed(self, before: Any) -> bool:
        """Whether the caller is, by now too, who they were, with the role that they had: for answers that go on."""
        try:
            now = await ensure_async(self.identity_provider.get_user(self))
        except web.HTTPError:
            return False
        same = now is not None and now.username == before.username
        return same and getattr(now, "role", None) == getattr(before, "role", None)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Expected errors are one line; a traceback is for our own mistakes. What stands behind the ? is not told."""
        if isinstance(value, CrispdmError) and value.status < 500:
            _log.info("%s %s: %s", self.request.method, self.request.path, value.code)
        elif isinstance(value, StreamClosedError):
            _log.info("%s %s: nobody waits for the answer any more", self.request.method, self.request.path)
        elif isinstance(value, web.HTTPError):
            super().log_exception(typ, value, tb)
        else:
            _log.error("%s %s failed", self.request.method, self.request.path, exc_info=(typ, value, tb))

    def _request_summary(self) -> str:
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Render any exception as our error body."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        body = error_body(status_code, error)
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", allowed(type(self)))
        if isinstance(error, CrispdmError):
            self.set_status(error.status)
            if "retry_after" in error.details:
                self.set_header("Retry-After", str(error.details["retry_after"]))
        if isinstance(error, OutsideFile):
            self.set_header("Content-Range", f"bytes */{error.details['size']}")
        self.finish(encode(body))


class RouteHandler(GatewayHandler):
    """Answers all methods of one path. The verbs are filled in by `build_handlers`."""

    routes: ClassVar[list[Route]] = []
    readiness: ClassVar[Readiness]

    @cached_property
    def gone(self) -> asyncio.Event:
        """Set once the caller has hung up."""
        return asyncio.Event()

    def on_connection_close(self) -> None:
        """Tell the verb, if it listens."""
        self.gone.set()
        super().on_connection_close()

    def set_default_headers(self) -> None:
        """Those of every answer, and those that the verb's class has for its own."""
        super().set_default_headers()
        for entry in self.routes:
            for name, text in entry.headers.items():
                self.set_header(name, text)

    async def answer(self, entry: Route, group: Routes, arguments: Mapping[str, str]) -> None:
        """Authorise, decode, call the verb, and send what it returned."""
        verb, given = await self._admitted(entry, group, arguments)
        if entry.body is not None:
            kind = bytes if entry.raw else entry.body
            if kind is not bytes and len(self.request.body) > BODY_LIMIT:
                raise TooLarge(f"The body is over {BODY_LIMIT} bytes.", limit=BODY_LIMIT)
            given["body"] = await _decoded(self.request.body, kind)
        await self._send(entry, await verb(**given))

    async def _admitted(
        self, entry: Route, group: Routes, arguments: Mapping[str, str]
    ) -> tuple[Callable[..., Awaitable[Any]], dict[str, Any]]:
        """The verb for this call, and all of its arguments but the body."""
        if not entry.public:
            await self.authorise(entry.resource, entry.action)
        if not group.always:
            await self.readiness.wait(command=entry.method not in _READS)
        given: dict[str, Any] = decode_path(arguments, entry.parameters)
        if entry.query is not None:
            given["query"] = decode_query(self.get_query_arguments, entry.query)
        request = Request(self, self.current_user, self.base_url)
        return partial(getattr(group, entry.name), request), given

    async def _send(self, entry: Route, value: Any) -> None:
        if isinstance(value, File):
            await self._send_file(value)
        elif isinstance(value, Made):
            await self._send_made(value)
        else:
            await self._send_reply(entry, value if isinstance(value, Reply) else Reply(value))

    def _set_headers(self, headers: Mapping[str, str]) -> None:
        for name, text in headers.items():
            self.set_header(name, text)

    async def _send_reply(self, entry: Route, reply: Reply) -> None:
        self._set_headers(reply.headers)
        self.set_status(reply.status or entry.status)
        if isinstance(reply.value, AsyncIterable):
            self._set_headers({**UNBUFFERED, **reply.headers})
            await self._send_flow(reply.value, reply.headers.get("Content-Type"))
        elif reply.value is None:
            await self.finish()
        elif isinstance(reply.value, bytes):
            await self.finish(reply.value, set_content_type=reply.headers.get("Content-Type"))
        else:
            await self.finish(encode(reply.value))

    async def _send_file(self, file: File) -> None:
        with await self._opened(file) as content:
            stat = await on_disk(file.path.parent, os.fstat, content.fileno())
            tag = file.headers.get("ETag") or tag_of(stat)
            start, end = self._part(stat.st_size, tag)
            self.set_header("ETag", tag)
            await self._send_opened(file, content, start, end)

    async def _opened(self, file: File) -> IO[bytes]:
        """What was there when it was looked for may be something else by now: it is opened with care."""
        try:
            return await on_disk(file.path.parent, partial(regular_file, file.path, below=file.below))
        except Unreadable as error:
            raise NotFound(f"It cannot be read: {error.reason}.") from error
        except OSError as error:
            raise NotFound(f"It cannot be read: {error.strerror or 'it is not there'}.") from error

    async def _send_made(self, made: Made) -> None:
        self._set_headers(made.headers)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(made.filename)}")
        self.set_header("Content-Type", made.media_type)
        try:
            await self._send_flow(made.pieces, made.media_type)
        except StreamClosedError:
            raise
        except OSError as error:
            raise NotFound("It cannot be read.") from error

    async def _send_flow(self, pieces: AsyncIterable[bytes], media_type: str | None) -> None:
        """Send what is made meanwhile; of HEAD nothing is."""
        if self.request.method == "HEAD":
            await close(pieces)
        elif not await flow(self, pieces):
            return
        await self.finish(set_content_type=media_type)

    async def _send_opened(self, file: File, content: IO[bytes], start: int, end: int) -> None:
        self.set_header("Content-Length", str(end - start))
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Content-Security-Policy", "sandbox")
        if file.filename:
            self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.filename)}")
        self.set_header("Content-Type", file.media_type)
        self._set_headers(file.headers)
        try:
            await self.flush()
            if self.request.method != "HEAD":
                await self._send_pieces(file.path.parent, content, start, end)
        except (StreamClosedError, Unavailable, OSError):  # cut short, the connection does not look complete
            return
        await self.finish(set_content_type=file.media_type)

    def _part(self, size: int, tag: str) -> tuple[int, int]:
        found = part(str(self.request.method), self.request.headers, size, tag)
        if found is None:
            return 0, size
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {found[0]}-{found[1] - 1}/{size}")
        return found

    async def _send_pieces(self, folder: Path, content: IO[bytes], start: int, end: int) -> None:
        while start < end:
            piece = await on_disk(folder, os.pread, content.fileno(), min(_PIECE, end - start), start)
            if not piece:  # the file was cut while it was read
                raise StreamClosedError
            start += len(piece)
            self.write(piece)
            await self.flush()


async def _decoded(raw: bytes, kind: Any) -> Any:
    """The body, a large one in a thread: others are answered meanwhile."""
    if kind is bytes or len(raw) <= _PIECE:
        return decode_body(raw, kind)
    return await asyncio.to_thread(decode_body, raw, kind)


@web.stream_request_body
class StreamedHandler(RouteHandler):
    """Answers all methods of a path where bodies are handed to the verbs while they come."""

    groups: ClassVar[Mapping[str, tuple[Route, Routes]]] = {}
    _call: Streamed | None = None

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler
        """Let the verb begin, once the caller has been let in; the body follows."""
        await super().prepare()
        entry, group = self.groups.get(str(self.request.method).lower(), (None, None))
        if self._finished or entry is None or group is None or not entry.streamed:
            return
        verb, given = await self._admitted(entry, group, self.path_kwargs)
        if self.gone.is_set():  # nobody would take the answer
            return
        self._call = Streamed(self.request, lambda body: verb(body=body, **given))
        await self._call.begin()

    async def answer(self, entry: Route, group: Routes, arguments: Mapping[str, str]) -> None:
        """Send what the verb returned."""
        if self._call is None:
            await super().answer(entry, group, arguments)
        else:
            self._call.all_has_come()
            await self._send(entry, await self._call.answer)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Hand a piece on; that of a verb that takes none is dropped."""
        return self._call.body.feed(chunk) if self._call else None

    def on_connection_close(self) -> None:
        """Tell the verb that no more comes."""
        if self._call is not None:
            self._call.hang_up()
        super().on_connection_close()

    def finish(self, *args: Any, **kwargs: Any) -> Future[None]:
        """Answer, with bytes still on their way too."""
        if is_unread(self.request):
            self.set_header("Connection", "close")
            linger(self.request)
            if self._call is not None:
                self._call.body.cut("It is answered.")
        finished: Future[None] = super().finish(*args, **kwargs)
        return finished


class NoSuchRoute(GatewayHandler):
    """Everything below our prefix that is in no table: a JSON 404 for those who are logged in."""

    routes: ClassVar[list[Route]] = []

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler
        """Answer before any method is looked at."""
        await super().prepare()
        if self._finished:
            return
        raise web.HTTPError(404, "There is nothing at this address. See openapi.json for what there is.")


def _method(entry: Route, group: Routes) -> Any:
    async def verb(self: RouteHandler, **arguments: str) -> None:
        await self.answer(entry, group, arguments)

    return allow_unauthenticated(verb) if entry.public else web.authenticated(verb)


def _options(groups: Sequence[Routes]) -> Any:
    """What is always told, and what the verbs' classes tell of themselves to who is logged in."""

    def verb(self: RouteHandler, **arguments: str) -> None:
        GatewayHandler.options(self)
        if self.current_user is not None:
            for group in groups:
                for name, text in group.about().items():
                    self.set_header(name, text)

    return allow_unauthenticated(verb)


def _base_of(entries: Sequence[Route]) -> type[RouteHandler]:
    """What answers these verbs of one path. Raises TypeError where one streams its body and another does not."""
    kinds = {entry.streamed for entry in entries if entry.body is not None}
    if len(kinds) > 1:
        raise TypeError(f"At {entries[0].path} every body is streamed, or none.")
    return StreamedHandler if kinds == {True} else RouteHandler


def _openness(path: tuple[str, object]) -> tuple[int, int]:
    """Literal paths come before those with placeholders, which come before those that swallow slashes."""
    return path[0].count(">.+)"), path[0].count("(?P<")


def build_handlers(groups: Sequence[Routes], readiness: Readiness) -> list[tuple[str, type[GatewayHandler]]]:
    """Tornado's handler list for the routes of all rooms, relative to the base URL."""
    verbs: dict[str, dict[str, tuple[Route, Routes]]] = {}
    for group in groups:
        for entry in group.table():
            path = url_path_join("/crispdm", entry.prefix, entry.pattern)
            verbs.setdefault(path, {})[entry.method.lower()] = (entry, group)
    built: list[tuple[str, type[GatewayHandler]]] = []
    for path, methods in sorted(verbs.items(), key=_openness):
        members: dict[str, Any] = {name: _method(*bound) for name, bound in methods.items()}
        members["options"] = _options([group for _, group in methods.values()])
        if "get" in methods:  # tornado sends the headers alone, the length among them
            members["head"] = _method(*methods["get"])
        members["routes"] = [entry for entry, _ in methods.values()]
        members["readiness"], members["groups"] = readiness, methods
        title = re.sub(r"\W+", " ", path).title().replace(" ", "")
        built.append((path, type(f"{title}Handler", (_base_of(members["routes"]),), members)))
    return built
