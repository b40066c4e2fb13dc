"""Zips of strangers: opened without believing what they say of themselves."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import zips
from jupyter_crispdm.models.formats.zips import opened, opened_file, read

from .writing import zipped

GOOD = {"a/data.pkl": b"1234", "b": b""}


def look(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    with opened(path, "a test") as archive:
        return archive.namelist()


def test_what_is_in_it_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "z").write_bytes(zipped(GOOD))
    with opened(tmp_path / "z", "a test") as archive:
        assert {name: read(archive, name, 4) for name in archive.namelist()} == GOOD
        with pytest.raises(Unprocessable, match="over 3 bytes"):
            read(archive, "a/data.pkl", 3)


@pytest.mark.parametrize(
    "name", ["../a", "a/../b", "/a", "a\\b", ".", "a/./b", "a/.."]
)  # zipfile itself ends a name at a zero byte
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unprocessable, match="lead elsewhere"):
        look(tmp_path / "z", zipped({name: b""}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_stands_for_one_part(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(Unprocessable, match="two parts of one name"):
        look(tmp_path / "z", buffer.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(Unprocessable, match="packed in an unknown way"):
        look(tmp_path / "z", zipped(GOOD, method))


def test_encrypted_parts_are_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"1"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(Unprocessable, match="encrypted"):
        look(tmp_path / "z", bytes(data))


@pytest.mark.proves("archives.bombs")
def test_what_says_that_it_becomes_far_larger_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="far more than it is"):
        look(tmp_path / "z", zipped({"a": b"\0" * 100_000_000}, zipfile.ZIP_DEFLATED))


@pytest.mark.proves("archives.bombs")
def test_what_says_that_it_is_smaller_than_it_is_gives_no_more_than_it_says(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"\0" * 10_000}, zipfile.ZIP_DEFLATED))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    (tmp_path / "z").write_bytes(bytes(data))
    with pytest.raises(Unprocessable), opened(tmp_path / "z", "a test") as archive:
        read(archive, "a", 100)


@pytest.mark.proves("archives.bombs")
def test_a_list_of_parts_that_would_fill_the_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped({f"{number}": b"" for number in range(100)})
    assert len(look(tmp_path / "z", data)) == 100
    with monkeypatch.context() as patched:
        patched.setattr(zips, "MOST_MEMBERS", 99)
        with pytest.raises(Unprocessable, match="more than 99 parts"):
            look(tmp_path / "z", data)
    monkeypatch.setattr(zips, "_MOST_DIRECTORY", 1000)
    with pytest.raises(Unprocessable, match="list of its parts"):
        look(tmp_path / "z", data)


def test_something_before_the_zip_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="a test"):
        look(tmp_path / "z", b"\x80\x04." + zipped(GOOD))


def test_what_goes_wrong_while_it_is_read_is_the_files_fault(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"hello"}))
    data[data.index(b"hello")] ^= 0xFF
    (tmp_path / "z").write_bytes(bytes(data))
    with pytest.raises(Unprocessable, match="CRC"), opened(tmp_path / "z", "a test") as archive:
        read(archive, "a", 100)


def test_our_own_refusals_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "z").write_bytes(zipped(GOOD))
    with pytest.raises(Unprocessable, match=r"^mine$"), opened(tmp_path / "z", "a test"):
        raise Unprocessable("mine")


@pytest.mark.proves("models.looked-into")
def test_a_zip_that_is_cut_or_changed_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    whole = zipped({"a/data.pkl": b"1234" * 20, "b": b"xyz"}, zipfile.ZIP_DEFLATED)
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            (tmp_path / "z").write_bytes(data)
            try:
                with opened(tmp_path / "z", "a test") as archive:
                    for name in archive.namelist():
                        assert len(read(archive, name, 1000)) <= 1000
            except Unprocessable:
                continue
    with opened_file(io.BytesIO(whole)) as archive:
        assert archive.namelist() == ["a/data.pkl", "b"]
