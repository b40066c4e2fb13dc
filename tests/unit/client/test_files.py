"""What `client.files` sends, and what it makes of the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.client.files import Files
from tests.unit.client.fake_server import FakeServer, Pieces, error

DONE = {"path": "data/a.csv", "to": "people/anna/a.csv", "status": 200, "reason": ""}
LISTED = {"name": "a.csv", "kind": "table", "size": 3, "modified": 1.0, "access": "read"}


def listing(*entries: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"path": "data", "access": "read", "entries": entries, "left_out": 0})


def sent(server: FakeServer) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (request.method, request.url.path.rpartition("/api/")[2], dict(request.url.params))
        for request in server.requests
    ]


@pytest.mark.proves("client.files")
def test_folders_and_what_is_in_them() -> None:
    server = FakeServer(
        httpx.Response(200, json={"folders": [], "free": 5, "quota": None, "used": 1}), listing(LISTED))
    files = Files(server.transport())
    assert files.folders().free == 5
    assert [one.name for one in files.list("data", sort="size", descending=True)] == ["a.csv"]
    assert sent(server)[1] == ("GET", "files/list", {"path": "data", "sort": "size", "order": "descending"})


@pytest.mark.proves("client.files")
def test_a_file_is_read_and_written() -> None:
    server = FakeServer(
        httpx.Response(200, content="ü".encode()), httpx.Response(200, json={"path": "p/a", "size": 2}))
    files = Files(server.transport())
    assert files.read_text("p/a") == "ü"
    assert files.write("p/a", "ü", replace=False).size == 2
    assert sent(server)[1] == ("PUT", "files/content", {"path": "p/a", "replace": "false"})
    assert server.requests[1].content == "ü".encode()
    assert server.requests[1].headers["Content-Type"] == "application/octet-stream"


@pytest.mark.proves("client.files")
def test_a_file_is_downloaded_under_its_name_and_a_folder_as_a_zip(tmp_path: Path) -> None:
    server = FakeServer(
        listing(LISTED), httpx.Response(200, stream=Pieces(b"a,", b"b")),
        listing({**LISTED, "name": "runs", "kind": "folder", "size": None}), httpx.Response(200, content=b"PK"))
    files = Files(server.transport())
    assert files.download("data/a.csv", tmp_path).read_bytes() == b"a,b"
    assert files.download("data/runs", tmp_path) == tmp_path / "runs.zip"
    assert [path for _, path, _ in sent(server)] == ["files/list", "files/content", "files/list", "files/archive"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "runs.zip"]


def test_a_download_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("older")
    server = FakeServer(listing(LISTED), httpx.Response(200, stream=Pieces(b"a,", broken=True)))
    with pytest.raises(ServerUnreachable):
        Files(server.transport()).download("data/a.csv", tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]


@pytest.mark.proves("client.files")
def test_several_are_copied_and_moved() -> None:
    server = FakeServer(*[httpx.Response(200, json={"items": [DONE]})] * 2)
    files = Files(server.transport())
    assert files.copy("data/a.csv", to="people/anna")[0].to == "people/anna/a.csv"
    files.move("data/a.csv", "data/b", to="team", rename=True)
    assert server.body() == {"paths": ["data/a.csv"], "to": "people/anna", "conflict": "refuse"}
    assert server.body(1) == {"paths": ["data/a.csv", "data/b"], "to": "team", "conflict": "rename"}


@pytest.mark.proves("client.files")
def test_the_trash_is_filled_looked_through_and_emptied() -> None:
    trashed = {"id": "0" * 16, "path": "p/a", "name": "a", "kind": "file", "bytes": 1}
    trashed["trashed"] = "2026-11-21T12:00:00Z"
    server = FakeServer(
        httpx.Response(200, json={"items": [DONE]}),
        httpx.Response(200, json={"items": [trashed], "bytes": 1, "limit": None, "days": 30.0}),
        httpx.Response(200, json=DONE), httpx.Response(204), httpx.Response(204))
    files = Files(server.transport())
    files.trash("p/a", forever=True)
    assert files.trashed()[0].name == "a"
    files.restore("0" * 16, "team", rename=False)
    files.purge("0" * 16)
    files.purge()
    assert server.body() == {"paths": ["p/a"], "forever": True}
    assert server.body(2) == {"to": "team", "conflict": "refuse"}
    assert [(method, path) for method, path, _ in sent(server)[3:]] == [
        ("DELETE", f"files/trash/{'0' * 16}"), ("DELETE", "files/trash")]


def test_a_preview_is_asked_with_its_rows() -> None:
    seen = {"path": "p/a", "kind": "text", "size": 1, "modified": 1.0, "text": "a"}
    server = FakeServer(httpx.Response(200, json=seen))
    assert Files(server.transport()).preview("p/a", 5).text == "a"
    assert sent(server)[0][2] == {"path": "p/a", "rows": "5"}


def test_refusals_are_what_they_were() -> None:
    server = FakeServer(error(409, "conflict"), error(404, "not_found"))
    files = Files(server.transport())
    with pytest.raises(Conflict):
        files.write("p/a", b"x", replace=False)
    with pytest.raises(NotFound):
        files.read("p/lost")
