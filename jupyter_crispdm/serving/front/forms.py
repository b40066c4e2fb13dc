"""Bodies of the four calls: JSON, form or multipart, read into one shape; nothing is spooled to disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from jupyter_crispdm.base.errors import BadRequest

from .settings import Limits

_FIELDS = 2000
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}


@dataclass(frozen=True)
class Form:
    """The fields of a body, whatever way they came in."""

    fields: Mapping[str, list[Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A single value, or None. Raises BadRequest when it is no text or number."""
        values = self.fields.get(name) or [None]
        if values[-1] is None:
            return None
        if not isinstance(values[-1], str | int | float):
            raise BadRequest(f"'{name}' must be a string.", field=name)
        return str(values[-1])

    def flag(self, name: str) -> bool:
        """A yes or no, as `True`, `true`, `1`… or a JSON boolean. Raises BadRequest."""
        text = (self.text(name) or "").strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise BadRequest(f"'{name}' must be True or False.", field=name)

    def texts(self, name: str) -> list[str]:
        """All values of a field; a JSON list counts as several. Raises BadRequest."""
        values = list(self.fields.get(name, []))
        if len(values) == 1 and isinstance(values[0], str) and values[0].lstrip().startswith("["):
            values = _listed(values[0], name)
        if not all(isinstance(value, str) for value in values):
            raise BadRequest(f"'{name}' must be base64 strings.", field=name)
        return values


async def read_form(request: Request, limits: Limits) -> Form:
    """Read a body by its content type. Raises BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, limits)
    body = await request.body()
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    if not body.strip():
        return Form({})
    return _json(body)


def decode_json(body: bytes | str, what: str = "The body") -> Any:
    """JSON within reason. Raises BadRequest."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"{what} is no valid JSON: {error}") from None


def _json(body: bytes) -> Form:
    value = decode_json(body)
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object or a form.")
    return Form({name: item if isinstance(item, list) else [item] for name, item in value.items()})


def _urlencoded(body: bytes) -> Form:
    fields: dict[str, list[Any]] = {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError as error:
        raise BadRequest(f"The form cannot be read: {error}.") from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


async def _multipart(request: Request, limits: Limits) -> Form:
    parser = MultiPartParser(
        request.headers,
        request.stream(),
        max_files=limits.images,
        max_fields=_FIELDS,
        max_part_size=limits.body,
    )
    parser.spool_max_size = limits.body + 1  # files stay in memory: nothing of a client's is written to disk
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise BadRequest(f"The multipart body cannot be read: {error}") from None
    fields: dict[str, list[Any]] = {}
    files: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
        else:
            fields.setdefault(name, []).append(value)
    await form.close()
    return Form(fields, files)


def _listed(text: str, name: str) -> list[Any]:
    value = decode_json(text, f"'{name}'")
    return value if isinstance(value, list) else [value]
