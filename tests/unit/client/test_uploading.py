"""Sending files from a program: whatever breaks on the way, the file gets there, or it is said why not."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base import errors
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable
from jupyter_crispdm.client.files import Files
from jupyter_crispdm.client.files.uploading import Changed, Upload
from jupyter_crispdm.client.transport import Transport
from jupyter_crispdm.files.uploads.protocol import Append, Progress
from tests.unit.client.fake_server import FakeServer, FakeTime, error

ID = "0" * 32
Trouble = int | httpx.Response | Exception
"""What happens to a piece: it is cut after so many bytes, or answered so, or never arrives."""


class TusServer:
    """Keeps what it is sent, by the rules of the protocol, with trouble on the way."""

    def __init__(self, *troubles: Trouble, asked: tuple[httpx.Response | Exception, ...] = ()) -> None:
        self.troubles, self.asked = list(troubles), list(asked)
        self.said: dict[str, str] = {}
        self.stored = bytearray()
        self.progress = Progress(0)
        self.calls: list[str] = []
        self.time = FakeTime()

    def transport(self) -> Transport:
        http = httpx.Client(transport=httpx.MockTransport(self._handle))
        return Transport(lambda: Address("http://here:1/base/", "secret"), http, sleep=self.time.sleep)

    def upload(self, path: Path, **options: Any) -> Upload:
        return Upload(self.transport(), path, sleep=self.time.sleep, monotonic=self.time.monotonic, **options)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Tus-Resumable"] == "1.0.0"
        assert request.headers["Authorization"] == "token secret"
        address = request.url.path.removeprefix("/base/crispdm/api/files/uploads")
        method = request.headers.get("X-HTTP-Method-Override", request.method)
        self.calls.append(method)
        if not address:
            return self._create(request.headers)
        assert address == f"/{ID}"
        return {"HEAD": self._find, "PATCH": lambda: self._append(request), "DELETE": self._remove}[method]()

    def _create(self, headers: httpx.Headers) -> httpx.Response:
        pairs = (pair.split(" ") for pair in headers["Upload-Metadata"].split(","))
        self.said = {key: b64decode(text).decode() for key, text in pairs}
        self.progress = Progress(int(headers["Upload-Length"]))
        return self._told(201, Location=f"/base/crispdm/api/files/uploads/{ID}")

    def _find(self) -> httpx.Response:
        trouble = self.asked.pop(0) if self.asked else None
        if isinstance(trouble, Exception):
            raise trouble
        return trouble or self._told(200)

    def _append(self, request: httpx.Request) -> httpx.Response:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, Exception):
            raise trouble
        if isinstance(trouble, httpx.Response):
            return trouble
        at, length = (int(request.headers[name]) for name in ("Upload-Offset", "Content-Length"))
        piece = self.progress.begin(Append(at, length))
        body = request.content if trouble is None else request.content[:trouble]
        place = piece.take([body])
        self.stored[place:] = body
        self.progress.offset = piece.kept(len(self.stored), trouble is None)
        if trouble is not None:
            raise httpx.WriteError("broken pipe")
        return self._told(204)

    def _remove(self) -> httpx.Response:
        return httpx.Response(204)

    def _told(self, status: int, **headers: str) -> httpx.Response:
        placed = {"Upload-Path": "box/scan%20%C3%BC.bin"} if self.progress.is_whole else {}
        return httpx.Response(status, headers={"Upload-Offset": str(self.progress.offset), **placed, **headers})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scan.bin"
    path.write_bytes(bytes(range(256)) * 40)
    return path


@pytest.mark.proves("client.files-upload")
def test_a_file_is_created_and_sent_in_one_piece(file: Path) -> None:
    server, told = TusServer(), list[tuple[int, int]]()
    path = server.upload(file, progress=lambda *pair: told.append(pair)).send({"filename": "a", "path": "box"})
    assert path == "box/scan ü.bin"
    assert bytes(server.stored) == file.read_bytes()
    assert server.said == {"filename": "a", "path": "box"}
    assert server.calls == ["POST", "PATCH"]
    assert told[-1] == (10_240, 10_240)


def test_an_empty_file_is_there_when_it_is_created(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    server = TusServer()
    server.upload(tmp_path / "empty").send({"filename": "empty"})
    assert server.calls == ["POST"]


@pytest.mark.proves("client.files-upload", "uploads.resume")
@given(st.lists(st.integers(0, 3000), max_size=8))
def test_cut_anywhere_it_goes_on_where_it_was(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    path = tmp_path_factory.mktemp("files") / "scan.bin"
    path.write_bytes(os.urandom(5000))
    server = TusServer(*cuts)
    server.upload(path).send({"filename": "scan.bin"})
    assert bytes(server.stored) == path.read_bytes()
    assert server.calls[1:3] == ["PATCH", "HEAD"] if cuts else server.calls == ["POST", "PATCH"]


@pytest.mark.proves("client.files-upload", "uploads.kill")
def test_a_server_that_restarts_is_waited_for(file: Path) -> None:
    gone = httpx.ConnectError("refused")
    server = TusServer(
        700, error(503, "not_ready", retry_after=1), error(409, "conflict"), error(408, "request_timeout"),
        asked=(gone, gone, error(423, "locked"), httpx.Response(502, text="<html>")))
    server.upload(file).send({"filename": "scan.bin"})
    assert bytes(server.stored) == file.read_bytes()
    assert server.time.pauses[0] < 1
    assert max(server.time.pauses) <= 10


@pytest.mark.parametrize("status", [423, 503])
def test_patience_ends_and_says_why(file: Path, status: int) -> None:
    code, kind = {423: ("locked", errors.Locked), 503: ("unavailable", errors.Unavailable)}[status]
    server = TusServer(100, asked=tuple(error(status, code, "not now") for _ in range(100)))
    with pytest.raises(kind, match="not now"):
        server.upload(file, patience=60).send({"filename": "scan.bin"})
    assert 60 < server.time.now < 80


def test_patience_ends_too_where_each_piece_is_cut_at_once(file: Path) -> None:
    server = TusServer(100, *[0] * 100)
    with pytest.raises(ServerUnreachable, match="broken pipe"):
        server.upload(file, patience=60).send({"filename": "scan.bin"})
    assert 60 < server.time.now < 80
    assert server.progress.offset == 100


def test_a_piece_that_took_long_and_is_cut_has_used_up_no_patience(file: Path) -> None:
    server = TusServer(5000)
    server.upload(file, patience=1, progress=lambda at, size: server.time.sleep(1000)).send({"filename": "scan.bin"})
    assert bytes(server.stored) == file.read_bytes()


def test_patience_begins_anew_with_each_byte(file: Path) -> None:
    slow = [1] * 200
    server = TusServer(*slow)
    server.upload(file, patience=1).send({"filename": "scan.bin"})
    assert server.time.now > 10
    assert bytes(server.stored) == file.read_bytes()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(404, "not_found"), errors.NotFound),
        (error(413, "too_large"), errors.TooLarge),
        (error(507, "storage_full"), errors.StorageFull),
        (error(403, "forbidden", role="viewer"), errors.Forbidden),
        (error(401, "unauthorized"), NotSignedIn),
    ],
)
def test_what_will_not_change_is_said_at_once(file: Path, answer: httpx.Response, kind: type[Exception]) -> None:
    server = TusServer(answer)
    with pytest.raises(kind):
        server.upload(file).send({"filename": "scan.bin"})
    assert server.time.pauses == []
    assert server.calls == ["POST", "PATCH"]


def test_a_server_that_is_not_there_at_all_is_said_at_once(file: Path) -> None:
    server = FakeServer(httpx.ConnectError("refused"))
    with pytest.raises(ServerUnreachable):
        Upload(server.transport(), file).send({"filename": "a"})


@pytest.mark.proves("client.files-upload", "uploads.folders")
def test_of_a_folder_the_next_file_waits_for_the_line(tmp_path: Path) -> None:
    troubles: list[Exception | None] = [None, httpx.ConnectError("refused"), httpx.ReadError("reset"), None]

    class Breaking(TusServer):
        def _create(self, headers: httpx.Headers) -> httpx.Response:
            self.stored.clear()
            if (trouble := troubles.pop(0)) is not None:
                raise trouble
            return super()._create(headers)

    for name in ("1", "2"):
        (tmp_path / name).write_bytes(b"x" * 10)
    server = Breaking()
    server.upload(tmp_path / "1").send({"filename": "1"})
    server.upload(tmp_path / "2").send({"filename": "2"}, is_first=False)
    assert troubles == []
    assert len(server.time.pauses) == 2
    taken = FakeServer(error(409, "conflict", "There is such a file."))
    with pytest.raises(errors.Conflict):
        Upload(taken.transport(), tmp_path / "1").send({"filename": "1"}, is_first=False)


@pytest.mark.proves("client.files-upload")
def test_a_file_that_changes_on_its_way_is_cancelled(file: Path) -> None:
    server = TusServer(100)

    def change(at: int, size: int) -> None:
        if at > 0:
            file.write_bytes(b"other")

    with pytest.raises(Changed, match="scan"):
        server.upload(file, progress=change).send({"filename": "scan.bin"})
    assert server.calls[-1] == "DELETE"


@pytest.mark.proves("client.files-upload", "uploads.folders")
def test_a_folder_is_sent_with_its_ways_but_without_links_and_hidden_files(tmp_path: Path) -> None:
    top = tmp_path / "scans"
    for name in ("1.png", "day 2/2.png", ".git/config", "day 2/.hidden"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(b"x")
    (top / "link").symlink_to(tmp_path)
    (top / "other").symlink_to(top / "1.png")
    sent: list[dict[str, str]] = []

    class Many(TusServer):
        def _create(self, headers: httpx.Headers) -> httpx.Response:
            answer = super()._create(headers)
            self.stored.clear()
            sent.append(self.said)
            return answer

    server = Many()
    assert Files(server.transport()).upload(top, to="data/", rename=True) == "data/scans"
    assert [one["relativePath"] for one in sent] == ["scans/1.png", "scans/day 2/2.png"]
    assert all(one["path"] == "data/" and one["rename"] == "true" for one in sent)
    assert Files(Many().transport()).upload(top, name="new") == "new"


@pytest.mark.proves("client.files-upload")
def test_a_file_may_get_another_name_and_replace_one(file: Path) -> None:
    server = TusServer()
    assert Files(server.transport()).upload(str(file), to="box", name="b.bin", overwrite=True) == "box/scan ü.bin"
    assert server.said == {"filename": "b.bin", "path": "box", "overwrite": "true"}


@pytest.mark.proves("client.files-upload")
def test_what_is_on_its_way_is_listed_and_cancelled() -> None:
    one = {"id": ID, "url": "/x", "path": "box/a", "length": 10, "offset": 3, "expires": 1.0}
    folders = {"folders": [], "free": 1, "quota": None, "used": 0}
    server = FakeServer(
        httpx.Response(200, json={"uploads": [one]}), httpx.Response(204), httpx.Response(200, json=folders))
    files = Files(server.transport())
    assert [(found.path, found.offset) for found in files.uploads()] == [("box/a", 3)]
    files.cancel(ID)
    assert files.folders().free == 1
    assert [(request.method, request.url.path.rpartition("/api/")[2]) for request in server.requests] == [
        ("GET", "files/uploads"), ("DELETE", f"files/uploads/{ID}"), ("GET", "files/folders")]


def pieces(*data: bytes) -> Iterator[bytes]:
    yield from data


def test_a_body_is_sent_once_and_may_be_answered_late() -> None:
    server = FakeServer(httpx.Response(204), error(503, "not_ready"))
    transport = server.transport()
    transport.send("PATCH", "files/uploads/x", content=pieces(b"a", b"b"), headers={"A": "b"}, silence=1.0)
    assert server.requests[0].content == b"ab"
    assert server.requests[0].extensions["timeout"]["read"] == 1.0
    with pytest.raises(errors.NotReady):
        transport.send("PATCH", "files/uploads/x", content=pieces(b"a"), headers={}, silence=1.0)
    assert server.time.pauses == []
