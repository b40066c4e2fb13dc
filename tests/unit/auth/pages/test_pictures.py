"""Pictures in metadata: what is small and what it says it is."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jupyter_crispdm.auth.pages.pictures import LONGEST, is_small_picture


def data(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.proves("desk.cards")
@pytest.mark.parametrize(
    "address",
    [
        data("png", picture("png")),
        data("jpeg", picture("jpeg")),
        data("jpeg", picture("jpeg", progressive=True)),
        data("jpeg", picture("jpeg", exif=b"Exif\x00\x00" + b"x" * 300)),
        data("png", picture("png", (2000, 2000))),
    ],
)
def test_small_pictures_are_shown(address: str) -> None:
    assert is_small_picture(address)


@pytest.mark.proves("desk.cards-hostile")
@pytest.mark.parametrize(
    "address",
    [
        "",
        "data:",
        "data:image/png;base64,",
        data("svg+xml", b"<svg onload='alert(1)'/>"),
        data("png", b"<svg onload='alert(1)'/>"),
        data("png", picture("jpeg")),
        data("jpeg", picture("png")),
        data("gif", picture("gif")),
        data("png", picture("png", (2001, 2000))),
        data("jpeg", picture("jpeg", (4001, 1000))),
        data("png", picture("png")[:20]),
        data("jpeg", picture("jpeg")[:30]),
        data("jpeg", b"\xff\xd8" + b"\xff" * 50),
        data("jpeg", b"\xff\xd8\xff\xe0\x00\x00" * 20),
        data("png", picture("png")).replace("base64,", "base64, "),
        data("png", picture("png")) + '" onerror="alert(1)',
        data("png", picture("png")).replace("data:image/png", "data:text/html"),
        "data:image/png;base64,====",
        "data:image/png;base64,AAAAA",
        "data:image/png;base64," + "A" * LONGEST,
    ],
    ids=lambda address: address[:40],
)
def test_others_are_not(address: str) -> None:
    assert not is_small_picture(address)


@given(st.binary(max_size=200))
def test_no_bytes_confuse_it(content: bytes) -> None:
    for kind, head in (("png", b""), ("jpeg", b"\xff\xd8"), ("jpeg", b"\xff\xd8\xff")):
        assert is_small_picture(data(kind, head + content)) in (True, False)
