"""Base classes of everything that travels over HTTP."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_UNPAIRED = re.compile("[\ud800-\udfff]")


class Wire(msgspec.Struct, frozen=True):
    """An answer: immutable, encoded as a JSON object."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body or query: a field nobody knows is an error, not a silent loss."""


def encode(value: Any) -> bytes:
    """A value as JSON. A name from the disk may hold bytes that are no UTF-8: they travel as U+FFFD."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_text_only(msgspec.to_builtins(value)))


def _text_only(value: Any) -> Any:
    if isinstance(value, str):
        return _UNPAIRED.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list | tuple):
        return [_text_only(item) for item in value]
    if isinstance(value, dict):
        return {_text_only(key): _text_only(item) for key, item in value.items()}
    return value
