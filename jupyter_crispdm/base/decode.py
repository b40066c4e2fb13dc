"""Turning what came over the wire into typed values, or into an error that names the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from .errors import BadRequest, NotFound

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def decode_body(raw: bytes, kind: Any) -> Any:
    """The JSON body as `kind`. Raises BadRequest with the field that is wrong."""
    if kind is bytes:
        return raw
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
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _explain(error, "query") from error


def check_path(arguments: Mapping[str, str]) -> None:
    """Refuse path arguments that could not name anything. Raises NotFound."""
    for name, value in arguments.items():
        if _CONTROL.search(value) or value in {".", ".."}:
            raise NotFound(f"There is no such {name}.", field=name)


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
