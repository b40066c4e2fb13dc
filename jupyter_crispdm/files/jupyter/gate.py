"""What the gate lets people without Lab do through Jupyter's own routes of files.

It decides on the handler's class, its decoded path and the paths in its body; behind it the contents manager decides
again, on what it is really asked for, and looks for links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jupyter_server.services.contents.handlers import CheckpointsHandler, ContentsHandler, ModifyCheckpointsHandler
from tornado import web

from jupyter_crispdm.base.errors import BadRequest, CrispdmError

from ..folders import Act, Folders
from ..spelling import check_name, steps
from .contents import FileDownloadHandler
from .person import person_of

_Asked = tuple[str, Act]


class FileGate:
    """The part of the gate that knows folders."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def check(self, handler: web.RequestHandler, user: Any) -> None:
        """Let a request of somebody without Lab pass. Raises HTTPError(403), and 400 for a body that is none."""
        method = "GET" if handler.request.method == "HEAD" else str(handler.request.method)
        asked = _ASKED.get((type(handler), method))
        if asked is None:
            raise web.HTTPError(403, "Your role does not allow this.")
        person = person_of(user)
        try:
            for path, act in asked(handler):
                if act is Act.LOOK and self._folders.leads(person, path):
                    continue
                self._folders.require(person, path, act)
        except BadRequest as error:
            raise web.HTTPError(400 if error.details.get("field") == "body" else 403, error.message) from error
        except CrispdmError as error:
            raise web.HTTPError(403, f"Your role is '{user.role}'. {error.message}") from error


def _path(handler: web.RequestHandler) -> str:
    """The path as the handler will get it."""
    given = [*handler.path_args, *handler.path_kwargs.values()]
    return str(given[0] or "") if given else ""


def _body(handler: Any) -> Mapping[str, Any]:
    try:
        body = handler.get_json_body()
    except (web.HTTPError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("The body is no JSON.", field="body") from error
    if body is not None and not isinstance(body, dict):
        raise BadRequest("The body must be an object.", field="body")
    return body or {}


def _text(body: Mapping[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"'{key}' must be a text.", field="body")
    return value


def _reads(handler: web.RequestHandler) -> Iterator[_Asked]:
    yield _path(handler), Act.LOOK


def _changes(handler: web.RequestHandler) -> Iterator[_Asked]:
    yield _path(handler), Act.CHANGE


def _puts(handler: web.RequestHandler) -> Iterator[_Asked]:
    yield from _changes(handler)
    body = _body(handler)
    if path := _text(body, "path"):
        yield path, Act.CHANGE
    if name := _text(body, "name"):
        check_name(name, "name")


def _posts(handler: web.RequestHandler) -> Iterator[_Asked]:
    yield _path(handler), Act.FILL
    body = _body(handler)
    if source := _text(body, "copy_from"):
        yield source, Act.LOOK
    if ending := _text(body, "ext"):
        check_name(f"x{ending}", "ext")


def _patches(handler: web.RequestHandler) -> Iterator[_Asked]:
    yield from _changes(handler)
    target = _text(_body(handler), "path")
    if target is None or not steps(target):
        raise BadRequest("'path' must say what it is to be called.", field="body")
    yield target, Act.CHANGE


_ASKED: Mapping[tuple[type[Any], str], Callable[[web.RequestHandler], Iterator[_Asked]]] = {
    (ContentsHandler, "GET"): _reads,
    (ContentsHandler, "PUT"): _puts,
    (ContentsHandler, "POST"): _posts,
    (ContentsHandler, "PATCH"): _patches,
    (ContentsHandler, "DELETE"): _changes,
    (CheckpointsHandler, "GET"): _reads,
    (CheckpointsHandler, "POST"): _changes,
    (ModifyCheckpointsHandler, "POST"): _changes,
    (ModifyCheckpointsHandler, "DELETE"): _changes,
    (FileDownloadHandler, "GET"): _reads,
}
