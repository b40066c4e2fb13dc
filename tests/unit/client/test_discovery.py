"""Finding the server."""

from __future__ import annotations

import json
import os
from pathlib import Path

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


@pytest.mark.proves("client.token-hidden")
def test_a_token_is_not_printed() -> None:
    assert "secret" not in repr(Address("http://here/", "secret"))
    assert "secret" not in repr(RunningServer("http://here/", 1, token="secret"))
