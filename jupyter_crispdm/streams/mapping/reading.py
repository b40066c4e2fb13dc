"""A message as JSON: bounded, and also where its sender writes numbers that JSON does not have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

LARGEST = 4 << 20
_NO_NUMBERS = (b"NaN", b"Infinity")
_DECODE = msgspec.json.Decoder()


class Unusable(Exception):
    """A message makes no samples; the text says why, in few words, the same ones for all messages of a kind."""


def read_json(payload: bytes | Mapping[str, Any]) -> Any:
    """What a message says. Raises Unusable."""
    if not isinstance(payload, bytes):
        return payload
    if len(payload) > LARGEST:
        raise Unusable(f"over {LARGEST >> 20} MiB")
    try:
        return _DECODE.decode(payload)
    except RecursionError:
        raise Unusable("nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if any(word in payload for word in _NO_NUMBERS) or "out of range" in str(error):
            return _lenient(payload)
        raise Unusable("no JSON") from None


def _lenient(payload: bytes) -> Any:
    """JSON with NaN and Infinity in it, as many programs write it."""
    try:
        return json.loads(payload)
    except RecursionError:
        raise Unusable("nested too deeply") from None
    except ValueError:
        raise Unusable("no JSON") from None
