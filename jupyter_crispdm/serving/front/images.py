"""Pictures as clients send them, made into arrays within limits, and back."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable

from .settings import Limits

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")
_LONGEST_SIDE = 32_768


@dataclass(frozen=True)
class Refused:
    """A picture that cannot be used, in the place it would have had."""

    error: CrispdmError

    def json(self) -> dict[str, Any]:
        """What takes the place of its result."""
        return {"error": {**_plain(self.error), "status": self.error.status}}


def _plain(error: CrispdmError) -> dict[str, Any]:
    body = error.body()
    return {name: getattr(body, name) for name in body.__struct_fields__}


def decode_all(texts: list[str], limits: Limits) -> list[np.ndarray[Any, Any] | Refused]:
    """Each base64 text as an RGB array, or why not; the pictures of one request share a limit of pixels."""
    left, decoded = limits.batch_pixels, list[np.ndarray[Any, Any] | Refused]()
    for text in texts:
        try:
            image = decode(text, min(limits.image_pixels, left), limits.image_pixels)
            left -= image.shape[0] * image.shape[1]
            decoded.append(image)
        except CrispdmError as error:
            decoded.append(Refused(error))
    return decoded


def decode(text: str, pixels: int, named: int) -> np.ndarray[Any, Any]:
    """A picture in base64, with or without `data:image/…;base64,` before it. Raises CrispdmError."""
    data = _bytes(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about odd metadata and size; the limits here are stricter
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image, pixels, named)
                return _rgb(image)
        except (
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            MemoryError,
            IndexError,
            KeyError,
            Image.DecompressionBombError,
        ):
            raise Unprocessable(f"The image cannot be read: it must be one of {', '.join(FORMATS)}.") from None


def encode(image: np.ndarray[Any, Any]) -> bytes:
    """An RGB array as PNG; fast rather than small."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _bytes(text: str) -> bytes:
    found = _DATA_URL.match(text[:100])
    plain = "".join(text[found.end() if found else 0 :].split())
    if not plain:
        raise BadRequest("The image is empty: it must be a base64 string.", field="images")
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The image is no valid base64 string.", field="images") from None


def _check_size(image: Image.Image, pixels: int, named: int) -> None:
    width, height = image.size
    if width * height > pixels or max(width, height) > _LONGEST_SIDE:
        raise TooLarge(
            f"The image has {width} × {height} pixels; at most {named:,} pixels are allowed in one image, "
            f"four times as many in one request, and {_LONGEST_SIDE:,} on a side.",
        )
    if getattr(image, "n_frames", 1) > 1:
        raise Unprocessable("The image has several frames; send each one as an image of its own.")


def _rgb(image: Image.Image) -> np.ndarray[Any, Any]:
    """Upright, on white where it is transparent, 8 bits a channel."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        return _levelled(np.asarray(upright))
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    return np.ascontiguousarray(upright.convert("RGB"))


def _levelled(grey: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """16-bit and float greys, spread over 0 to 255: cutting them off would turn most such pictures white."""
    values = np.nan_to_num(grey.astype(np.float32))
    low, high = float(values.min()), float(values.max())
    if grey.dtype == np.uint16 or (low >= 0 and high > 255):
        low, high = 0.0, 65535.0 if high <= 65535 else high
    scaled = np.clip((values - low) / max(high - low, 1e-9) * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(scaled[..., None], 3, axis=2))
