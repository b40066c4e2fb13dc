"""Pictures: files, bytes, Pillow's, arrays and tensors; and figures of plotting libraries, as pictures."""

from __future__ import annotations

import io
import math
import os
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from .._harmless import harmless
from .arrays import as_array, is_array
from .keeping import keep, step_of

_LONGEST_SIDE = 2048
_FILE_BYTES = 32 << 20
_MOST_AT_ONCE = 64
_KINDS = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF87a": ".gif", b"GIF89a": ".gif"}
_COLOURS = {1: 0, 3: 2, 4: 6}  # PNG's numbers for grey, RGB, RGBA
_SHAPES = "(height, width), (height, width, 1, 3 or 4) or (1, 3 or 4, height, width)"


def _nothing(*_: Any, **__: Any) -> None:
    return


@harmless(_nothing)
def image(name: str, value: Any, step: int | None = None, caption: str = "") -> None:
    """Keep a picture: the path of a file, its bytes, Pillow's, an array or tensor; or several of them, a batch.

    An array is (height, width), with its 1, 3 or 4 channels first or last. Whole numbers are 0 to 255; others 0 to 1,
    or 0 to 255 where some are above 1; with some below 0 they are spread from the least to the greatest. What is
    longer than 2,048 pixels is kept smaller.
    """
    pictures = list(_several(value))
    if not pictures:
        raise ValueError("crispdm.image: there is no picture")
    encoded = [_encoded(one) for one in pictures]
    number = step_of("image", name, step)
    for index, (data, ending, size) in enumerate(encoded):
        place = index if len(encoded) > 1 else None
        keep("image", name, number, data, ending, width=size[0], height=size[1], index=place, caption=caption)


@harmless(_nothing)
def figure(name: str, value: Any = None, step: int | None = None, caption: str = "") -> None:
    """Keep a figure: of matplotlib (also axes, `pyplot`, what seaborn answers), of plotly with kaleido, a picture."""
    data, ending, size = _drawn(value)
    number = step_of("figure", name, step)
    keep("figure", name, number, data, ending, width=size[0], height=size[1], caption=caption)


def _several(value: Any) -> Iterable[Any]:
    if is_array(value) and len(value.shape) == 4:
        return [value[index] for index in range(min(len(value), _MOST_AT_ONCE))]
    if isinstance(value, (list, tuple)) and not _is_row(value):
        return value[:_MOST_AT_ONCE]
    return [value]


def _is_row(value: Any) -> bool:
    """Whether lists hold the numbers of one picture, not pictures."""
    first = value[0] if value else None
    return isinstance(first, (list, tuple)) and bool(first) and isinstance(first[0], (int, float, list, tuple))


def _encoded(value: Any) -> tuple[bytes, str, tuple[int | None, int | None]]:
    if isinstance(value, (str, os.PathLike)):
        with open(value, "rb") as file:
            return _as_it_is(file.read(_FILE_BYTES + 1))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _as_it_is(bytes(value))
    if hasattr(value, "mode") and hasattr(value, "convert"):
        return _of_pillow(value)
    if callable(getattr(value, "savefig", None)):
        return _drawn(value)
    return _png(as_array("image", value))


def _as_it_is(data: bytes) -> tuple[bytes, str, tuple[int | None, int | None]]:
    ending = next((ending for begin, ending in _KINDS.items() if data.startswith(begin)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        ending = ".webp"
    if ending is None:
        raise ValueError("crispdm.image: the file is no PNG, JPEG, GIF or WebP")
    is_png = ending == ".png" and len(data) >= 24
    size = struct.unpack(">II", data[16:24]) if is_png else (None, None)
    return data, ending, (size[0], size[1])


def _of_pillow(value: Any) -> tuple[bytes, str, tuple[int | None, int | None]]:
    if max(value.size) > _LONGEST_SIDE:
        value = value.copy()
        value.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if value.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        value = value.convert("RGB")
    buffer = io.BytesIO()
    value.save(buffer, format="PNG")
    return buffer.getvalue(), ".png", (value.size[0], value.size[1])


def _drawn(value: Any) -> tuple[bytes, str, tuple[int | None, int | None]]:
    if not callable(getattr(value, "savefig", None)):
        value = getattr(value, "figure", value)  # of axes
    if callable(getattr(value, "savefig", None)):
        buffer = io.BytesIO()
        value.savefig(buffer, format="png")
        return _as_it_is(buffer.getvalue())
    if callable(getattr(value, "to_image", None)):
        return _as_it_is(value.to_image(format="png"))
    return _encoded(value)


def _png(array: Any) -> tuple[bytes, str, tuple[int | None, int | None]]:
    shown = _rows(array)
    height, width, channels = shown.shape
    # each row begins with the number of its filter: none
    rows = b"".join(b"\0" + row.tobytes() for row in shown)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 4)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return data, ".png", (width, height)


def _rows(array: Any) -> Any:
    """Height, width, channels of bytes."""
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or not array.size:
        raise ValueError(f"crispdm.image: an array must be {_SHAPES}, not {array.shape}")
    if array.shape[2] not in _COLOURS:
        if array.shape[0] not in _COLOURS:
            raise ValueError(f"crispdm.image: an array must be {_SHAPES}, not {array.shape}")
        array = array.transpose(1, 2, 0)
    stride = math.ceil(max(array.shape[:2]) / _LONGEST_SIDE)
    return _bytes(array[::stride, ::stride])


def _bytes(array: Any) -> Any:
    import numpy

    if array.dtype.kind == "b":
        return array.astype("u1") * 255
    if array.dtype.kind in "iu":
        return array.clip(0, 255).astype("u1")
    array = numpy.nan_to_num(array.astype("f4"), nan=0.0, posinf=1.0, neginf=0.0)
    least, greatest = float(array.min()), float(array.max())
    if least < 0:
        array = (array - least) / ((greatest - least) or 1.0)
    elif greatest > 1:
        array = array / 255
    return (array.clip(0, 1) * 255 + 0.5).astype("u1")
