from __future__ import annotations

import os
import stat
import time
import zipfile
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.front.archive import to_base64, upload
from jupyter_crispdm.serving.front.settings import Limits

from .pictures import picture, text, zipped

ONE, TWO = picture(), picture(3, 3, kind="JPEG")


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def forged(size: int) -> bytes:
    """A zip whose directory says that its only entry is smaller than it is."""
    data = bytearray(zipped(("a.png", ONE + b"\0" * 2**20), deflate=True))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = size.to_bytes(4, "little")
    return bytes(data)


BAD = [
    (b"", Unprocessable),
    (b"rubbish", Unprocessable),
    (zipped(("a.png", ONE))[:-30], Unprocessable),
    (zipped(), Unprocessable),
    (zipped(("../a.png", ONE)), Unprocessable),
    (zipped(("a/../../b.png", ONE)), Unprocessable),
    (zipped(("/etc/a.png", ONE)), Unprocessable),
    (zipped(("C:\\a.png", ONE)), Unprocessable),
    (zipped(("..\\a.png", ONE)), Unprocessable),
    (zipped((link("a.png"), b"/etc/passwd")), Unprocessable),
    (zipped(("a.txt", b"hello")), Unprocessable),
    (zipped(("inner.zip", zipped(("a.png", ONE)))), Unprocessable),
    (zipped(*[(f"{number}.png", ONE) for number in range(1001)]), TooLarge),
    (zipped(("a.png", ONE + b"\0" * (300 * 2**20)), deflate=True), TooLarge),
    (zipped(("a.png", ONE + b"\0" * (30 * 2**20)), deflate=True), TooLarge),
    (forged(len(ONE)), CrispdmError),
]


def test_images_come_in_the_order_of_the_zip() -> None:
    data = zipped(("b/2.png", ONE), ("a.jpg", TWO), ("c.png", ONE), deflate=True)
    assert to_base64(data, Limits()) == [text(ONE), text(TWO), text(ONE)]


def test_what_systems_add_is_left_out() -> None:
    data = zipped(("x/", b""), ("x/a.png", ONE), ("__MACOSX/x/._a.png", b"junk"), (".DS_Store", b"junk"))
    assert to_base64(data, Limits()) == [text(ONE)]


@pytest.mark.parametrize(("data", "error"), BAD)
def test_bad_archives_are_refused_quickly_and_write_nothing(
    data: bytes, error: type[CrispdmError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started = time.monotonic()
    with pytest.raises(error):
        to_base64(data, Limits())
    assert time.monotonic() - started < 2
    assert os.listdir(tmp_path) == []


def test_a_missing_file_is_said() -> None:
    with pytest.raises(BadRequest, match="'file'"):
        upload(None)
