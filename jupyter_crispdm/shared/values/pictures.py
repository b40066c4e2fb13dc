"""Pictures: as PNG, which loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from .plain import NotShareable

TYPE = "image/png"
_MOST_PIXELS = 64_000_000
_MODES = ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")


def packed(value: Any) -> tuple[bytes, str, dict[str, Any]] | None:
    """A picture as it travels; None for what is none. Raises NotShareable."""
    if not isinstance(value, Image.Image):
        return None
    if value.mode not in _MODES:
        raise NotShareable(f"A picture in the mode {value.mode} has no PNG; convert it to one of {', '.join(_MODES)}.")
    if value.width * value.height > _MOST_PIXELS:
        raise NotShareable(f"A picture of over {_MOST_PIXELS:,} pixels cannot be shared.")
    file = BytesIO()
    value.save(file, "PNG")
    return file.getvalue(), TYPE, {"kind": "picture"}


def unpacked(content: bytes, meta: Mapping[str, Any]) -> Any:
    """The picture. Raises OSError, ValueError, SyntaxError for bytes that are none."""
    picture = Image.open(BytesIO(content), formats=["PNG"])
    if picture.width * picture.height > _MOST_PIXELS:
        raise ValueError(f"it has {picture.width} x {picture.height} pixels")
    picture.load()
    return picture
