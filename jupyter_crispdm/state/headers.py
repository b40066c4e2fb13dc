"""What the headers of a content say of it, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.http.decode import decode_body

BYTES = "application/octet-stream"
META = "X-Crispdm-Meta"
_LONGEST_META = 8 * 1024
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}(?:[ \t]*;[\x20-\x7e\t]{0,200})?")


def read_type(headers: Mapping[str, str]) -> str:
    """The MIME type. Raises BadRequest."""
    text = headers.get("Content-Type", "") or BYTES
    if not _TYPE.fullmatch(text):
        raise BadRequest("'Content-Type' must be a MIME type, such as image/png.", field="Content-Type")
    return text


def read_meta(headers: Mapping[str, str]) -> dict[str, Any]:
    """What the writer says of the bytes. Raises BadRequest."""
    text = headers.get(META, "")
    if len(text) > _LONGEST_META:
        raise BadRequest(f"'{META}' has over {_LONGEST_META:,} bytes.", field=META)
    try:
        meta: dict[str, Any] = decode_body(text.encode("latin-1"), dict[str, Any])
    except (BadRequest, UnicodeEncodeError) as error:
        raise BadRequest(f"'{META}' must be a JSON object: {error}", field=META) from error
    return meta
