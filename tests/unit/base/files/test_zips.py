"""What reading a zip of a stranger may raise is known, wherever the zip is cut or changed."""

from __future__ import annotations

import io
import zipfile

import pytest

from jupyter_crispdm.base.files.zips import DAMAGED


def packed(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a.txt", b"some text " * 20)
        archive.writestr("b/c.txt", b"more")
    return file.getvalue()


def is_read(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return all(archive.read(one) is not None for one in archive.infolist())
    except DAMAGED:
        return False


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_any_cut_and_any_wrong_byte_is_among_them(method: int) -> None:
    whole = packed(method)
    assert is_read(whole)
    assert not any(is_read(whole[:at]) for at in range(len(whole)))
    changed = (whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :] for at in range(len(whole)) for bit in (1, 0xFF))
    assert [is_read(data) for data in changed].count(False) > len(whole) // 2
