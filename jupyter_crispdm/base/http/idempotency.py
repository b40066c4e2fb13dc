"""The header `Idempotency-Key`: what a caller calls one request, so that it may come again and is done once."""

from __future__ import annotations

import re

from jupyter_crispdm.base.errors import BadRequest, Conflict, Unprocessable

HEADER = "Idempotency-Key"
_KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\x21\x23-\x7e][\x21-\x7e]{0,199})')


def read_key(given: str) -> str:
    """A key as a string of structured headers, in quotes, or bare as many write it. Raises BadRequest."""
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise BadRequest(f"'{HEADER}' must be 1 to 200 visible characters, in quotes or without.", field=HEADER)
    return found[1] or found[2]


def other_request() -> Unprocessable:
    """A key came with another request than before."""
    return Unprocessable(f"This '{HEADER}' was used for another request. Use a new one for each.", field=HEADER)


def not_kept() -> Conflict:
    """A request was answered before, and nobody knows how any more."""
    return Conflict(
        "This request was answered, and the answer was too large to be kept. Use a new key.", field=HEADER
    )
