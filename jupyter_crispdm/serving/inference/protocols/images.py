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

from ..settings import RequestLimits
from ..types import PictureAnswer, PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
_DATA_URL = re.compile(r'\s*data:((?:[^",]|"[^"]*")*),', re.IGNORECASE)
_LONGEST_PREFIX = 4096
_LONGEST_SIDE = 32_768
_MOST_PAGES = 4
_REDUCED, _SUBFILE = 1, 254
"""TIFF's tag NewSubfileType, and the bit in it that says that a page is a smaller copy of another."""


@dataclass(frozen=True)
class Refused:
    """A picture that cannot be used, in the place it would have had."""

    error: CrispdmError

    def answer(self) -> PictureAnswer:
        """What takes the place of its result."""
        body = self.error.body()
        return {"error": PictureError(body.message, body.reason, body.code, body.details, self.error.status)}


@dataclass(frozen=True)
class Sent:
    """A picture that is to be read: its bytes, and its sides as they are stored."""

    data: bytes
    height: int
    width: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels, as far as they are known before it is turned upright."""
        return self.height, self.width, 3

    @property
    def pixels(self) -> int:
        """How large it is."""
        return self.height * self.width


def measure_all(
    given: list[str | bytes], limits: RequestLimits, *, is_urlencoded: bool = False
) -> list[Sent | Refused]:
    """Each picture's bytes and size, or why it cannot be used; those of one request share a limit of pixels."""
    left, measured = limits.batch_pixels, list[Sent | Refused]()
    for item in given:
        try:
            data = item if isinstance(item, bytes) else _bytes(item, is_urlencoded)
            sent = _measure(data, limits, left)
            left -= sent.pixels
            measured.append(sent)
        except CrispdmError as error:
            measured.append(Refused(error))
    return measured


def read(sent: Sent) -> np.ndarray[Any, Any] | Refused:
    """A measured picture as an RGB array, or why it cannot be read."""
    try:
        with _opened(sent.data) as image:
            return _rgb(image)
    except Exception:  # what Pillow raises for a stranger's bytes is of any kind, struct.error to ZeroDivisionError
        return Refused(_unreadable())


def encode(image: np.ndarray[Any, Any]) -> bytes:
    """An RGB array as PNG; fast rather than small."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _bytes(text: str, is_urlencoded: bool) -> bytes:
    """The bytes of a base64 text of either alphabet, with or without `data:image/…;base64,` before it."""
    found = _DATA_URL.match(text[:_LONGEST_PREFIX])
    if found and not found[1].lower().endswith("base64"):
        raise BadRequest("The image is a data URL without ';base64': send base64.", field="images")
    plain = text[found.end() :] if found else text
    if is_urlencoded and " " in plain:
        raise BadRequest(
            "The image has blanks where '+' was meant: in a form '+' must be written as '%2B'. "
            "Let your HTTP library encode the form, or send JSON.",
            field="images",
        )
    plain = "".join(plain.split())
    if not plain:
        raise BadRequest("The image is empty: it must be a base64 string.", field="images")
    try:
        return base64.b64decode(plain.translate({ord("-"): "+", ord("_"): "/"}), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The image is no valid base64 string.", field="images") from None


def _measure(data: bytes, limits: RequestLimits, left: int) -> Sent:
    try:
        with _opened(data) as image:
            width, height = image.size
            several = _has_pages(image)
    except Exception:  # as in `read`
        raise _unreadable() from None
    if width * height > min(limits.image_pixels, left) or max(width, height) > _LONGEST_SIDE:
        raise TooLarge(
            f"The image has {width} × {height} pixels; at most {limits.image_pixels:,} pixels are allowed in one "
            f"image, {limits.batch_pixels:,} in one request, and {_LONGEST_SIDE:,} on a side.",
            field="images",
        )
    if several:
        raise Unprocessable("The image has several frames; send each one as an image of its own.", field="images")
    return Sent(data, height, width)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about odd metadata and size; the limits here are stricter
        return Image.open(io.BytesIO(data), formats=FORMATS)


def _unreadable() -> Unprocessable:
    return Unprocessable(f"The image cannot be read: it must be one of {', '.join(FORMATS)}.", field="images")


def _has_pages(image: Image.Image) -> bool:
    """Whether it is more than one picture. What phones put behind a JPEG (a depth map, a preview) is none."""
    if image.format in ("JPEG", "MPO"):
        return False
    if image.format != "TIFF":
        return bool(getattr(image, "is_animated", False))
    try:
        for page in range(1, _MOST_PAGES + 1):  # not `n_frames`: it walks a chain that may be endless
            image.seek(page)
            if not int(getattr(image, "tag_v2", {}).get(_SUBFILE, 0)) & _REDUCED:
                return True
    except EOFError:
        return False
    return True


def _rgb(image: Image.Image) -> np.ndarray[Any, Any]:
    """Upright, on white where it is transparent, 8 bits a channel."""
    image.load()
    upright = _upright(image)
    if upright.mode.startswith(("I", "F")):
        return _levelled(np.asarray(upright))
    if "A" in upright.getbands() or "a" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    return np.ascontiguousarray(upright.convert("RGB"))


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF is no reason to refuse a picture that can be read
        return image


def _levelled(grey: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """16-bit and float greys, spread over 0 to 255: cutting them off would turn most such pictures white."""
    is_sixteen = grey.dtype.kind == "u" and grey.dtype.itemsize == 2
    values = np.nan_to_num(grey.astype(np.float32))
    low, high = float(values.min()), float(values.max())
    if is_sixteen or (low >= 0 and high > 255):
        low, high = 0.0, 65535.0 if high <= 65535 else high
    scaled = np.clip((values - low) / max(high - low, 1e-9) * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(scaled[..., None], 3, axis=2))
