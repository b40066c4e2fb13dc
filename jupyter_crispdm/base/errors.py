"""The one error tree.

CrispdmError            500
├── BadRequest          400  the request is malformed
├── Forbidden           403  this user may not
├── NotFound            404  no such thing
├── RequestTimeout      408  what was to come did not come
├── Conflict            409  it clashes with what is there
├── Gone                410  it was there, and is no longer kept
├── TooLarge            413  over a limit
├── Unprocessable       422  well formed, but cannot be done
├── Locked              423  it is there, but cannot be used just now
├── TooManyRequests     429  try later
├── Unavailable         503  a part is not there at the moment
│   └── NotReady        503  the server is starting or stopping: nothing was done
└── StorageFull         507  the disk is full

Every one is rendered as ``{"message", "reason", "code", "details"}`` by the gateway.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, ClassVar

from .wire import Wire


class ErrorBody(Wire, frozen=True):
    """The JSON shape of every error."""

    message: str
    reason: str
    code: str
    details: dict[str, Any] = {}


class SetupError(Exception):
    """A part cannot be made as the server is set up; the text says what to change."""


class CrispdmError(Exception):
    """Something went wrong that the caller should hear about."""

    status: ClassVar[int] = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def code(self) -> str:
        """The machine-readable name of the error, for example ``not_found``."""
        return code_of(type(self))

    def body(self) -> ErrorBody:
        """What the client is told."""
        told = self.message.encode("utf-8", "replace").decode()  # it may hold half a letter of somebody's file
        return ErrorBody(told, HTTPStatus(self.status).phrase, self.code, self.details)


def code_of(kind: type[CrispdmError]) -> str:
    """The code of all errors of a class."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


class BadRequest(CrispdmError):
    """The request is malformed."""

    status = 400


class Forbidden(CrispdmError):
    """This user may not do that."""

    status = 403


class NotFound(CrispdmError):
    """There is no such thing."""

    status = 404


class RequestTimeout(CrispdmError):
    """What was to come did not come, or too slowly."""

    status = 408


class Conflict(CrispdmError):
    """It clashes with what is there."""

    status = 409


class Gone(CrispdmError):
    """It was there, and is no longer kept: asking again in the same way is of no use."""

    status = 410


class TooLarge(CrispdmError):
    """A limit on size is exceeded."""

    status = 413


class Unprocessable(CrispdmError):
    """The request is well formed but cannot be carried out."""

    status = 422


class Locked(CrispdmError):
    """It is there, but cannot be used just now."""

    status = 423


class TooManyRequests(CrispdmError):
    """The caller must wait before they try again."""

    status = 429


class Unavailable(CrispdmError):
    """A part that is needed is not there at the moment."""

    status = 503


class NotReady(Unavailable):
    """The server is starting or stopping: nothing was done."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message, **{"retry_after": 1, **details})


class StorageFull(CrispdmError):
    """The disk is full."""

    status = 507
