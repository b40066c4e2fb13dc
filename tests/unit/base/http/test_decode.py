"""Bodies and queries."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.http.decode import DEEPEST, decode_body, decode_query
from jupyter_crispdm.base.wire import Body


class Anything(Body, frozen=True):
    """A body that takes what it gets."""

    value: Any = None
    limit: int = 1
    period: float = 1.0
    name: list[str] = []


def nested(depth: int) -> bytes:
    return b'{"value": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.proves("json.bad")
@pytest.mark.parametrize("depth", [DEEPEST, 970, 100_000])
def test_deep_bodies_are_refused(depth: int) -> None:
    for body in (nested(depth), nested(depth).replace(b"[", b'{"a":').replace(b"]", b"}")):
        with pytest.raises(BadRequest) as refused:
            decode_body(body, Anything)
        assert refused.value.details == {"field": "body"}


def test_wide_ones_and_brackets_in_texts_are_not() -> None:
    assert decode_body(nested(DEEPEST - 1), Anything).value
    value: Any
    for value in ([[]] * 10_000, "[" * 10_000, '\\"[' * 1000, {"[[": "]]"}):
        assert decode_body(json.dumps({"value": value}).encode(), Anything).value == value


@pytest.mark.proves("json.bad")
@pytest.mark.parametrize(
    "body", [b"[", b"]]]]" * 100, b'"' * 1001, b'{"value": NaN}', b"\xff" * 100, b'{"limit": 1e400}']
)
def test_rubbish_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_body(body, Anything)


@pytest.mark.proves("numbers.odd")
@pytest.mark.parametrize(
    ("field", "text"),
    [("limit", text) for text in ("²", "١", "9" * 5000, "9" * 25, "1_0", "", "0x1")]
    + [("period", text) for text in ("nan", "inf", "-inf", "1e999", "²", "")],
)
def test_odd_numbers_in_a_query_are_refused_by_name(field: str, text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode_query(lambda name: [text] if name == field else [], Anything)
    assert refused.value.details == {"field": field}


def test_a_query() -> None:
    given = {"limit": ["1", "7"], "period": ["2.5"], "name": ["a", "b"]}
    found: msgspec.Struct = decode_query(lambda name: given.get(name, []), Anything)
    assert found == Anything(limit=7, period=2.5, name=["a", "b"])
