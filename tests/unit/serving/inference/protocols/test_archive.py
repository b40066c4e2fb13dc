from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.protocols.archive import as_bytes, to_base64
from jupyter_crispdm.serving.inference.settings import RequestLimits
from tests.unit.serving.inference.pictures import picture, text, zipped

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


@pytest.mark.proves("serving.base64", "files.upload-names")
def test_images_come_in_the_order_of_the_zip() -> None:
    data = zipped(("b/2.png", ONE), ("a.jpg", TWO), ("c.png", ONE), deflate=True)
    assert to_base64(data, RequestLimits()).texts == [text(ONE), text(TWO), text(ONE)]


def test_what_systems_add_is_left_out() -> None:
    data = zipped(("x/", b""), ("x/a.png", ONE), ("__MACOSX/x/._a.png", b"junk"), (".DS_Store", b"junk"))
    assert to_base64(data, RequestLimits()).texts == [text(ONE)]


@pytest.mark.proves("files.upload-names", "archives.bombs")
@pytest.mark.parametrize(("data", "error"), BAD)
def test_bad_archives_are_refused_before_much_is_unpacked_and_write_nothing(
    data: bytes, error: type[CrispdmError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unpacked: list[int] = []
    read = zipfile.ZipExtFile.read

    def counting(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        piece = read(self, n)
        unpacked.append(len(piece))
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counting)
    with pytest.raises(error):
        to_base64(data, RequestLimits())
    assert sum(unpacked) <= 2**20
    assert os.listdir(tmp_path) == []


def test_a_zip_may_come_as_a_base64_text() -> None:
    data = zipped(("a.png", ONE))
    assert as_bytes(data) == as_bytes(text(data)) == data
    with pytest.raises(BadRequest, match="'file'"):
        as_bytes("no zip")


@pytest.mark.proves("serving.windows-zips")
def test_issue_7_a_zip_made_by_windows_is_read() -> None:
    folder = zipfile.ZipInfo("pics\\")
    folder.external_attr = 0x10
    flat = zipfile.ZipInfo("only an attribute")
    flat.external_attr = 0x10
    data = zipped((folder, b""), (flat, b""), ("pics\\a.png", ONE), ("pics\\Thumbs.db", b"x"), ("pics\\é.jpg", TWO))
    found = to_base64(data, RequestLimits())
    assert (found.texts, found.skipped) == ([text(ONE), text(TWO)], {})


def test_names_in_the_code_page_of_dos_are_read() -> None:
    data = bytearray(zipped(("xx.png", ONE)))
    data = data.replace(b"xx.png", b"\x81\x82.png")
    assert to_base64(bytes(data), RequestLimits()).texts == [text(ONE)]


@pytest.mark.proves("serving.windows-zips")
def test_issue_7_a_readme_does_not_spoil_the_pictures_beside_it() -> None:
    broken = bytearray(zipped(("x.png", ONE), ("b.png", picture(9, 9))))
    start = broken.index(ONE) + 40
    broken[start : start + 4] = b"\xff\xff\xff\xff"
    found = to_base64(bytes(broken), RequestLimits())
    assert (found.texts, found.skipped) == ([text(picture(9, 9))], {"x.png": "is damaged"})
    data = zipped(
        ("readme.txt", b"hello"), ("a.png", ONE), ("inner.zip", zipped(("a.png", ONE))), ("empty.png", b""),
        (link("l.png"), b"a.png"), ("../b.png", ONE), ("c.png", TWO), ("big.txt", b"\0" * 10**6),
    )  # fmt: skip
    found = to_base64(data, RequestLimits())
    assert found.texts == [text(ONE), text(TWO)]
    assert found.skipped == {
        "readme.txt": "is no image", "inner.zip": "is no image", "empty.png": "is no image", "l.png": "is a link",
        "../b.png": "has a name that leaves the archive", "big.txt": "is no image",
    }  # fmt: skip


def test_an_encrypted_entry_is_left_out() -> None:
    data = bytearray(zipped(("a.png", ONE), ("b.png", TWO)))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    data[6] |= 1
    assert to_base64(bytes(data), RequestLimits()).skipped == {"a.png": "is encrypted"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_both_answered() -> None:
    assert to_base64(zipped(("a.png", ONE), ("a.png", TWO)), RequestLimits()).texts == [text(ONE), text(TWO)]


def test_what_was_left_out_is_told_when_nothing_remains() -> None:
    with pytest.raises(Unprocessable, match=r"no images: 'a\.txt' is no image"):
        to_base64(zipped(("a.txt", b"hello")), RequestLimits())
