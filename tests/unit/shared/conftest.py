"""Sessions of a server in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_crispdm.shared import ServerState
from tests.unit.shared.fakes import FakeServer


@pytest.fixture
def server() -> Iterator[FakeServer]:
    made = FakeServer()
    yield made
    made.close()


@pytest.fixture
def state(server: FakeServer) -> ServerState:
    """One session."""
    return server.session()


@pytest.fixture
def other(server: FakeServer) -> ServerState:
    """Somebody else's."""
    return server.session()
