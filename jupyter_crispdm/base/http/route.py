"""The table of routes.

A room writes its verbs as methods of a `Routes` class, each under ``@route``. `gateway` turns them into tornado
handlers; the inference server turns its own into Starlette's routes. From the same table come the OpenAPI documents and
the tests that walk them. This module knows no web framework.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec

Verb = Callable[..., Awaitable[Any]]
_V = TypeVar("_V", bound=Verb)
_ROUTE = "__crispdm_route__"


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

    @property
    def parameters(self) -> list[str]:
        """The names of the placeholders in the path."""
        return re.findall(r"{(\w+)(?::path)?}", self.path)

    @property
    def pattern(self) -> str:
        """The path as a regular expression for tornado."""
        parts = re.split(r"({\w+(?::path)?})", self.path)
        return "".join(_expression(part) for part in parts)


def _expression(part: str) -> str:
    found = re.fullmatch(r"{(\w+)(:path)?}", part)
    if not found:
        return re.escape(part)
    return f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})"


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
) -> Callable[[_V], _V]:
    """Declare a verb. Its docstring's first line is the summary in the OpenAPI document.

    `limit` is the largest body in bytes, for every role; without it a body is JSON and its role's limit holds.
    """

    def mark(verb: _V) -> _V:
        summary = (verb.__doc__ or "").strip().partition("\n")[0]
        answered = status or (200 if answer is not None else 204)
        entry = Route(method, path, resource, action, body, query, answer, answered, public,
                      name=verb.__name__, summary=summary, limit=limit)
        setattr(verb, _ROUTE, entry)
        return verb

    return mark


@dataclass(frozen=True)
class Reply:
    """An answer with a status or headers of its own."""

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


class Routes:
    """The verbs of one room."""

    prefix: ClassVar[str] = "api"
    always: ClassVar[bool] = False
    """Whether commands are accepted also while the server starts and stops: nothing has to run for them."""

    @classmethod
    def table(cls) -> list[Route]:
        """Every verb of the class, in the order it was written."""
        marked = (getattr(member, _ROUTE, None) for member in vars(cls).values())
        return [replace(entry, prefix=cls.prefix) for entry in marked if entry is not None]


def tables(groups: Sequence[type[Routes]]) -> list[Route]:
    """The whole route table."""
    return [entry for group in groups for entry in group.table()]
