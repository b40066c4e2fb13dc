"""Eight processes count in one value, at one server and at two that share a Redis, and nothing is lost.

`python -m benchmarks.bench_state` does the same a thousand times each.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.brokers.redis_server import RedisServer
from tests.server.cli.conftest import Lab
from tests.server.state.counting import WAYS, Counter, Server, count_in_processes, holder

PROCESSES, TIMES = 8, 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Lab(tmp_path_factory.mktemp("lab"))) as lab:
        yield place_of(lab)


@contextmanager
def running(lab: Lab) -> Iterator[Lab]:
    try:
        lab.start()
        yield lab
    finally:
        lab.end_all()


def place_of(lab: Lab) -> Server:
    found = lab.running()
    assert found is not None
    return found.address.url, found.address.token


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.proves("state.count", "state.lock", "state.http-changes")
def test_eight_processes_lose_no_count(server: Server, way: str) -> None:
    assert count_in_processes([server], f"count-{way}", way, PROCESSES, TIMES) == PROCESSES * TIMES


@pytest.mark.proves("state.dead-holder")
@pytest.mark.parametrize(("seconds", "code"), [(3600.0, 409), (1.5, 200)])
def test_a_holder_who_was_killed_holds_the_others_as_long_as_its_lease(
    server: Server, seconds: float, code: int
) -> None:
    key = f"held-{code}"
    with Counter(*server, key) as waiting, holder(server, key, seconds) as process:
        process.kill()
        assert waiting.call("POST", "/lock", seconds=10, wait=0 if code == 409 else 60)[0] == code


@pytest.mark.proves("state.restart")
def test_values_and_locks_are_there_after_the_server_was_killed(tmp_path: Path) -> None:
    with running(Lab(tmp_path)) as lab:
        with Counter(*place_of(lab), "k") as before:
            before.call("PUT", value={"a": 1}, seconds=3600)
            _, lease = before.call("POST", "/lock", seconds=600)
        lab.end(signal.SIGKILL)
        lab.start()
        with Counter(*place_of(lab), "k") as after:
            code, found = after.call("GET")
            assert (code, found["value"], found["version"]) == (200, {"a": 1}, 1)
            assert after.call("POST", "/lock", wait=0)[0] == 409, "it is held still"
            assert after.call("PUT", value=2, lock=lease["lock"])[0] == 200
            assert after.call("DELETE", f"/lock/{lease['lock']}")[0] == 204
            assert after.call("POST", "/lock", wait=0)[0] == 200


@pytest.mark.proves("state.redis", "settings.state-url")
def test_two_servers_that_share_a_redis_lose_no_count(tmp_path: Path, redis_server: RedisServer) -> None:
    one, two = (Lab(tmp_path / name, state_url=redis_server.url) for name in ("one", "two"))
    with running(one), running(two):
        servers = [place_of(one), place_of(two)]
        for way in WAYS:
            assert count_in_processes(servers, way, way, 4, 25) == 100, way
            assert count_in_processes(servers[::-1], way, way, 1, 1) == 101, way
