"""Versions that are fetched and sent by a program: whole, once, and with nothing left lying about."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from jupyter_crispdm.base import errors
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable, UnexpectedAnswer
from jupyter_crispdm.client.models import Models
from tests.unit.client.fake_server import FakeServer, Pieces, error
from tests.unit.client.test_nouns import VERSION


def asked(*answers: httpx.Response | Exception) -> tuple[FakeServer, Models]:
    server = FakeServer(*answers)
    return server, Models(server.transport())


def names(home: Path) -> list[str]:
    return sorted(item.name for item in home.iterdir())


@pytest.mark.proves("client.models")
@pytest.mark.parametrize("whole", [b"", b"x", b"PK" * 100_000])
def test_a_file_comes_as_it_was_sent(tmp_path: Path, whole: bytes) -> None:
    _, models = asked(httpx.Response(200, stream=Pieces(whole[:1], whole[1:7], whole[7:])))
    assert models.download("m", 3, tmp_path) == tmp_path / "m-3"
    assert (tmp_path / "m-3").read_bytes() == whole
    assert names(tmp_path) == ["m-3"]


@pytest.mark.proves("client.models")
def test_a_connection_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "m-1.zip").write_bytes(b"of yesterday")
    _, models = asked(httpx.Response(200, stream=Pieces(b"PK", b"more", broken=True)))
    with pytest.raises(ServerUnreachable, match="connection reset"):
        models.export("m", 1, tmp_path)
    assert (names(tmp_path), (tmp_path / "m-1.zip").read_bytes()) == (["m-1.zip"], b"of yesterday")


@pytest.mark.proves("client.models")
def test_a_file_that_comes_anew_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"old and longer")
    _, models = asked(httpx.Response(200, content=b"new"))
    assert models.download("m", 1, str(tmp_path / "mine.pt")).read_bytes() == b"new"
    assert names(tmp_path) == ["mine.pt"]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    _, models = asked(httpx.Response(200, content=b"new"))
    with pytest.raises(FileNotFoundError):
        models.export("m", 1, tmp_path / "gone" / "m.zip")
    assert names(tmp_path) == []


@pytest.mark.proves("client.errors")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(404, "not_found", field="version"), errors.NotFound),
        (error(403, "forbidden", role="viewer"), errors.Forbidden),
        (error(503, "unavailable"), errors.Unavailable),
        (httpx.Response(302, headers={"Location": "/login"}), NotSignedIn),
        (httpx.Response(502, text="<html>a proxy</html>"), UnexpectedAnswer),
        (httpx.ConnectError("nobody is there"), ServerUnreachable),
    ],
)
def test_what_is_refused_leaves_no_file(
    tmp_path: Path, answer: httpx.Response | Exception, kind: type[Exception]
) -> None:
    for fetch in (Models.download, Models.export):
        _, models = asked(answer)
        with pytest.raises(kind):
            fetch(models, "m", 1, tmp_path)
        with pytest.raises(kind):
            fetch(asked(answer)[1], "m", 1, tmp_path / "mine")
    assert names(tmp_path) == []


@pytest.mark.proves("client.models")
@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1])
def test_an_archive_is_sent_whole_whatever_its_size(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    (tmp_path / "m.zip").write_bytes(data)
    server, models = asked(httpx.Response(201, json=VERSION))
    models.import_(tmp_path / "m.zip")
    [request] = server.requests
    assert (request.content, request.url.query, request.method) == (data, b"", "POST")


@pytest.mark.proves("client.models")
@pytest.mark.parametrize("name", ["a/b", "a b", "a&name=c", "ä", "a?b#c", "%2F", "+"])
def test_the_name_that_an_archive_gets_is_one_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "m.zip").write_bytes(b"PK")
    server, models = asked(httpx.Response(201, json=VERSION))
    models.import_(str(tmp_path / "m.zip"), name=name)
    assert server.requests[0].url.params.multi_items() == [("name", name)]


@pytest.mark.proves("client.errors")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(429, "too_many_requests", retry_after=2), errors.TooManyRequests),
        (error(413, "too_large", field="body"), errors.TooLarge),
        (error(507, "storage_full"), errors.StorageFull),
        (error(503, "not_ready", retry_after=1), errors.NotReady),
        (httpx.ReadTimeout("nothing for long"), ServerUnreachable),
        (httpx.Response(200, json={"version": 1}), UnexpectedAnswer),
    ],
)
def test_an_archive_is_sent_once_whatever_is_answered(
    tmp_path: Path, answer: httpx.Response | Exception, kind: type[Exception]
) -> None:
    """Nobody knows what became of the first, so that a second one could become a second version."""
    (tmp_path / "m.zip").write_bytes(b"PK")
    server, models = asked(answer, httpx.Response(201, json=VERSION))
    with pytest.raises(kind):
        models.import_(tmp_path / "m.zip")
    assert (len(server.requests), server.time.pauses) == (1, [])


def test_an_archive_that_is_not_there_is_sent_to_nobody(tmp_path: Path) -> None:
    server, models = asked()
    with pytest.raises(FileNotFoundError):
        models.import_(tmp_path / "gone.zip")
    assert server.requests == []
