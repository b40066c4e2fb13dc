"""Pictures that stand in a notebook's metadata: small PNG and JPEG data, looked at before a page shows them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

LONGEST = 200_000
"""Characters of a `data:` address: a picture on a card needs a fraction of it."""
MOST_PIXELS = 4_000_000
_DATA = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})")
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_JPEG = b"\xff\xd8"
_LONE = frozenset({0x01, *range(0xD0, 0xD9)})
_NO_FRAMES = frozenset({0xC4, 0xC8, 0xCC})
Size = tuple[int, int]


def is_small_picture(address: str) -> bool:
    """Whether a `data:` address is a PNG or JPEG within the limits, and what it says it is."""
    match = _DATA.fullmatch(address) if len(address) <= LONGEST else None
    if match is None:
        return False
    try:
        content = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return False
    size = _SIZES[match[1]](content)
    return size is not None and min(size) > 0 and size[0] * size[1] <= MOST_PIXELS


def _size_of_png(content: bytes) -> Size | None:
    if not content.startswith(_PNG) or len(content) < 24:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _size_of_jpeg(content: bytes) -> Size | None:
    """What the first frame says, past the segments before it."""
    place = 2 if content.startswith(_JPEG) else len(content)
    while place + 9 <= len(content) and content[place] == 0xFF:
        kind = content[place + 1]
        if kind in _LONE or kind == 0xFF:
            place += 1 if kind == 0xFF else 2
        elif 0xC0 <= kind <= 0xCF and kind not in _NO_FRAMES:
            return int.from_bytes(content[place + 7 : place + 9], "big"), int.from_bytes(
                content[place + 5 : place + 7], "big")
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None


_SIZES: dict[str, Callable[[bytes], Size | None]] = {"png": _size_of_png, "jpeg": _size_of_jpeg}
