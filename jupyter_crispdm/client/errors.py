"""What can go wrong on the way to the server, and how its refusals come back as exceptions.

ClientError
├── ServerNotFound       no running server to talk to
├── ServerUnreachable    the server does not answer
├── NotSignedIn          the server does not know our token
└── UnexpectedAnswer     whatever answered is not our API

What the server refuses is raised as the very class it was refused with (`jupyter_crispdm.base.errors`).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody, code_of


class ClientError(Exception):
    """Base of everything that fails between a program and the server."""


class ServerNotFound(ClientError):
    """There is no running server to talk to."""


class ServerUnreachable(ClientError):
    """The server does not answer."""


class NotSignedIn(ClientError):
    """The server does not know the token, or there is none."""


class UnexpectedAnswer(ClientError):
    """Whatever answered, it does not speak our API."""


def refusal(status: int, content: bytes, address: str) -> Exception:
    """The exception that stands for an answer that is no success (302 leads to the login page)."""
    body = _body(content)
    nameless = body is None or not body.details  # a role that is not enough says for what
    if status in (302, 401) or (status == 403 and nameless):
        return NotSignedIn(f"{address} does not accept the token. Set CRISPDM_TOKEN to a valid one.")
    if body is None:
        return UnexpectedAnswer(f"{address} answered {status} without saying why.")
    return revive(body, status)


def revive(body: ErrorBody, status: int | None = None) -> CrispdmError:
    """The server's error as the exception it was raised as; an unknown code falls back to its status."""
    family = [kind for kind in _family(CrispdmError) if kind.__module__ == CrispdmError.__module__]
    named = [kind for kind in family if code_of(kind) == body.code]
    alike = [kind for kind in family if kind.status == status]
    error = (named or alike or [CrispdmError])[0](body.message)
    error.details = body.details
    return error


def _body(content: bytes) -> ErrorBody | None:
    try:
        return msgspec.json.decode(content, type=ErrorBody)
    except msgspec.MsgspecError:
        return None


def _family(kind: type[CrispdmError]) -> Iterator[type[CrispdmError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)
