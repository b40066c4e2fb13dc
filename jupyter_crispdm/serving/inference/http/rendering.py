"""Errors as they are sent, in the one shape of the house."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.types import Send

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody


def rendered(error: CrispdmError) -> tuple[int, dict[str, str], bytes]:
    """An error as status, headers and body."""
    headers = {"retry-after": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return error.status, headers, msgspec.json.encode(error.body())


def plain_error(status: int, message: str) -> bytes:
    """An error that is none of our tree, in the same shape."""
    phrase = HTTPStatus(status).phrase
    return msgspec.json.encode(ErrorBody(message, phrase, phrase.lower().replace(" ", "_")))


async def send_error(send: Send, error: CrispdmError) -> None:
    """Answer a request that goes no further."""
    status, headers, body = rendered(error)
    raw: list[Any] = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def send_empty(send: Send, headers: Mapping[str, str]) -> None:
    """Answer with headers alone."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
