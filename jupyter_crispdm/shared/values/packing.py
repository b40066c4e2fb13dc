"""From a Python value to what travels, and back. What comes back was written by others: it is checked before it is
taken, and nothing in it is ever run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from .plain import plain

BYTES = "application/octet-stream"
#: By which package's values they are, and by what their writer calls them: who packs and unpacks them.
_BY_PACKAGE = {"numpy": ".arrays", "pandas": ".tables", "pyarrow": ".tables", "PIL.Image": ".pictures"}
_BY_KIND = {
    "array": ".arrays", "dataframe": ".tables", "series": ".tables", "table": ".tables", "picture": ".pictures",
}  # fmt: skip


@dataclass(frozen=True)
class Packed:
    """A value as it travels: JSON, or bytes with their MIME type and what must be known to read them."""

    json: Any = None
    content: bytes | None = None
    type: str = BYTES
    meta: Mapping[str, Any] = field(default_factory=dict)


class Unreadable(ValueError):
    """Bytes that are not what their writer says that they are, or that would grow too large as it."""


def pack(value: Any) -> Packed:
    """A value as it travels. Raises NotShareable."""
    if isinstance(value, bytes | bytearray | memoryview):
        return Packed(content=bytes(value), meta={"kind": "bytes"})
    for package, module in _BY_PACKAGE.items():
        # a package that nobody has imported made no value
        if package in sys.modules and (packed := import_module(module, __package__).packed(value)) is not None:
            content, type, meta = packed
            return Packed(content=content, type=type, meta=meta)
    return Packed(json=plain(value))


def unpack(content: bytes, type: str, meta: Mapping[str, Any]) -> Any:
    """What bytes are in Python: what they were packed from, else the bytes themselves. Raises Unreadable."""
    kind = str(meta.get("kind"))
    if kind not in _BY_KIND:
        return content
    try:
        module = import_module(_BY_KIND[kind], __package__)
        return module.unpacked(content, meta) if type.partition(";")[0].strip() == module.TYPE else content
    except ImportError as error:
        raise Unreadable(f"It is a {kind}, for which this environment lacks a package: {error}") from error
    except Exception as error:
        raise Unreadable(f"It is no {kind} that can be read: {error}") from error
