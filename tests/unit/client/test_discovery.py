"""Finding the server."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from jupyter_crispdm.client import discovery
from jupyter_crispdm.client.discovery import Address, RunningServer, by_preference, locate, running_servers
from jupyter_crispdm.client.errors import ServerNotFound

GONE = 2**22 + 1


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("CRISPDM_URL", "CRISPDM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def write(directory: Path, name: str, **facts: object) -> None:
    facts = {"url": "http://127.0.0.1:1/", "pid": os.getpid(), "token": "t", "root_dir": "/a", **facts}
    (directory / f"jpserver-{name}.json").write_text(json.dumps(facts))


@pytest.mark.proves("client.connect")
def test_an_address_that_is_given_is_taken() -> None:
    assert locate("http://far:9/base", "key") == Address("http://far:9/base/", "key")


@pytest.mark.proves("cli.find-server-by-variables")
def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISPDM_URL", "http://far:9/")
    monkeypatch.setenv("CRISPDM_TOKEN", "key")
    assert locate() == Address("http://far:9/", "key")


@pytest.mark.proves("cli.find-server-by-variables")
def test_a_local_address_without_a_token_finds_its_token(tmp_path: Path) -> None:
    write(tmp_path, "1", url="http://127.0.0.1:5/x/")
    assert locate("http://127.0.0.1:5/x") == Address("http://127.0.0.1:5/x/", "t", "/a")


@pytest.mark.proves("kernels.know-their-user")
@pytest.mark.parametrize("told", ["http://127.0.0.1:5/x/", "http://localhost:5/x", "http://[::1]:5/x/"])
def test_an_address_of_this_machine_is_known_by_all_its_names(tmp_path: Path, told: str) -> None:
    """A kernel is told the one, and the runtime file the other."""
    write(tmp_path, "1", url="http://localhost:5/x/")
    found = locate(told, "of the kernel")
    assert (found.url, found.token, found.root_dir) == (told.rstrip("/") + "/", "of the kernel", "/a")


def test_an_address_elsewhere_is_not_taken_for_this_machines(tmp_path: Path) -> None:
    write(tmp_path, "1", url="http://localhost:5/")
    assert locate("http://localhost.evil.test:5/") == Address("http://localhost.evil.test:5/")


@pytest.mark.proves("cli.find-server")
def test_running_servers_are_read_and_dead_or_half_written_ones_are_not(tmp_path: Path) -> None:
    write(tmp_path, "1")
    write(tmp_path, "2", pid=GONE)
    (tmp_path / "jpserver-3.json").write_text('{"url": "http')
    (tmp_path / "jpserver-4.json").write_text("[]")
    assert [server.url for server in running_servers()] == ["http://127.0.0.1:1/"]


@pytest.mark.parametrize("pid", [2**40, 2**70, 0, -1])
def test_a_number_that_no_process_has_spoils_no_other_server(tmp_path: Path, pid: int) -> None:
    """One odd file was an OverflowError for every command."""
    write(tmp_path, "1", pid=pid)
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    assert [server.url for server in running_servers()] == ["http://127.0.0.1:2/"]


@pytest.mark.parametrize("url", ["http://[::1/", "http://a\0/", "http://é..x/", "no address", "ftp://here/", ""])
def test_a_file_with_an_address_that_is_none_spoils_no_other_server(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One odd file was a traceback for every command."""
    write(tmp_path, "1", url=url)
    os.utime(tmp_path / "jpserver-1.json", (4e9, 4e9))
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    asked: list[str] = []

    def get(address: str, **options: object) -> httpx.Response:
        asked.append(address)
        httpx.Request("GET", address)
        if not address.startswith("http://127"):
            raise httpx.UnsupportedProtocol("no address")
        return httpx.Response(200)

    monkeypatch.setattr(httpx, "get", get)
    assert locate().url == "http://127.0.0.1:2/"
    assert [one.removesuffix("crispdm/api/health") for one in asked] == [url.rstrip("/") + "/", "http://127.0.0.1:2/"]


@pytest.mark.parametrize(
    "content", [b"", b"null", b'"text"', b'{"url": 3, "pid": 1}', b'{"url": "http://x/"}', b"\xff", b"[" * 10_000]
)
def test_a_file_that_says_something_else_is_passed_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "jpserver-1.json").write_bytes(content)
    (tmp_path / "jpserver-2.json").mkdir()
    (tmp_path / "jpserver-3.json").symlink_to(tmp_path / "gone")
    write(tmp_path, "4")
    assert len(running_servers()) == 1


def test_the_newest_server_comes_first_and_more_in_its_file_does_not_matter(tmp_path: Path) -> None:
    for name, changed in (("old", 1e9), ("new", 3e9), ("middle", 2e9)):
        write(tmp_path, name, url=f"http://{name}/", started="never", hostname="localhost", secure=False)
        os.utime(tmp_path / f"jpserver-{name}.json", (changed, changed))
    assert [server.url for server in running_servers()] == ["http://new/", "http://middle/", "http://old/"]


def test_a_token_of_the_environment_comes_before_the_one_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "answers", lambda address: True)
    write(tmp_path, "1", token="of the file")
    assert locate().token == "of the file"
    assert locate(token="given").token == "given"
    monkeypatch.setenv("CRISPDM_TOKEN", "of the environment")
    assert locate().token == "of the environment"
    assert locate(token="given").token == "given"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_jupyter_server_without_our_extension_is_none_of_ours(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "get", lambda address, **options: httpx.Response(status))
    assert not discovery.answers(Address("http://127.0.0.1:1/"))


@pytest.mark.proves("cli.find-server")
def test_the_server_whose_files_we_stand_in_is_tried_first() -> None:
    servers = [RunningServer(f"http://{root}/", 1, root_dir=root) for root in ("/other", "/a", "/a/b", "")]
    ordered = by_preference(servers, Path("/a/b/c"))
    assert [server.root_dir for server in ordered] == ["/a/b", "/a", "/other", ""]


def test_servers_that_are_not_ours_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "1", url="http://127.0.0.1:1/")
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    monkeypatch.setattr(discovery, "answers", lambda address: address.url.endswith(":2/"))
    assert locate().url == "http://127.0.0.1:2/"


@pytest.mark.proves("client.connect")
def test_no_server_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, "1", url="http://127.0.0.1:1/")
    with pytest.raises(ServerNotFound, match="jupyter crispdm lab"):
        locate()


@pytest.mark.proves("client.connect")
def test_a_server_that_is_busy_is_found_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was said that none runs, when one needed longer than a moment to answer."""
    write(tmp_path, "1", url="http://127.0.0.1:1/")

    def get(address: str, timeout: float, **options: object) -> httpx.Response:
        if timeout < 10:
            raise httpx.ReadTimeout("busy")
        return httpx.Response(200)

    monkeypatch.setattr(httpx, "get", get)
    assert locate().url == "http://127.0.0.1:1/"


@pytest.mark.proves("client.token-hidden")
def test_a_token_is_not_printed() -> None:
    assert "secret" not in repr(Address("http://here/", "secret"))
    assert "secret" not in repr(RunningServer("http://here/", 1, token="secret"))


class Servers:
    """Some Jupyter servers of this account, of which one knows the token."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, answering: str, ours: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answering, self._ours = answering.split(), ours
        monkeypatch.setattr(httpx, "get", self._get)

    def _get(self, address: str, headers: dict[str, str], **options: object) -> httpx.Response:
        url, _, path = address.partition("crispdm/api/")
        self.asked.append((url, path))
        if url not in self._answering:
            raise httpx.ConnectError("nobody there")
        accepted = path == "health" or (url == self._ours and headers["Authorization"] == "token key")
        return httpx.Response(200 if accepted else 403)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISPDM_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("CRISPDM_TOKEN", "key")


@pytest.mark.proves("client.finds-moved-server")
@pytest.mark.usefixtures("told")
def test_a_server_that_came_back_on_another_port_is_found_by_what_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for port in (2, 3, 4):
        write(tmp_path, str(port), url=f"http://127.0.0.1:{port}/", root_dir=f"/{port}")
    servers = Servers(monkeypatch, answering="http://127.0.0.1:2/ http://127.0.0.1:3/", ours="http://127.0.0.1:3/")
    assert locate() == Address("http://127.0.0.1:3/", "key", "/3")
    assert ("http://127.0.0.1:1/", "users/me") not in servers.asked


@pytest.mark.proves("client.finds-moved-server")
@pytest.mark.usefixtures("told")
def test_one_that_is_where_it_was_is_asked_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "1", url="http://localhost:1/")
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    servers = Servers(monkeypatch, answering="", ours="")
    assert locate().url == "http://127.0.0.1:1/"
    assert servers.asked == []


@pytest.mark.proves("client.finds-moved-server")
@pytest.mark.usefixtures("told")
def test_one_elsewhere_that_answers_stays_the_one_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    servers = Servers(monkeypatch, answering="http://127.0.0.1:1/ http://127.0.0.1:2/", ours="http://127.0.0.1:2/")
    assert locate().url == "http://127.0.0.1:1/"
    assert servers.asked == [("http://127.0.0.1:1/", "health")]


@pytest.mark.usefixtures("told")
def test_where_nobody_knows_the_token_the_told_address_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    Servers(monkeypatch, answering="http://127.0.0.1:2/", ours="")
    assert locate().url == "http://127.0.0.1:1/"


@pytest.mark.usefixtures("told")
def test_an_address_that_was_asked_for_is_never_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "2", url="http://127.0.0.1:2/")
    servers = Servers(monkeypatch, answering="http://127.0.0.1:2/", ours="http://127.0.0.1:2/")
    assert locate("http://127.0.0.1:7/").url == "http://127.0.0.1:7/"
    assert servers.asked == []
