"""Values whose bytes travel by themselves: whole or not there, told by reference, and gone when nothing names them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.state.conftest import API, Session
from tests.support import eventually

META = "X-Crispdm-Meta"


def files(data_dir: Path) -> list[Path]:
    return list((data_dir / "state" / "contents").iterdir())


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "crispdm"


@pytest.mark.proves("state.contents")
async def test_bytes_are_written_and_read_by_reference(viewer: Session, analyst: Session, data_dir: Path) -> None:
    follower = await analyst.follow("picture")
    await follower.next()
    data = bytes(range(256)) * 5000
    headers = {"Content-Type": "image/png", META: '{"shape": [2, 3]}'}
    code, written = await viewer.send("picture", data, headers, session="tab-1")
    digest = hashlib.sha256(data).hexdigest()
    assert code == 200
    assert (written["value"], written["version"], written["session"]) == (None, 1, "tab-1")
    assert written["content"] == {"type": "image/png", "size": len(data), "digest": digest, "meta": {"shape": [2, 3]}}
    assert (await follower.next())["content"]["digest"] == digest
    answer = await analyst.browser.fetch(f"{API}/picture/content")
    assert answer.body == data
    told = {name: answer.headers[name] for name in (
        "Content-Type", "ETag", "X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition")}
    assert told == {"Content-Type": "image/png", "ETag": f'"{digest}"', "X-Content-Type-Options": "nosniff",
                    "Content-Security-Policy": "sandbox", "Content-Disposition": "attachment; filename*=UTF-8''picture"}
    part = await analyst.browser.fetch(f"{API}/picture/content", headers={"Range": "bytes=2-5"})
    assert (part.code, part.body) == (206, data[2:6])
    same = await analyst.browser.fetch(f"{API}/picture/content", headers={"If-None-Match": f'"{digest}"'})
    assert (same.code, same.body) == (304, b"")
    assert len(files(data_dir)) == 1
    follower.close()


@pytest.mark.proves("state.contents")
async def test_a_content_obeys_version_and_kind(viewer: Session) -> None:
    assert (await viewer.send("k", b"1", if_version=0))[1]["content"]["type"] == "application/octet-stream"
    code, refused = await viewer.send("k", b"2", if_version=0)
    assert (code, refused["details"]["current"]["content"]["size"]) == (409, 1)
    assert (await viewer.send("k", b"", if_version=1))[1]["content"]["size"] == 0
    assert (await viewer("POST", "/k/append", {"values": [1]}))[0] == 422
    assert (await viewer.put("k", 1))[1]["content"] is None
    assert (await viewer.browser.fetch(f"{API}/k/content")).code == 404
    assert (await viewer.browser.fetch(f"{API}/none/content")).code == 404


@pytest.mark.proves("state.contents")
async def test_what_is_sent_half_changes_nothing(viewer: Session, data_dir: Path) -> None:
    await viewer.send("k", b"old")
    browser = viewer.browser
    _, writer = await asyncio.open_connection("127.0.0.1", browser.port)
    head = {"Host": f"127.0.0.1:{browser.port}", "Cookie": browser.cookie_header,
            "X-XSRFToken": browser.cookies["_xsrf"], "Content-Length": 1000, "Content-Type": "image/png"}  # fmt: skip
    lines = [f"PUT {browser.base_url}{API}/k/content HTTP/1.1", *(f"{name}: {text}" for name, text in head.items())]
    writer.write("\r\n".join([*lines, "", "half"]).encode())
    await eventually(lambda: len(files(data_dir)) == 2)
    writer.close()
    await eventually(lambda: len(files(data_dir)) == 1)
    assert (await viewer.browser.fetch(f"{API}/k/content")).body == b"old"


@pytest.mark.proves("state.contents", "state.limits")
async def test_what_a_content_says_of_itself_is_read_strictly(viewer: Session, crispdm: Any, data_dir: Path) -> None:
    refused = [
        ({"Content-Type": "text"}, 400, "Content-Type"), ({"Content-Type": "a/b\u0080"}, 400, "Content-Type"),
        ({META: "[1]"}, 400, META), ({META: "{"}, 400, META), ({META: '{"a": "' + "x" * 9000 + '"}'}, 400, META),
        ({META: "[" * 70 + "]" * 70}, 400, META),
    ]  # fmt: skip
    for headers, code, field in refused:
        answer = await viewer.send("k", b"x", headers)
        assert (answer[0], answer[1]["details"]["field"]) == (code, field), headers
    assert (await viewer.send("k", b"x", if_version="x"))[0] == 400
    assert (await viewer("GET"))[1] == {"keys": []}
    assert not (data_dir / "state" / "contents").exists() or files(data_dir) == []


@pytest.mark.proves("state.contents")
async def test_replaced_and_deleted_contents_go(
    viewer: Session, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.contents._GRACE_SECONDS", 0.0)
    for number in range(3):
        await viewer.send("a", json.dumps(number).encode())
    await viewer.send("b", b"b")
    await viewer("DELETE", "/b")
    await viewer.send("c", b"c")
    await viewer.put("c", 1)
    await eventually(lambda: len(files(data_dir)) == 1)
    assert (await viewer.browser.fetch(f"{API}/a/content")).body == b"2"
