from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.front.images import Refused, decode, decode_all, encode
from jupyter_crispdm.serving.front.settings import Limits

from .pictures import picture, text

FRAMES = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "green")]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
BAD = [
    ("", BadRequest),
    ("   ", BadRequest),
    ("%%%", BadRequest),
    ("abc", BadRequest),
    ("é", BadRequest),
    ("data:image/png;base64,", BadRequest),
    (text(b"hello"), Unprocessable),
    (text(SVG), Unprocessable),
    (text(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), Unprocessable),
    (text(picture()[:-30]), Unprocessable),
    (text(picture(9000, 9000)), TooLarge),
    (text(picture(kind="GIF", save_all=True, append_images=FRAMES)), Unprocessable),
    (text(picture(40_000, 1)), TooLarge),
]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
def test_every_format_becomes_rgb(kind: str) -> None:
    image = decode(text(picture(kind=kind)), 10_000, 10_000)
    assert (image.shape, image.dtype) == ((6, 8, 3), np.uint8)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I", "I;16", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "I", "F") else "PNG"
    assert decode(text(picture(mode=mode, kind=kind)), 10_000, 10_000).shape == (6, 8, 3)


def test_a_data_url_and_line_breaks_are_understood() -> None:
    sent = text(picture(colour=(1, 2, 3)))
    broken = "\n".join(sent[start : start + 20] for start in range(0, len(sent), 20))
    for spelling in (sent, f"data:image/png;base64,{sent}", broken):
        assert decode(spelling, 10_000, 10_000)[0, 0].tolist() == [1, 2, 3]


def test_transparent_pixels_become_white() -> None:
    assert decode(text(picture(mode="RGBA")), 10_000, 10_000)[0, 0].tolist() == [255, 255, 255]


def test_sixteen_bits_are_scaled_not_cut() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((2, 2), 32768, np.uint16)).save(buffer, "PNG")
    assert decode(text(buffer.getvalue()), 10_000, 10_000)[0, 0, 0] in (127, 128)


@pytest.mark.parametrize(("sent", "error"), BAD)
def test_bad_pictures_are_refused(sent: str, error: type[CrispdmError]) -> None:
    with pytest.raises(error):
        decode(sent, 32 * 2**20, 32 * 2**20)


def test_one_bad_picture_spoils_no_other() -> None:
    good, bad, last = decode_all([text(picture()), "%%%", text(picture(3, 3))], Limits())
    assert isinstance(good, np.ndarray)
    assert isinstance(last, np.ndarray)
    assert isinstance(bad, Refused)
    assert bad.json()["error"]["status"] == 400


def test_the_pictures_of_one_request_share_a_limit() -> None:
    limits = Limits(image_pixels=100, batch_pixels=250)
    decoded = decode_all([text(picture(10, 10))] * 4, limits)
    assert [isinstance(item, Refused) for item in decoded] == [False, False, True, True]


def test_what_is_encoded_can_be_decoded() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert (decode(text(encode(image)), 100, 100) == image).all()
