"""Turning what came over the wire into typed values, or into an error that names the field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from ..errors import BadRequest, NotFound
from ..numbers import LARGEST, is_whole
from .route import Parameter

DEEPEST = 64
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def decode_body(raw: bytes, kind: Any) -> Any:
    """The JSON body as `kind`. Raises BadRequest with the field that is wrong."""
    if kind is bytes:
        return raw
    if _is_deep(raw):
        raise BadRequest(f"The body is not valid: nested more than {DEEPEST} deep", field="body")
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _explain(error, "body") from error


def decode_query(arguments: Callable[[str], list[str]], kind: type[msgspec.Struct]) -> Any:
    """The query string as `kind`; a field that is a list takes every value, the others the last one."""
    given: dict[str, Any] = {}
    for entry in msgspec.structs.fields(kind):
        values = arguments(entry.encode_name)
        if values:
            given[entry.encode_name] = values if _is_list(entry.type) else values[-1]
    try:
        query = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _explain(error, "query") from error
    for entry in msgspec.structs.fields(kind):
        _require_sane(getattr(query, entry.name), entry.encode_name)
    return query


def _require_sane(value: Any, field: str) -> None:
    """Refuse numbers that nothing can count with. Raises BadRequest."""
    if isinstance(value, int) and abs(value) > LARGEST:
        raise BadRequest(f"'{field}' is too large.", field=field)
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRequest(f"'{field}' must be a finite number.", field=field)


def _is_deep(raw: bytes) -> bool:
    """Whether JSON is nested deeper than anything that is read and written again may be."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    brackets = np.frombuffer(_TEXT.sub(b"", raw).translate(None, _NO_BRACKETS), np.uint8)
    steps = np.where((brackets == ord("[")) | (brackets == ord("{")), 1, -1)
    return bool(steps.cumsum().max(initial=0) > DEEPEST)


def decode_path(arguments: Mapping[str, str], parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The placeholders' values in their types. Raises NotFound, with the field, for what cannot name anything."""
    return {parameter.name: _step(parameter, arguments[parameter.name]) for parameter in parameters}


def _step(parameter: Parameter, text: str) -> Any:
    name = parameter.name
    if _CONTROL.search(text) or text in {".", ".."}:
        raise NotFound(f"There is no such {name}.", field=name)
    if parameter.kind is str:
        return text
    try:
        value = msgspec.convert(text, parameter.kind, strict=False)
    except msgspec.ValidationError as error:
        raise NotFound(f"There is no such {name}: {_words(parameter.kind) or error}", field=name) from error
    if isinstance(value, int) and not (is_whole(text) and value <= LARGEST):
        raise NotFound(f"There is no such {name}: expected a whole number in digits.", field=name)
    return value


def _words(kind: Any) -> str:
    """What a type says of itself; empty when nothing."""
    described = (getattr(meta, "description", None) for meta in getattr(kind, "__metadata__", ()))
    return next((f"it is {text[0].lower()}{text[1:]}" for text in described if text), "")


def _is_list(kind: Any) -> bool:
    described = msgspec.inspect.type_info(kind)
    members = getattr(described, "types", (described,))
    return any(isinstance(m, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)) for m in members)


def _explain(error: Exception, where: str) -> BadRequest:
    text = str(error)
    path = re.search(r" - at `\$\.?(.+?)`$", text)
    named = re.search(r"field `(.+?)`", text)
    name = path[1] if path else named[1] if named else None
    if name is None:
        if isinstance(error, RecursionError):
            text = "too deeply nested"
        return BadRequest(f"The {where} is not valid: {text}", field=where)
    return BadRequest(f"'{name}': {re.sub(r' - at `.*`$', '', text)}", field=name)
