"""Pictures and zips, good and bad."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

from PIL import Image


def picture(width: int = 8, height: int = 6, mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
    """An image file."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height), options.pop("colour", None)).save(buffer, kind, **options)
    return buffer.getvalue()


def text(data: bytes) -> str:
    """As clients send it."""
    return base64.b64encode(data).decode()


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], deflate: bool = False) -> bytes:
    """A zip file of names and contents."""
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()
