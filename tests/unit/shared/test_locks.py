"""Locks: a `with` block, renewed while it goes on, and lost in a way that is said."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.shared import LockLost, LockTaken, ServerState
from jupyter_crispdm.shared.locks import StateLock
from tests.support import ends, eventually_sync
from tests.unit.shared.fakes import FakeServer


def lock(server: FakeServer, seconds: float = 0.03, **options: Any) -> StateLock:
    """A lock that is renewed a hundred times a second."""
    given: dict[str, Any] = {"wait": None, "session": "s", "pause": 0.001, **options}
    return StateLock(lambda: server.states, "k", seconds=seconds, **given)  # type: ignore[arg-type,return-value]


@pytest.mark.proves("state.client-lock", "state.python-lock")
def test_it_is_held_in_the_block_and_free_after_it(state: ServerState, server: FakeServer) -> None:
    with state.lock("k") as held:
        assert server.states.locks == {"k": held.lock}
        assert held.is_held
    assert server.states.locks == {}
    assert not held.is_held
    with pytest.raises(ZeroDivisionError), state.lock("k"):
        raise ZeroDivisionError
    assert server.states.locks == {}


@pytest.mark.proves("state.client-lock")
def test_a_write_in_the_block_says_by_which_lock(state: ServerState, server: FakeServer) -> None:
    with state.lock("k") as held:
        state["k"] = 1
        state["other"] = 1
    state["k"] = 2
    assert [one["lock"] for one in server.states.said] == [held.lock, None, None]


@pytest.mark.proves("state.client-lock")
def test_counting_under_the_lock_loses_nothing(server: FakeServer) -> None:
    sessions = [server.session() for _ in range(4)]

    def count(state: ServerState) -> None:
        for _ in range(20):
            with state.lock("count"):
                state["count"] = state.get("count", 0) + 1

    threads = [threading.Thread(target=count, args=(state,)) for state in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        ends(thread)
    assert sessions[0]["count"] == 80


@pytest.mark.proves("state.client-lock")
def test_it_is_renewed_while_the_block_goes_on(server: FakeServer) -> None:
    with lock(server):
        eventually_sync(lambda: server.states.renewed > 3)


@pytest.mark.proves("state.client-lock")
def test_one_that_is_lost_is_said_at_the_end(server: FakeServer) -> None:
    def lose() -> None:
        with lock(server) as held:
            server.states.locks["k"] = "somebody else's"
            eventually_sync(lambda: not held.is_held)

    with pytest.raises(LockLost, match="'k' was lost"):
        lose()
    assert server.states.locks == {"k": "somebody else's"}


def test_a_mistake_in_the_block_is_not_hidden_by_a_lost_lock(server: FakeServer) -> None:
    def fail() -> None:
        with lock(server):
            server.states.locks.clear()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


@pytest.mark.proves("state.client-lock")
def test_one_that_could_not_be_renewed_in_time_is_lost(server: FakeServer) -> None:
    def lose() -> None:
        with lock(server, seconds=0.01) as held:
            server.states.failing = [ServerUnreachable("away")] * 10_000
            eventually_sync(lambda: not held.is_held)
            server.states.failing = []

    with pytest.raises(LockLost):
        lose()


def test_a_server_that_is_away_for_a_moment_loses_no_lock(server: FakeServer) -> None:
    with lock(server, seconds=30) as held:
        server.states.failing = [ServerUnreachable("away"), Unavailable("starting")]
    assert server.states.locks.get("k") in (None, held.lock), "free now, or when the lease ends"


@pytest.mark.proves("state.client-lock")
def test_who_waits_no_longer_is_told(state: ServerState, server: FakeServer) -> None:
    server.states.locks["k"] = "somebody else's"
    with pytest.raises(LockTaken), state.lock("k", wait=0):
        raise AssertionError


@pytest.mark.proves("state.client-lock")
def test_who_waits_for_ever_asks_until_it_is_theirs(server: FakeServer) -> None:
    server.states.locks["k"] = "somebody else's"
    waiting = lock(server)

    def wait() -> None:
        with waiting:
            pass

    thread = threading.Thread(target=wait)
    thread.start()
    eventually_sync(lambda: server.states.asked.count("lock") > 2)
    server.states.locks.clear()
    ends(thread)


def test_a_server_that_starts_is_waited_for(server: FakeServer) -> None:
    server.states.failing = [ServerUnreachable("away")] * 3
    with lock(server) as held:
        assert held.is_held


def test_one_that_stays_away_is_an_error_of_who_waits_for_a_time(server: FakeServer) -> None:
    server.states.failing = [ServerUnreachable("away")] * 10_000
    with pytest.raises(ServerUnreachable), lock(server, wait=0.01):
        raise AssertionError


def test_the_same_code_does_not_wait_for_itself(state: ServerState) -> None:
    with pytest.raises(RuntimeError, match="already"), state.lock("k"), state.lock("k"):
        raise AssertionError
    with state.lock("a"), state.lock("b"):
        pass


def test_a_lock_can_be_used_again(state: ServerState, server: FakeServer) -> None:
    again = state.lock("k")
    for _ in range(2):
        with again:
            assert "k" in server.states.locks
