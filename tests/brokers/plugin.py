"""Fixtures of real brokers, for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.brokers.mosquitto import Mosquitto, mosquitto_program
from tests.brokers.redis_server import RedisServer, redis_program

_HOW = "is not installed: python -m tests.brokers.install"

MakeMosquitto = Callable[..., Mosquitto]


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[MakeMosquitto]:
    """Starts a mosquitto of the options that it is asked for; each ends with the test."""
    assert mosquitto_program(), f"mosquitto {_HOW}"
    with ExitStack() as running:

        def make(**options: Any) -> Mosquitto:
            folder = tmp_path / f"mosquitto-{len(list(tmp_path.glob('mosquitto-*')))}"
            return running.enter_context(Mosquitto(folder, **options))

        yield make


@pytest.fixture
def mosquitto(make_mosquitto: MakeMosquitto) -> Mosquitto:
    """A mosquitto that lets everybody in."""
    return make_mosquitto()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A redis-server without data."""
    assert redis_program(), f"redis-server {_HOW}"
    with RedisServer(tmp_path / "redis") as server:
        yield server
