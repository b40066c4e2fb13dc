"""What viewers and analysts do with files, over real routes."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse
from tornado.iostream import StreamClosedError
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.files.room import FilesRoom
from tests.server.auth.visitors import Browser, OpenAs
from tests.support import soon

HOME = "people/viewer"
API = "crispdm/api/files"


def told(answer: HTTPResponse) -> Any:
    assert answer.code in (200, 201), (answer.code, answer.body)
    return json.loads(answer.body)


async def save(visitor: Browser, path: str, text: str = "text") -> HTTPResponse:
    return await visitor.fetch(
        f"api/contents/{path}", "PUT", {"type": "file", "format": "text", "content": text})


@pytest.mark.proves("files.home", "files.folders")
async def test_a_viewer_is_told_their_folders(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    found = told(await (await as_user("viewer")).fetch(f"{API}/folders"))
    assert [(folder["path"], folder["access"], folder["kind"]) for folder in found["folders"]] == [
        (HOME, "write", "home"), ("data", "read", "shared")]
    assert found["free"] > 0
    assert found["used"] > 0
    analyst = told(await (await as_user("analyst")).fetch(f"{API}/folders"))
    assert [folder["path"] for folder in analyst["folders"]] == ["people/analyst", "data", ""]


@pytest.mark.proves("files.home", "files.shared")
async def test_a_viewer_works_in_their_home_by_contents(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, home = await as_user("viewer"), root / HOME
    assert (await save(visitor, f"{HOME}/new.txt")).code == 201
    assert (await save(visitor, f"{HOME}/new.txt", "changed")).code == 200
    assert (home / "new.txt").read_text() == "changed"
    folder = await visitor.fetch(f"api/contents/{HOME}/made", "PUT", {"type": "directory"})
    assert folder.code == 201
    assert told(await visitor.fetch(f"api/contents/{HOME}/made", "POST", {"type": "file", "ext": ".txt"}))
    copy = told(await visitor.fetch(f"api/contents/{HOME}/made", "POST", {"copy_from": "data/table.csv"}))
    assert copy["path"] == f"{HOME}/made/table.csv"
    second = told(await visitor.fetch(f"api/contents/{HOME}", "POST", {"copy_from": f"{HOME}/made"}))
    assert second["name"] == "made (2)"
    renamed = await visitor.fetch(f"api/contents/{HOME}/new.txt", "PATCH", {"path": f"{HOME}/made/moved.txt"})
    assert told(renamed)["path"] == f"{HOME}/made/moved.txt"
    assert (home / "made/moved.txt").read_text() == "changed"
    taken = await visitor.fetch(f"api/contents/{HOME}/mine.txt", "PATCH", {"path": f"{HOME}/made/moved.txt"})
    assert taken.code == 409
    deleted = await visitor.fetch(f"api/contents/{HOME}/made", "DELETE")
    assert deleted.code == 204
    assert not (home / "made").exists()
    assert [item["path"] for item in told(await visitor.fetch(f"{API}/trash"))["items"]] == [f"{HOME}/made"]


async def test_a_notebook_of_a_viewer_is_kept_and_not_run(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    body = {"type": "notebook", "format": "json", "content": notebook}
    assert (await visitor.fetch(f"api/contents/{HOME}/n.ipynb", "PUT", body)).code == 201
    for address, method in (
        (f"voila/render/{HOME}/n.ipynb", "GET"), (f"nbconvert/html/{HOME}/n.ipynb", "GET"),
        (f"api/contents/{HOME}/n.ipynb/trust", "POST"), (f"lab/tree/{HOME}/n.ipynb", "GET"),
    ):  # fmt: skip
        answer = await visitor.fetch(address, method, {} if method == "POST" else None)
        assert answer.code == 403, address


@pytest.mark.proves("files.home")
async def test_checkpoints_of_own_files_are_made_and_restored(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs
) -> None:
    visitor, address = await as_user("viewer"), f"api/contents/{HOME}/mine.txt/checkpoints"
    assert (await visitor.fetch(address, "POST", {})).code == 201
    await save(visitor, f"{HOME}/mine.txt", "worse")
    assert [one["id"] for one in told(await visitor.fetch(address))] == ["checkpoint"]
    assert (await visitor.fetch(f"{address}/checkpoint", "POST", {})).code == 204
    assert (root / HOME / "mine.txt").read_text() == "mine"
    assert (await visitor.fetch(f"{address}/checkpoint", "DELETE")).code == 204


@pytest.mark.proves("files.shared")
async def test_a_shared_folder_is_read_and_nothing_is_written_there(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs
) -> None:
    visitor, before = await as_user("viewer"), sorted(root.joinpath("data").rglob("*"))
    assert told(await visitor.fetch("api/contents/data/table.csv"))["writable"] is False
    assert told(await visitor.fetch("api/contents/data/table.csv/checkpoints")) == []
    for method, address, body in (
        ("PUT", "data/table.csv", {"type": "file", "format": "text", "content": "x"}),
        ("PUT", "data/new.csv", {"type": "file", "format": "text", "content": "x"}),
        ("POST", "data", {"type": "file"}),
        ("POST", "data", {"copy_from": f"{HOME}/mine.txt"}),
        ("PATCH", "data/table.csv", {"path": f"{HOME}/table.csv"}),
        ("PATCH", f"{HOME}/mine.txt", {"path": "data/mine.txt"}),
        ("DELETE", "data/table.csv", None),
        ("DELETE", "data", None),
        ("POST", "data/table.csv/checkpoints", {}),
    ):
        answer = await visitor.fetch(f"api/contents/{address}", method, body)
        assert answer.code == 403, (method, address, answer.code)
    assert sorted(root.joinpath("data").rglob("*")) == before


async def test_a_home_itself_is_neither_moved_nor_deleted(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    assert (await visitor.fetch(f"api/contents/{HOME}", "DELETE")).code == 403
    assert (await visitor.fetch(f"api/contents/{HOME}", "PATCH", {"path": f"{HOME}2"})).code == 403
    assert (await visitor.fetch("api/contents/people", "DELETE")).code == 403
    assert (root / HOME / "mine.txt").exists()


async def test_an_odd_body_is_no_crash(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, wrong = await as_user("viewer"), []
    for body in ("[]", '"x"', "{", '{"path": 1}', '{"path": ["a"]}', "[" * 100_000, "null", "", '{"type": 1}'):
        for method, path in (("PATCH", f"{HOME}/mine.txt"), ("PUT", f"{HOME}/mine.txt"), ("POST", HOME)):
            answer = await visitor.fetch(f"api/contents/{path}", method, body, {"Content-Type": "application/json"})
            if answer.code >= 500:
                wrong.append((method, body[:20], answer.code, answer.body))
    assert wrong == []
    assert (root / HOME / "mine.txt").read_text() == "mine"


@pytest.mark.proves("files.download")
@pytest.mark.parametrize("name", ["viewer", "analyst"])
async def test_a_file_is_downloaded_in_pieces(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs, name: str
) -> None:
    (root / HOME / "big.bin").write_bytes(bytes(range(256)) * 1000)
    visitor, address = await as_user(name), f"files/{HOME}/big.bin"
    whole = await visitor.fetch(address)
    assert (whole.code, len(whole.body)) == (200, 256_000)
    assert whole.headers["Accept-Ranges"] == "bytes"
    piece = await visitor.fetch(address, headers={"Range": "bytes=100000-100255"})
    assert (piece.code, piece.body) == (206, whole.body[100_000:100_256])
    assert piece.headers["Content-Range"] == "bytes 100000-100255/256000"
    assert (await visitor.fetch(address, headers={"Range": "bytes=256000-"})).code == 416
    kept = await visitor.fetch(f"{address}?download=1")
    assert kept.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.proves("files.download")
@pytest.mark.parametrize("name", ["page.html", "picture.svg"])
async def test_pages_that_people_wrote_run_nothing_of_ours(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs, name: str
) -> None:
    (root / HOME / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    answer = await (await as_user("viewer")).fetch(f"files/{HOME}/{name}")
    assert answer.code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]


@pytest.mark.proves("files.shared")
async def test_a_shared_folder_on_another_disk_is_reached_by_every_road(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    root.joinpath("data").rename(elsewhere)
    root.joinpath("data").symlink_to(elsewhere)
    visitor = await as_user("viewer")
    assert told(await visitor.fetch("api/contents/data/table.csv"))["content"].startswith("a,b")
    assert (await visitor.fetch("files/data/table.csv")).body.startswith(b"a,b")
    assert [entry["name"] for entry in told(await visitor.fetch(f"{API}/list?path=data"))["entries"]] == [
        "scans", "table.csv"]


@pytest.mark.proves("files.list", "files.several", "files.trash")
async def test_the_verbs_of_files_work_together(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    done = told(await visitor.fetch(f"{API}/copy", "POST", {"paths": ["data/table.csv"], "to": HOME}))["items"]
    assert done == [{"path": "data/table.csv", "to": f"{HOME}/table.csv", "status": 201, "reason": ""}]
    again = await visitor.fetch(f"{API}/copy", "POST", {"paths": ["data/table.csv"], "to": HOME})
    assert (again.code, json.loads(again.body)["details"]) == (409, {"names": ["table.csv"]})
    moved = told(await visitor.fetch(f"{API}/move", "POST", {"paths": [f"{HOME}/table.csv"], "to": f"{HOME}/sub"}))
    assert moved["items"][0]["to"] == f"{HOME}/sub/table.csv"
    id = told(await visitor.fetch(f"{API}/trash", "POST", {"paths": [f"{HOME}/sub"]}))["items"][0]["to"]
    listed = told(await visitor.fetch(f"{API}/list?path={HOME}&sort=name&order=descending"))
    assert [entry["name"] for entry in listed["entries"]] == ["mine.txt"]
    assert listed["left_out"] == 2
    assert told(await visitor.fetch(f"{API}/trash/{id}/restore", "POST", {}))["to"] == f"{HOME}/sub"
    assert (root / HOME / "sub/deep.txt").read_text() == "deep"
    assert (await visitor.fetch(f"{API}/trash", "DELETE")).code == 204


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("copy", {"paths": [], "to": HOME}, "paths"),
    ("copy", {"paths": ["a"], "to": "../x"}, "to"),
    ("move", {"paths": ["a"], "to": f"{HOME}/mine.txt"}, "to"),
    ("trash", {"paths": "a"}, "paths"),
    ("copy", {"paths": ["a"], "to": HOME, "conflict": "replace"}, "conflict"),
]


async def test_bad_input_is_named(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    for verb, body, field in BAD:
        answer = await visitor.fetch(f"{API}/{verb}", "POST", body)
        assert answer.code == 400, (verb, body)
        assert field in json.loads(answer.body)["details"]["field"]


async def test_what_is_too_large_to_hold_is_downloaded(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    (root / HOME / "huge.txt").touch()
    os.truncate(root / HOME / "huge.txt", 64 * 1024 * 1024)
    visitor = await as_user("viewer")
    assert (await visitor.fetch(f"api/contents/{HOME}/huge.txt")).code == 413
    assert told(await visitor.fetch(f"api/contents/{HOME}/huge.txt?content=0"))["size"] == 64 * 1024 * 1024
    piece = await visitor.fetch(f"files/{HOME}/huge.txt", headers={"Range": "bytes=0-9"})
    assert piece.body == b"\0" * 10


@pytest.mark.proves("files.preview", "files.archive")
async def test_files_are_looked_at_and_taken_home(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor = await as_user("viewer")
    seen = told(await visitor.fetch(f"{API}/preview?path=data/table.csv&rows=1"))
    assert (seen["kind"], seen["rows"], [one["name"] for one in seen["columns"]]) == ("table", [["1", "2"]], ["a", "b"])
    for path, code in (("private/secret.txt", 404), ("data", 400), ("data/lost.csv", 404), ("data/link", 404)):
        assert (await visitor.fetch(f"{API}/preview?path={path}")).code == code, path
    for rows in ("0", "501", "x"):
        assert (await visitor.fetch(f"{API}/preview?path=data/table.csv&rows={rows}")).code == 400
    answer = await visitor.fetch(f"{API}/archive?path={HOME}&path=data/table.csv")
    assert (answer.code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert "files.zip" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "table.csv", "viewer/", "viewer/mine.txt", "viewer/sub/", "viewer/sub/deep.txt"]
    head = await visitor.fetch(f"{API}/archive?path={HOME}", "HEAD")
    assert (head.code, head.body) == (200, b"")
    for path in ("", "private", "people/viewer2", f"{HOME}/link"):
        assert (await visitor.fetch(f"{API}/archive?path={path}")).code == 404, path


async def test_a_zip_that_cannot_be_finished_does_not_look_whole(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> AsyncIterator[bytes]:
        yield b"PK" * 1000
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("jupyter_crispdm.files.manager.archived", breaks)
    visitor = await as_user("viewer")
    with pytest.raises((AssertionError, OSError, HTTPClientError, StreamClosedError)):
        await visitor.fetch(f"{API}/archive?path={HOME}")


async def test_those_who_left_end_the_making_of_a_zip(
    crispdm: CrispdmApp, root: Path, as_user: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def endless(*_: object) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 256_000
                await asyncio.sleep(0)
        finally:
            ended.set()

    monkeypatch.setattr("jupyter_crispdm.files.manager.archived", endless)
    visitor = await as_user("viewer")
    reader, writer = await asyncio.open_connection("127.0.0.1", visitor.port)
    request = f"GET {visitor.base_url}{API}/archive?path={HOME} HTTP/1.1\r\nHost: 127.0.0.1:{visitor.port}\r\n"
    writer.write(f"{request}Cookie: {visitor.cookie_header}\r\n\r\n".encode())
    assert await reader.readexactly(300_000)
    writer.close()
    await soon(ended.wait())


@pytest.mark.proves("files.content")
async def test_content_is_read_in_pieces_and_written_whole(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, address = await as_user("viewer"), f"{API}/content?path={HOME}"
    made = await visitor.fetch(f"{address}/new.bin", "PUT", b"0123456789")
    assert told(made) == {"path": f"{HOME}/new.bin", "size": 10}
    piece = await visitor.fetch(f"{address}/new.bin", headers={"Range": "bytes=2-4"})
    assert (piece.code, piece.body) == (206, b"234")
    assert "sandbox" in piece.headers["Content-Security-Policy"]
    kept = await visitor.fetch(f"{address}/new.bin&download=1")
    assert "new.bin" in kept.headers["Content-Disposition"]
    (root / HOME / "new.bin").chmod(0o600)
    assert told(await visitor.fetch(f"{address}/new.bin", "PUT", b"changed"))["size"] == 7
    assert (root / HOME / "new.bin").stat().st_mode & 0o777 == 0o600
    for path, code in (("new.bin&replace=0", 409), ("sub", 409), ("lost/x", 404), ("../x", 400), (".x", 400)):
        assert (await visitor.fetch(f"{address}/{path}", "PUT", b"x")).code == code, path
    assert (await visitor.fetch(f"{API}/content?path=data/x", "PUT", b"x")).code == 403
    assert (await visitor.fetch(f"{API}/content?path=private/secret.txt")).code == 404
    assert (await visitor.fetch(f"{API}/content?path=data/link/secret.txt")).code == 404


@pytest.mark.proves("files.room-left")
async def test_a_full_home_or_disk_takes_nothing_more(crispdm: CrispdmApp, root: Path, as_user: OpenAs) -> None:
    visitor, space = await as_user("viewer"), crispdm.room(FilesRoom).space
    (root / "data/big").write_bytes(b"x" * 200_000)
    roads: list[tuple[str, str, Any]] = [
        ("PUT", f"api/contents/{HOME}/new", {"type": "file", "format": "text", "content": "x" * 200_000}),
        ("POST", f"api/contents/{HOME}", {"copy_from": "data/big"}),
        ("PUT", f"{API}/content?path={HOME}/new", b"x" * 200_000),
    ]
    for options, code in (({"_quota": 100_000}, 413), ({"_keep_free": 10**18}, 507)):
        vars(space).update({"_quota": None, "_keep_free": 0, **options})
        for method, address, body in roads:
            assert (await visitor.fetch(address, method, body)).code == code, (address, code)
        copy = await visitor.fetch(f"{API}/copy", "POST", {"paths": ["data/big"], "to": HOME})
        assert told(copy)["items"][0]["status"] == code
    left = {path.name for path in (root / HOME).iterdir()}
    assert left == {".hidden", "filelink.txt", "link", "mine.txt", "sub"}


@pytest.mark.proves("settings.files")
def test_without_a_setting_what_is_promised_for_files_holds() -> None:
    app = CrispdmApp()
    assert (app.home_folders, app.shared_folders, app.home_quota) == ("people/{user}", {"data": "read"}, None)
    assert (app.keep_disk_free, app.trash_days, app.trash_bytes) == (512 * 1024**2, 30.0, 10 * 1024**3)


def test_folders_are_set_as_an_option_or_in_a_file() -> None:
    app = CrispdmApp()
    app.update_config(Config({"CrispdmApp": {"shared_folders": DeferredConfigString("{'team': 'write'}")}}))
    assert app.shared_folders == {"team": "write"}
    with pytest.raises(TraitError):
        app.shared_folders = {"team": "everything"}
