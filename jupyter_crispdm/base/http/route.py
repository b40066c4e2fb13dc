"""The route table: what every HTTP call accepts and answers, whoever carries it.

A room writes its verbs as methods of a `Routes` class, each under ``@route``. From the table come the handlers of a
server (`gateway` for tornado; the inference server has an adapter of its own), the OpenAPI document, addresses and the
tests that walk it. This module knows no web framework.

::

    class JobRoutes(Routes):
        @route("GET", "jobs/{id}", answer=Job, resource="jobs")
        async def show(self, request: Request, id: JobId) -> Job: ...

    route_of(JobRoutes.show).url(id="a/b")   # 'jobs/a%2Fb'
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, TypeVar, get_type_hints
from urllib.parse import quote

import msgspec

Verb = Callable[..., Awaitable[Any]]
_V = TypeVar("_V", bound=Verb)
_ROUTE = "__crispdm_route__"
JSON = "application/json"
_PLACEHOLDER = re.compile(r"{(\w+)(:path)?}")


@dataclass(frozen=True)
class Parameter:
    """A placeholder of a path: its type, and whether it takes slashes (``{path:path}``)."""

    name: str
    kind: Any = str
    takes_slashes: bool = False

    def quoted(self, value: object) -> str:
        """A value as it stands in an address. Raises ValueError for one that the route would not accept."""
        try:
            text = str(msgspec.to_builtins(msgspec.convert(value, self.kind)))
        except msgspec.ValidationError as error:
            raise ValueError(f"'{self.name}' cannot be {value!r}: {error}") from error
        steps = text.split("/") if self.takes_slashes else [text]
        if not text or not {".", ".."}.isdisjoint(steps):
            raise ValueError(f"'{self.name}' cannot be {value!r}: it names no place of its own.")
        return "/".join(quote(step, safe="") for step in steps)


@dataclass(frozen=True)
class Route:
    """One verb: what it accepts, what it answers, and who may call it."""

    method: str
    path: str
    resource: str
    action: str = "read"
    body: Any = None
    query: type[msgspec.Struct] | None = None
    answer: Any = None
    status: int = 200
    public: bool = False
    prefix: str = "api"
    name: str = ""
    summary: str = ""
    limit: int | None = None  # bytes of a body; None: what the caller's role may send as JSON
    kinds: Mapping[str, Any] = field(default_factory=dict, hash=False)  # of the placeholders
    media: tuple[str, ...] = (JSON,)  # what the body may come as
    raw: bool = False  # the verb is given the body's bytes, and reads them itself
    streamed: bool = False  # the verb is given the body while it comes
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)  # of every answer
    answer_as: tuple[str, ...] = (JSON,)  # what the answer may come as; a stream has one `answer` after the other

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The placeholders of the path, in its order."""
        return [
            Parameter(name, self.kinds.get(name, str), bool(slashes))
            for name, slashes in _PLACEHOLDER.findall(self.path)
        ]

    @property
    def template(self) -> str:
        """The path below the root of the API with its prefix, placeholders as OpenAPI writes them."""
        return "/".join(filter(None, (self.prefix, _PLACEHOLDER.sub(r"{\1}", self.path))))

    @property
    def pattern(self) -> str:
        """The path without its prefix as a regular expression."""
        parts, at = [], 0
        for found in _PLACEHOLDER.finditer(self.path):
            step = ".+" if found[2] else "[^/]+"
            parts += [re.escape(self.path[at : found.start()]), f"(?P<{found[1]}>{step})"]
            at = found.end()
        return "".join(parts) + re.escape(self.path[at:])

    def url(self, **arguments: object) -> str:
        """The address below the prefix, each argument quoted. Raises ValueError for one that the route refuses."""
        names = {parameter.name for parameter in self.parameters}
        if names != arguments.keys():
            raise ValueError(f"{self.path} takes {sorted(names)}, not {sorted(arguments)}.")
        quoted = {parameter.name: parameter.quoted(arguments[parameter.name]) for parameter in self.parameters}
        return _PLACEHOLDER.sub(lambda found: quoted[found[1]], self.path)


def route(
    method: str,
    path: str,
    *,
    resource: str,
    action: str = "read",
    body: Any = None,
    query: type[msgspec.Struct] | None = None,
    answer: Any = None,
    status: int | None = None,
    public: bool = False,
    limit: int | None = None,
    media: tuple[str, ...] = (JSON,),
    raw: bool = False,
    streamed: bool = False,
    answer_as: tuple[str, ...] = (JSON,),
) -> Callable[[_V], _V]:
    """Declare a verb. Its docstring's first line is the summary in the OpenAPI document.

    A placeholder `{id}` of the path is one step, `{path:path}` the rest with its slashes; the verb's annotation of the
    same name is its type. `limit` is the largest body in bytes, for every role; without it a body is JSON and its
    role's limit holds. `media` are the content types of the body; `raw` hands its bytes to the verb, while `body` says
    what they hold. A verb that is `streamed` is given them while they come, as an `Incoming`, and sees to its own
    limit; all verbs with a body at one path are so, or none. `answer_as` are the content types of the answer.
    """

    def mark(verb: _V) -> _V:
        summary = (verb.__doc__ or "").strip().partition("\n")[0]
        answered = status or (200 if answer is not None else 204)
        entry = Route(method, path, resource, action, body, query, answer, answered, public,
                      name=verb.__name__, summary=summary, limit=limit, kinds=_kinds(verb, path), media=media, raw=raw,
                      streamed=streamed, answer_as=answer_as)
        setattr(verb, _ROUTE, entry)
        return verb

    return mark


def _kinds(verb: Verb, path: str) -> dict[str, Any]:
    """The types of a path's placeholders. Raises TypeError for one that the verb does not take or annotate."""
    names = [name for name, _ in _PLACEHOLDER.findall(path)]
    missing = [name for name in names if name not in verb.__annotations__]
    if missing:
        raise TypeError(f"{verb.__qualname__} must take and annotate {missing}, which {path} names.")
    annotated = SimpleNamespace(__annotations__={name: verb.__annotations__[name] for name in names})
    return get_type_hints(annotated, getattr(verb, "__globals__", {}), include_extras=True)


def route_of(verb: Verb) -> Route:
    """The row of the table that a method such as `JobRoutes.show` was declared with."""
    entry: Route = getattr(verb, _ROUTE)
    return entry


@dataclass(frozen=True)
class Reply:
    """An answer with a status or headers of its own.

    A value that is an async iterable of bytes is sent while it is made, and closed with `aclose()` whatever ends it.
    """

    value: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """An answer that is a regular file below a root; the gateway honours Range and sends it piece by piece."""

    path: Path
    below: Path
    media_type: str = "application/octet-stream"
    filename: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """An answer that is made while it is sent; nobody knows its length before.

    A caller that left ends it. Where making it fails, the connection is cut, so that what came does not look whole.
    """

    pieces: AsyncGenerator[bytes, None]
    media_type: str
    filename: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Routes:
    """The verbs of one room."""

    prefix: ClassVar[str] = "api"
    always: ClassVar[bool] = False
    """Whether calls are answered also while the server starts and stops: nothing has to run for them."""

    headers: ClassVar[Mapping[str, str]] = {}
    """What every answer bears, a refusal too."""

    def about(self) -> Mapping[str, str]:
        """What OPTIONS tells of the verbs in headers, beside the methods that there are."""
        return {}

    def __init_subclass__(cls) -> None:
        """Tell each verb the prefix and the headers of its class."""
        super().__init_subclass__()
        for member in vars(cls).values():
            if isinstance(entry := getattr(member, _ROUTE, None), Route):
                setattr(member, _ROUTE, replace(entry, prefix=cls.prefix, headers=cls.headers))

    @classmethod
    def table(cls) -> list[Route]:
        """Every verb of the class, in the order it was written."""
        marked = (getattr(member, _ROUTE, None) for member in vars(cls).values())
        return [entry for entry in marked if isinstance(entry, Route)]


def tables(groups: Sequence[type[Routes]]) -> list[Route]:
    """The whole route table."""
    return [entry for group in groups for entry in group.table()]
