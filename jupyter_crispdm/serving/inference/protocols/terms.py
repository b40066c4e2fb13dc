"""What the headers of a request to a model say: where raw bytes begin, by when it is wanted, whose trace it is."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from jupyter_crispdm.base.errors import BadRequest

HEADER_LENGTH, TIMEOUT, TRACE = "inference-header-content-length", "grpc-timeout", "traceparent"
TRACE_ANSWER = "traceresponse"

_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_DURATION = re.compile(r"(\d{1,8})([HMSmun])")
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a model is asked."""

    header_length: int | None = None
    timeout: float | None = None
    trace: str = ""
    """A `traceparent` of our own span in the caller's trace; "" where the caller traces nothing."""

    PLAIN: ClassVar[Terms]


Terms.PLAIN = Terms()


def read_terms(header: Callable[[str], str | None]) -> Terms:
    """The terms that the headers set. Raises BadRequest."""
    length, timeout, trace = header(HEADER_LENGTH), header(TIMEOUT), header(TRACE)
    if length is None and timeout is None and trace is None:
        return Terms.PLAIN
    return Terms(_length(length), _seconds(timeout), own_span(trace))


def _length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest("'Inference-Header-Content-Length' must be a number of bytes.",
                         field="Inference-Header-Content-Length")  # fmt: skip
    return int(text)


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    found = _DURATION.fullmatch(text)
    if not found:
        raise BadRequest("'grpc-timeout' must be up to 8 digits and one of H, M, S, m, u, n.", field="grpc-timeout")
    return int(found[1]) * _UNITS[found[2]]


def own_span(parent: str | None) -> str:
    """A span of ours in the trace that a caller names; what is no `traceparent` is passed over, as is its standard."""
    found = _PARENT.fullmatch(parent or "")
    if not found or found[1] == "ff" or not found[2].strip("0") or not found[3].strip("0"):
        return ""
    if found[1] == "00" and found[5]:
        return ""  # this version has no more fields
    return f"00-{found[2]}-{secrets.token_hex(8)}-{int(found[4], 16) & 1:02x}"


def response_headers(terms: Terms, header_length: int | None) -> dict[str, str]:
    """The headers of an answer on these terms."""
    headers = {"content-type": "application/json"}
    if header_length is not None:
        headers = {"content-type": "application/octet-stream", HEADER_LENGTH: str(header_length)}
    if terms.trace:
        headers[TRACE_ANSWER] = terms.trace
    return headers
