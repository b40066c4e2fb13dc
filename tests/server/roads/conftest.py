"""One server, and the four roads that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from jupyter_crispdm.client import connect
from tests.server.cli.conftest import Lab, lab, started

from .roads import ByClient, ByCommands, OverHttp, OverSocket, Road

__all__ = ["Lab", "lab", "started"]

ROADS = ("http", "socket", "client", "commands")


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
