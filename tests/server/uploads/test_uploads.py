"""Uploads over HTTP, as the tus protocol has them."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64encode
from pathlib import Path

import pytest

from jupyter_crispdm.files.uploads.manager import UploadManager
from tests.support import eventually

from .sender import MEDIA, TUS, UPLOADS, Line, Sender, begin, create, metadata, offset, patch, reason


def stored(tmp_path: Path) -> int:
    """Bytes of the one upload that there is, as they lie on the disk."""
    parts = list((tmp_path / "crispdm" / "uploads").glob("*/part"))
    return parts[0].stat().st_size if parts else -1


def files_below(folder: Path) -> list[str]:
    """Every file's path from there."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.proves("uploads.tus")
async def test_a_file_comes_in_pieces(sender: Sender, box: Path) -> None:
    url = await begin(sender, 10, filename="scan 数.bin")
    assert await offset(sender, url) == 0
    first = await patch(sender, url, 0, b"01234")
    assert (first.code, first.headers["Upload-Offset"], first.headers["Tus-Resumable"]) == (204, "5", "1.0.0")
    assert first.headers["Upload-Expires"].endswith("GMT")
    assert await offset(sender, url) == 5
    assert os.listdir(box) == []
    last = await patch(sender, url, 5, b"56789")
    assert (last.code, last.headers["Upload-Offset"]) == (204, "10")
    assert last.headers["Upload-Path"] == "box/scan%20%E6%95%B0.bin"
    assert (box / "scan 数.bin").read_bytes() == b"0123456789"
    found = await sender.fetch(url, "HEAD", headers=TUS)
    assert (found.headers["Upload-Length"], found.headers["Upload-Offset"]) == ("10", "10")
    assert found.headers["Upload-Metadata"] == metadata(filename="scan 数.bin", path="box")


@pytest.mark.proves("uploads.tus")
async def test_the_server_tells_what_it_understands(sender: Sender) -> None:
    told = await sender.fetch(UPLOADS, "OPTIONS")
    assert told.code == 200
    assert told.headers["Tus-Version"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,crc32"
    assert "Tus-Max-Size" not in told.headers
    assert set(told.headers["Allow"].split(", ")) >= {"GET", "POST", "OPTIONS"}


@pytest.mark.proves("uploads.tus")
async def test_another_version_is_refused_also_in_a_refusal_s_headers(sender: Sender) -> None:
    url = await begin(sender, 1)
    for version in ({}, {"Tus-Resumable": "0.2.2"}):
        sent = {"Content-Type": MEDIA, "Upload-Offset": "0", **version}
        requests = (("PATCH", url, b"x"), ("POST", UPLOADS, b""), ("DELETE", url, b""))
        for method, path, body in requests:
            answer = await sender.fetch(path, method, body, sent)
            assert answer.code == 412, method
            assert (answer.headers["Tus-Version"], answer.headers["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert (await sender.fetch(url, "HEAD", None, {"Tus-Resumable": "0.2.2"})).code == 412
    assert await offset(sender, url) == 0


@pytest.mark.proves("uploads.tus")
async def test_the_first_piece_may_come_with_the_creation(sender: Sender, box: Path) -> None:
    part = await create(sender, 5, b"abc", filename="part", path="box")
    assert (part.code, part.headers["Upload-Offset"]) == (201, "3")
    all_of_it = await create(sender, 3, b"abc", filename="whole", path="box")
    assert (all_of_it.code, all_of_it.headers["Upload-Path"]) == (201, "box/whole")
    assert (box / "whole").read_bytes() == b"abc"
    wrong = await sender.fetch(UPLOADS, "POST", b"abc", {
        **TUS, "Upload-Length": "3", "Upload-Metadata": metadata(filename="sum", path="box"),
        "Content-Type": MEDIA, "Upload-Checksum": f"crc32 {b64encode(bytes(4)).decode()}"})
    assert wrong.code == 460
    shown = json.loads((await sender.fetch(part.headers["Location"].removeprefix(sender.base_url))).body)
    assert (shown["path"], shown["offset"], shown["url"]) == ("box/part", 3, part.headers["Location"])
    open_ones = json.loads((await sender.fetch(UPLOADS)).body)["uploads"]
    assert [one["path"] for one in open_ones] == ["box/part"]
    assert (open_ones[0]["offset"], open_ones[0]["length"]) == (3, 5)


@pytest.mark.proves("uploads.tus")
async def test_an_empty_file_is_there_at_once(sender: Sender, box: Path) -> None:
    answer = await create(sender, 0, filename="empty", path="box")
    assert (answer.code, answer.headers["Upload-Offset"]) == (201, "0")
    assert (box / "empty").read_bytes() == b""


@pytest.mark.proves("uploads.checksum")
async def test_a_piece_that_is_not_what_was_sent_is_dropped(sender: Sender) -> None:
    url = await begin(sender, 6)
    right = f"sha256 {b64encode(hashlib.sha256(b'abc').digest()).decode()}"
    wrong = await patch(sender, url, 0, b"xyz", **{"Upload-Checksum": right})
    assert (wrong.code, json.loads(wrong.body)["code"]) == (460, "checksum_mismatch")
    assert wrong.headers["Tus-Resumable"] == "1.0.0"
    assert await offset(sender, url) == 0
    assert (await patch(sender, url, 0, b"abc", **{"Upload-Checksum": right})).code == 204
    odd = await patch(sender, url, 3, b"def", **{"Upload-Checksum": "md5 AAAA"})
    assert reason(odd) == (400, "Upload-Checksum")
    assert await offset(sender, url) == 3


@pytest.mark.proves("uploads.tus")
async def test_a_piece_from_elsewhere_is_a_conflict_that_says_where_it_is(sender: Sender) -> None:
    url = await begin(sender, 10)
    await patch(sender, url, 0, b"0123")
    for at in (0, 3, 5, 10, 11):
        answer = await patch(sender, url, at, b"x")
        assert answer.code == 409, at
        assert json.loads(answer.body)["details"]["offset"] == 4
    too_long = await patch(sender, url, 4, b"x" * 7)
    assert too_long.code == 413
    assert await offset(sender, url) == 4
    wrong_type = await patch(sender, url, 4, b"x", **{"Content-Type": "application/json"})
    assert reason(wrong_type) == (415, "Content-Type")


@pytest.mark.proves("uploads.tus")
async def test_an_upload_can_be_cancelled(sender: Sender, box: Path, tmp_path: Path) -> None:
    url = await begin(sender, 10)
    await patch(sender, url, 0, b"0123")
    assert (await sender.fetch(url, "DELETE", headers=TUS)).code == 204
    for method in ("HEAD", "PATCH", "DELETE"):
        sent = {**TUS, "Content-Type": MEDIA, "Upload-Offset": "4"}
        assert (await sender.fetch(url, method, None if method == "HEAD" else b"", sent)).code == 404, method
    assert os.listdir(tmp_path / "crispdm" / "uploads") == []
    done = await begin(sender, 1)
    await patch(sender, done, 0, b"x")
    assert (await sender.fetch(done, "DELETE", headers=TUS)).code == 204
    assert (box / "a.bin").read_bytes() == b"x", "the file is theirs by now"


@pytest.mark.proves("uploads.tus")
async def test_who_can_only_post_says_what_is_meant(sender: Sender, box: Path) -> None:
    url = await begin(sender, 3)
    sent = {**TUS, "Content-Type": MEDIA, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert (await sender.fetch(url, "POST", b"ab", sent)).code == 204
    head = await sender.fetch(url, "POST", b"", {**sent, "X-HTTP-Method-Override": "head"})
    assert head.headers["Upload-Offset"] == "2"
    assert reason(await sender.fetch(url, "POST", b"", {**sent, "X-HTTP-Method-Override": "GET"})) == (
        400, "X-HTTP-Method-Override")
    assert (await sender.fetch(url, "POST", b"", {**sent, "X-HTTP-Method-Override": "DELETE"})).code == 204
    assert (await sender.fetch(url, "HEAD", headers=TUS)).code == 404


@pytest.mark.proves("uploads.folders")
async def test_a_folder_comes_with_its_folders(sender: Sender, box: Path) -> None:
    for way in ("scans/1.png", "scans/day 2/2.png", "scans/day 2/more/3.png"):
        answer = await create(
            sender, 3, way[-5:-2].encode(), filename=way.rpartition("/")[2], path="box", relativePath=way)
        assert answer.code == 201, answer.body
        assert answer.headers["Upload-Path"].endswith(way.replace(" ", "%20"))
    assert files_below(box) == [
        "scans/1.png", "scans/day 2/2.png", "scans/day 2/more/3.png"]


@pytest.mark.proves("uploads.taken")
async def test_a_taken_name_is_a_conflict_unless_it_is_said_what_then(sender: Sender, box: Path) -> None:
    assert (await create(sender, 3, b"one", filename="a", path="box")).code == 201
    taken = await create(sender, 3, b"two", filename="a", path="box")
    assert reason(taken) == (409, "filename")
    renamed = await create(sender, 3, b"two", filename="a", path="box", rename="true")
    assert renamed.headers["Upload-Path"] == "box/a%20%281%29"
    replaced = await create(sender, 5, b"three", filename="a", path="box", overwrite="true")
    assert replaced.headers["Upload-Path"] == "box/a"
    assert files_below(box) == ["a", "a (1)"]
    assert ((box / "a").read_bytes(), (box / "a (1)").read_bytes()) == (b"three", b"two")


HOSTILE = ["..", "../x", "/etc/passwd", "a/b", "a\0", "x" * 300, "", ".", ".bashrc", "nul", "a\\b", "a\nb"]


@pytest.mark.proves("files.upload-names", "uploads.names")
async def test_hostile_names_are_refused_and_leave_nothing(sender: Sender, box: Path) -> None:
    for name in HOSTILE:
        assert reason(await create(sender, 1, filename=name, path="box")) == (400, "filename"), name
        if name != "a/b":
            answer = await create(sender, 1, filename="a", path="box", relativePath=f"in/{name}/a")
            assert reason(answer) == (400, "relativePath"), name
    for path in ("../..", "box/../admin", "box//in", "box/..", "\0", "box\\in"):
        assert reason(await create(sender, 1, filename="a", path=path)) == (400, "path"), path
    assert os.listdir(box) == []
    assert not {"a", "admin", "passwd"} & {path.rpartition("/")[2] for path in files_below(box.parent)}


@pytest.mark.proves("uploads.expires")
async def test_what_was_cut_long_ago_is_deleted(sender: Sender, uploads: UploadManager, tmp_path: Path) -> None:
    url = await begin(sender, 5)
    await patch(sender, url, 0, b"01")
    [upload] = uploads._uploads.values()
    await uploads.sweep()
    assert await offset(sender, url) == 2
    upload.expires = 1.0
    assert (await sender.fetch(url, "HEAD", headers=TUS)).code == 410
    await uploads.sweep()
    assert (await sender.fetch(url, "HEAD", headers=TUS)).code == 404
    assert os.listdir(tmp_path / "crispdm" / "uploads") == []


@pytest.mark.proves("uploads.resume")
async def test_what_came_before_a_cut_is_kept(sender: Sender, tmp_path: Path, box: Path) -> None:
    url, content = await begin(sender, 300_000), os.urandom(300_000)
    for at in (0, 100_000):
        async with Line(sender, url) as line:
            line.open(at, 300_000 - at)
            line.send(content[at : at + 100_000])
            await eventually(lambda at=at: stored(tmp_path) == at + 100_000)  # type: ignore[misc]
        assert await offset(sender, url) == at + 100_000
    assert (await patch(sender, url, 200_000, content[200_000:])).code == 204
    assert (box / "a.bin").read_bytes() == content


@pytest.mark.proves("uploads.checksum", "uploads.resume")
async def test_half_a_piece_with_a_checksum_is_dropped_at_a_cut(sender: Sender, tmp_path: Path) -> None:
    url = await begin(sender, 1000)
    promise = f"sha1 {b64encode(hashlib.sha1(b'x' * 1000).digest()).decode()}"
    async with Line(sender, url) as line:
        line.open(0, 1000, **{"Upload-Checksum": promise})
        line.send(b"x" * 500)
        await eventually(lambda: stored(tmp_path) == 500)
    assert await offset(sender, url) == 0


@pytest.mark.proves("uploads.takes-over")
async def test_who_asks_anew_takes_over_from_a_line_that_hangs(sender: Sender, tmp_path: Path, box: Path) -> None:
    url = await begin(sender, 10)
    async with Line(sender, url) as hanging:
        hanging.open(0, 10)
        hanging.send(b"0123")
        await eventually(lambda: stored(tmp_path) == 4)
        assert await offset(sender, url) == 4
        assert (await hanging.answer()).startswith(b"HTTP/1.1 408")
        hanging.send(b"late!!")
        assert (await patch(sender, url, 4, b"456789")).code == 204
    assert (box / "a.bin").read_bytes() == b"0123456789"


@pytest.mark.proves("uploads.tus")
async def test_what_is_refused_is_refused_before_it_is_sent(sender: Sender) -> None:
    url = await begin(sender, 10**8)
    for headers in ({}, {"Expect": "100-continue"}):
        async with Line(sender, url) as line:
            line.open(7, 10**8 - 7, **headers)
            said = await line.answer()
        assert said.startswith(b"HTTP/1.1 409"), said
        assert b"Connection: close" in said
    async with Line(sender, url) as accepted:
        accepted.open(0, 10**8, Expect="100-continue")
        assert (await accepted.answer()).startswith(b"HTTP/1.1 100")


@pytest.mark.proves("uploads.tus")
async def test_a_body_of_unknown_length_is_counted_as_it_comes(sender: Sender, box: Path) -> None:
    url = await begin(sender, 8)
    async with Line(sender, url) as line:
        line.open(0, None)
        line.send(b"4\r\nabcd\r\n4\r\nefgh\r\n4\r\nmore\r\n0\r\n\r\n")
        assert (await line.answer()).startswith(b"HTTP/1.1 413")
    assert await offset(sender, url) == 0, "it is not this file"
    async with Line(sender, url) as line:
        line.open(0, None)
        line.send(b"4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n")
        assert (await line.answer()).startswith(b"HTTP/1.1 204")
    assert (box / "a.bin").read_bytes() == b"abcdefgh"
