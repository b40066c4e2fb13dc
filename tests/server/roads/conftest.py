"""One server, and the four roads that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from jupyter_crispdm.client import connect
from tests.server.cli.conftest import Lab

from .roads import ByClient, ByCommands, OverHttp, OverSocket, Road

ROADS = ("http", "socket", "client", "commands")


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server for all tests of the folder."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.start()
    yield lab
    lab.end()


@pytest.fixture
def lab(started: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """That server, in whose folder the test stands."""
    for name in ("CRISPDM_URL", "CRISPDM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in started.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.chdir(started.root)
    return started


@pytest.fixture
def http(lab: Lab) -> Iterator[OverHttp]:
    """The road that every program can take, for what a test prepares and looks at."""
    with _over(lab, OverHttp) as road:
        yield road


@pytest.fixture(params=ROADS)
def road(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Road]:
    """Each of the four in turn."""
    if request.param == "client":
        with connect() as client:
            yield ByClient(client)
    elif request.param == "commands":
        yield ByCommands()
    else:
        with _over(lab, OverSocket if request.param == "socket" else OverHttp) as way:
            yield way


def _over(lab: Lab, kind: type[OverHttp]) -> closing[OverHttp]:
    running = lab.running()
    assert running is not None
    return closing(kind(running.address.url, running.address.token))
