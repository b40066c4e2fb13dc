from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.protocols.images import Refused, Sent, encode, measure_all, read
from jupyter_crispdm.serving.inference.settings import RequestLimits
from tests.unit.serving.inference.pictures import picture, text


def decode(sent: str | bytes, *, is_urlencoded: bool = False) -> np.ndarray[Any, Any]:
    """One picture on its whole way; raises why it is refused."""
    (measured,) = measure_all([sent], RequestLimits(), is_urlencoded=is_urlencoded)
    found = read(measured) if isinstance(measured, Sent) else measured
    if isinstance(found, Refused):
        raise found.error
    return found


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
    image = decode(text(picture(kind=kind)))
    assert (image.shape, image.dtype) == ((6, 8, 3), np.uint8)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I", "I;16", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "I", "F") else "PNG"
    assert decode(text(picture(mode=mode, kind=kind))).shape == (6, 8, 3)


def test_a_data_url_and_line_breaks_are_understood() -> None:
    sent = text(picture(colour=(1, 2, 3)))
    broken = "\n".join(sent[start : start + 20] for start in range(0, len(sent), 20))
    for spelling in (sent, f"data:image/png;base64,{sent}", broken):
        assert decode(spelling)[0, 0].tolist() == [1, 2, 3]


def test_transparent_pixels_become_white() -> None:
    assert decode(text(picture(mode="RGBA")))[0, 0].tolist() == [255, 255, 255]


def test_sixteen_bits_are_scaled_not_cut() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((2, 2), 32768, np.uint16)).save(buffer, "PNG")
    assert decode(text(buffer.getvalue()))[0, 0, 0] in (127, 128)


@pytest.mark.proves("images.bad", "base64.bad")
@pytest.mark.parametrize(("sent", "error"), BAD)
def test_bad_pictures_are_refused(sent: str, error: type[CrispdmError]) -> None:
    with pytest.raises(error):
        decode(sent)


@pytest.mark.proves("images.bad")
def test_one_bad_picture_spoils_no_other() -> None:
    good, bad, last = measure_all([text(picture()), "%%%", text(picture(3, 3))], RequestLimits())
    assert isinstance(good, Sent)
    assert isinstance(last, Sent)
    assert isinstance(bad, Refused)
    assert bad.answer()["error"].status == 400


def test_the_pictures_of_one_request_share_a_limit() -> None:
    limits = RequestLimits(image_pixels=100, batch_pixels=250)
    decoded = measure_all([text(picture(10, 10))] * 4, limits)
    assert [isinstance(item, Refused) for item in decoded] == [False, False, True, True]


def test_what_is_encoded_can_be_decoded() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert (decode(text(encode(image))) == image).all()


@pytest.mark.proves("serving.windows-zips")
@pytest.mark.parametrize(
    "prefix",
    [
        "data:image/png;name=x.png;base64,", "data:image/png;name=\"a,b.png\";base64,", "DATA:image/png;BASE64,",
        "data:;base64,", "data:image/png;charset=utf-8;name=" + "x" * 500 + ";base64,",
        " data:application/octet-stream;base64,\r\n",
    ],
)  # fmt: skip
def test_issue_7_a_data_url_may_have_parameters(prefix: str) -> None:
    assert decode(prefix + text(picture(colour=(1, 2, 3))))[0, 0].tolist() == [1, 2, 3]


def test_a_data_url_without_base64_is_said() -> None:
    with pytest.raises(BadRequest, match="without ';base64'"):
        decode("data:image/svg+xml,%3Csvg%3E")


def test_the_alphabet_of_addresses_is_understood() -> None:
    sent = text(b"BM" + picture(20, 20, kind="BMP", colour=(251, 255, 190))[2:])
    assert "+" in sent or "/" in sent
    assert decode(sent.replace("+", "-").replace("/", "_"))[0, 0].tolist() == [251, 255, 190]


@pytest.mark.proves("base64.bad")
def test_issue_7_a_plus_that_a_form_made_a_blank_is_named_as_the_cause() -> None:
    sent = text(picture(20, 20, kind="BMP", colour=(190, 239, 251)))
    assert "+" in sent
    with pytest.raises(BadRequest, match=r"'\+' must be written as '%2B'"):
        decode(sent.replace("+", " "), is_urlencoded=True)


def phone(kind: str) -> bytes:
    """A photograph as phones make it: on its side, with a second picture inside or behind."""
    photo, second = Image.new("RGB", (8, 6), "red"), Image.new("RGB", (4, 3), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    if kind == "MPO":
        photo.save(buffer, "MPO", save_all=True, append_images=[second], exif=exif)
    else:
        photo.save(buffer, "JPEG", exif=exif)
        buffer.write(picture(kind="JPEG") if kind == "behind" else b"\0\0\0 ftypmp42 a film")
    return buffer.getvalue()


@pytest.mark.proves("serving.windows-zips")
@pytest.mark.parametrize("kind", ["MPO", "behind", "film"])
def test_issue_7_a_phone_s_photograph_is_read_upright(kind: str) -> None:
    image = decode(text(phone(kind)))
    assert image.shape == (8, 6, 3)
    assert image[0, 0, 0] > 200


def test_damaged_exif_does_not_refuse_a_picture() -> None:
    data = picture(kind="JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x63")
    assert decode(text(data)).shape == (6, 8, 3)


def test_a_tiff_with_a_smaller_copy_of_itself_is_one_picture() -> None:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    buffer, tags = io.BytesIO(), ImageFileDirectory_v2()
    small = Image.new("RGB", (4, 3), "blue")
    tags[254] = 1
    small.encoderinfo = {"tiffinfo": tags}
    Image.new("RGB", (8, 6), "red").save(buffer, "TIFF", save_all=True, append_images=[small])
    assert decode(text(buffer.getvalue())).shape == (6, 8, 3)


@pytest.mark.proves("images.bad")
def test_a_tiff_of_pages_is_refused_without_walking_them() -> None:
    with pytest.raises(Unprocessable, match="several frames"):
        decode(text(picture(kind="TIFF", save_all=True, append_images=FRAMES)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_animated_pictures_are_refused(kind: str) -> None:
    frames = [frame.resize((8, 6)) for frame in FRAMES]
    with pytest.raises(Unprocessable, match="several frames"):
        decode(text(picture(kind=kind, save_all=True, append_images=frames)))


def test_a_picture_may_be_sent_as_it_is() -> None:
    assert decode(picture(kind="JPEG", mode="CMYK")).shape == (6, 8, 3)


@pytest.mark.proves("serving.bounded-work")
def test_too_many_pixels_are_told_with_the_limit() -> None:
    with pytest.raises(TooLarge, match=r"9000 × 9000 pixels; at most 33,554,432"):
        decode(text(picture(9000, 9000)))
