"""Bodies of the four calls: JSON, form or multipart, read into one shape; nothing is spooled to disk."""

from __future__ import annotations

import asyncio
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from jupyter_crispdm.base.errors import BadRequest, TooLarge

from ..errors import UnsupportedMedia
from ..settings import RequestLimits

_FIELDS = 2000
_LONG = 256 * 2**10
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", "none", "null", ""}
_MULTIPART, _FORM = "multipart/form-data", "application/x-www-form-urlencoded"
_JSON = ("", "application/json", "text/json", "text/plain")
_CHARSETS = ("", "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Form:
    """The fields of a body, whatever way they came in."""

    fields: Mapping[str, list[Any]]
    files: Mapping[str, list[bytes]] = field(default_factory=dict)
    json: bytes | None = None
    """The body, where it was JSON."""

    is_urlencoded: bool = False

    def text(self, name: str) -> str | None:
        """A single value, or None. Raises BadRequest when it is no text or number, or more than one."""
        values = self.fields.get(name) or [None]
        if len(values) > 1 and any(value != values[0] for value in values):
            raise BadRequest(f"'{name}' was sent {len(values)} times; send it once.", field=name)
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
        for index, value in enumerate(values):
            if not isinstance(value, str):
                told = f"'{name}' must be base64 strings; number {index + 1} is none."
                raise BadRequest(told, field=f"{name}[{index}]")
        return values

    def only(self, *known: str) -> Form:
        """The same, when it holds nothing else. Raises BadRequest that names what it does not know."""
        for name in (*self.fields, *self.files):
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                meant = f" Did you mean '{near[0]}'?" if near else ""
                fields = ", ".join(f"'{item}'" for item in known)
                raise BadRequest(f"There is no field '{name[:100]}' here, but {fields}.{meant}", field=name[:100])
        return self


async def read_form(request: Request, limits: RequestLimits) -> Form:
    """Read a body by its content type. Raises BadRequest, TooLarge, UnsupportedMedia."""
    kind = _kind(request.headers.get("content-type", ""))
    if kind == _MULTIPART:
        return await _multipart(request, limits)
    body = await request.body()
    read = _urlencoded if kind == _FORM else _json
    return await asyncio.to_thread(read, body) if len(body) > _LONG else read(body)


def decode_json(body: bytes | str, what: str = "The body") -> Any:
    """JSON within reason, also with a byte order mark before it. Raises BadRequest."""
    try:
        return msgspec.json.decode(_unmarked(body))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{what} is no valid JSON: {str(error)[:200]}") from None


def _unmarked(body: bytes | str) -> bytes | str:
    """Without a byte order mark, which editors and shells of Windows write, and as UTF-8."""
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    if b"\0" in body[:4]:
        return body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    return body.removeprefix(_BOM)


def _kind(content_type: str) -> str:
    """The content type without parameters. Raises UnsupportedMedia."""
    header = Message()
    header["content-type"] = content_type
    kind = content_type.partition(";")[0].strip().lower()
    charset = header.get_content_charset() or ""
    known = kind in (_MULTIPART, _FORM, *_JSON) or kind.endswith("+json")
    if not known or charset.lower() not in _CHARSETS or (charset.lower().startswith("utf-16") and kind == _FORM):
        raise UnsupportedMedia(
            f"'Content-Type: {content_type[:100]}' is not read here; send application/json, {_FORM} "
            f"or {_MULTIPART}, in UTF-8.",
            field="Content-Type",
        )
    return kind


def _json(body: bytes) -> Form:
    if not body.strip():
        return Form({})
    value = decode_json(body)
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object or a form.")
    return Form({name: item if isinstance(item, list) else [item] for name, item in value.items()}, json=body)


def _urlencoded(body: bytes) -> Form:
    fields: dict[str, list[Any]] = {}
    try:
        pairs = parse_qsl(
            body.removeprefix(_BOM).decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"
        )
    except ValueError as error:
        if "fields exceeded" in str(error):
            raise BadRequest(f"The form may have {_FIELDS:,} fields.", limit=_FIELDS) from None
        raise BadRequest(f"The form cannot be read: {str(error)[:200]}.") from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields, is_urlencoded=True)


async def _multipart(request: Request, limits: RequestLimits) -> Form:
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
    except (MultiPartException, LookupError, ValueError) as error:
        if "Too many" in str(error):
            raise TooLarge(f"The form may have {limits.images} files and {_FIELDS:,} fields.") from None
        raise BadRequest(f"The multipart body cannot be read: {str(error)[:200]}") from None
    fields: dict[str, list[Any]] = {}
    files: dict[str, list[bytes]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name, []).append(await value.read())
        else:
            fields.setdefault(name, []).append(value)
    await form.close()
    return Form(fields, files)


def upload(form: Form, name: str) -> bytes | str:
    """The one uploaded file, or the text of a field in its place. Raises BadRequest when there is none, or several."""
    files = form.files.get(name, [])
    if len(files) > 1:
        raise BadRequest(f"'{name}' was sent {len(files)} times; send one file.", field=name)
    found = files[0] if files else form.text(name)
    if not found:
        sent = _named((*form.fields, *form.files))
        raise BadRequest(f"Send the file in the multipart field '{name}'; {sent}.", field=name)
    return found


def _named(names: Iterable[str]) -> str:
    told = ", ".join(f"'{name[:100]}'" for name in list(names)[:5])
    return f"the body has {told}" if told else "the body is empty"


def _listed(text: str, name: str) -> list[Any]:
    value = decode_json(text, f"'{name}'")
    return value if isinstance(value, list) else [value]
