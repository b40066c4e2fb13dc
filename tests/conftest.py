"""What all tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests import deadline, examples

pytest_plugins = ["pytest_jupyter.jupyter_server", "tests.brokers.plugin"]

examples.choose()


@pytest.fixture(autouse=True)
def jp_asyncio_loop(
    jp_asyncio_loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest
) -> asyncio.AbstractEventLoop:
    """The test's loop, on which nothing waits for ever: neither the test nor what its fixtures begin and end."""
    own = request.node.get_closest_marker("timeout")
    deadline.bound(jp_asyncio_loop, own.args[0] if own else deadline.SECONDS)
    return jp_asyncio_loop


@pytest.fixture
def http_server_client(http_server_client: Any) -> Any:
    """The client of a test's server, with more patience than tornado's 20 s: a busy machine may need it."""
    http_server_client.defaults.update(connect_timeout=deadline.ANSWER_SECONDS, request_timeout=deadline.ANSWER_SECONDS)
    return http_server_client


@pytest.fixture
def jp_fetch(jp_fetch: Callable[..., Any]) -> Callable[..., Any]:
    """pytest-jupyter's, with the same patience."""
    return lambda *path, **options: jp_fetch(*path, **{"request_timeout": deadline.ANSWER_SECONDS, **options})
