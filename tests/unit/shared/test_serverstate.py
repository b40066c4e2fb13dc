"""`server_state`: values read, written and changed by one session, whatever the server and the others do."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.shared import LockLost, NotShareable, ServerState
from tests.support import ends, eventually_sync
from tests.unit.shared.fakes import FakeServer

from .notes import Notes, followed


def away(sent: bool) -> ServerUnreachable:
    """What a call to a server that is away raises."""
    error = ServerUnreachable("nobody there")
    error.__cause__ = httpx.ReadError("cut") if sent else httpx.ConnectError("refused")
    return error


@pytest.mark.proves("state.client-values", "state.python")
def test_a_value_is_read_and_written_by_its_name(state: ServerState, other: ServerState) -> None:
    state["threshold"] = 0.5
    assert (other["threshold"], other.threshold, other.get("threshold"), "threshold" in other) == (0.5, 0.5, 0.5, True)
    other.threshold = [1, {"a": None}]
    assert state["threshold"] == [1, {"a": None}]
    assert (state.version("threshold"), state.version("gone"), state.keys(), list(state)) == (
        2, 0, ["threshold"], ["threshold"])  # fmt: skip
    entry = state.entry("threshold")
    assert (entry.value, entry.version, entry.by, entry.expires) == ([1, {"a": None}], 2, "ada", None)


@pytest.mark.proves("state.client-values")
def test_what_is_not_there_is_an_error_of_its_kind(state: ServerState) -> None:
    with pytest.raises(KeyError):
        state["gone"]
    with pytest.raises(AttributeError, match="gone"):
        state.gone  # noqa: B018
    with pytest.raises(KeyError):
        del state["gone"]
    with pytest.raises(AttributeError):
        del state.gone
    assert (state.get("gone"), state.get("gone", 3), "gone" in state, 3 in state) == (None, 3, False, False)
    assert not hasattr(state, "_repr_html_")


def test_names_of_what_it_can_do_are_no_values_by_attribute(state: ServerState) -> None:
    with pytest.raises(AttributeError, match=r"server_state\['keys'\]"):
        state.keys = 3  # type: ignore[method-assign,assignment]
    state["keys"] = 3
    assert (state["keys"], state.keys()) == (3, ["keys"])


def test_a_value_is_deleted(state: ServerState) -> None:
    state["a"] = state["b"] = 1
    del state["a"]
    del state.b
    assert state.keys() == []


@pytest.mark.proves("state.client-values")
@pytest.mark.parametrize(
    "value",
    [np.arange(6).reshape(2, 3), b"\0\xff", pd.DataFrame({"a": [1, 2]}, index=["x", "y"])],
    ids=["array", "bytes", "frame"],
)
def test_what_is_no_json_comes_back_as_what_it_was(state: ServerState, other: ServerState, value: Any) -> None:
    state["it"] = value
    found = other["it"]
    assert type(found) is type(value)
    assert np.array_equal(found, value) if isinstance(value, np.ndarray) else (found == value) is not False


@pytest.mark.proves("state.client-values")
def test_what_cannot_travel_is_said_before_anything_is_written(state: ServerState, server: FakeServer) -> None:
    for value in ({1, 2}, object(), {"a": float("nan")}, {3: 4}):
        with pytest.raises(NotShareable):
            state["it"] = value
    assert server.states.asked == []


def test_who_may_and_for_how_long_is_said_with_it(state: ServerState, server: FakeServer) -> None:
    state.set("k", 1, seconds=60, read="analyst", write="admin")
    assert {name: server.states.said[0][name] for name in ("seconds", "read", "write", "notify")} == {
        "seconds": 60, "read": "analyst", "write": "admin", "notify": True}  # fmt: skip
    state.set("bytes", b"secret", read="admin")
    said = server.states.said[1]
    assert (said["read"], said["notify"]) == ("admin", False), "for whom it is stands before what it is"
    assert state["bytes"] == b"secret"


@pytest.mark.proves("state.client-cas")
def test_compare_and_set_loses_no_write(server: FakeServer) -> None:
    sessions = [server.session() for _ in range(4)]

    def count(state: ServerState) -> None:
        for _ in range(25):
            while True:
                version, value = state.version("count"), state.get("count", 0)
                if state.compare_and_set("count", version, value + 1):
                    break

    threads = [threading.Thread(target=count, args=(state,)) for state in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        ends(thread)
    assert sessions[0]["count"] == 100


@pytest.mark.proves("state.client-cas")
def test_a_default_is_set_once(state: ServerState, other: ServerState) -> None:
    assert (state.setdefault("k", 1), other.setdefault("k", 2), other["k"]) == (1, 1, 1)
    with pytest.raises(Conflict):
        state.set("k", 3, if_version=0)


@pytest.mark.proves("state.client-verbs", "state.python-changes")
def test_numbers_lists_and_objects_are_changed_in_place(state: ServerState) -> None:
    assert (state.increment("n"), state.increment("n", by=-0.5)) == (1, 0.5)
    assert [state.append("l", item, keep=2) for item in ("a", "b", "c")] == [["a"], ["a", "b"], ["b", "c"]]
    assert state.append("l", np.int64(3))[-1] == 3
    assert (state.update("d", {"x": 1}), state.update("d", {"y": (2, 3)})) == ({"x": 1}, {"x": 1, "y": [2, 3]})


@pytest.mark.proves("state.client-patience")
def test_a_server_that_is_started_again_is_waited_for(state: ServerState, server: FakeServer) -> None:
    server.states.failing = [away(sent=True), away(sent=False)]
    state["k"] = 1
    assert state["k"] == 1
    assert len(server.slept) == 2


@pytest.mark.proves("state.client-patience", "state.once")
def test_what_may_have_been_done_is_asked_for_again_by_the_same_name(state: ServerState, server: FakeServer) -> None:
    state["k"] = 1
    changes: list[Callable[[], object]] = [
        lambda: state.increment("n"), lambda: state.append("list", 1), lambda: state.update("fields", {"a": 1}),
        lambda: state.set("new", 1, if_version=0), lambda: state.notify("k"), lambda: state.__delitem__("k"),
    ]  # fmt: skip
    for change in changes:
        server.states.once.clear()
        server.states.failing = [away(sent=True)]
        change()
        assert len(server.states.once) == 2
        assert len(set(server.states.once)) == 1


@pytest.mark.proves("state.client-patience")
def test_what_has_no_name_and_may_have_been_done_is_not_done_twice(state: ServerState, server: FakeServer) -> None:
    server.states.failing = [away(sent=True)]
    with pytest.raises(ServerUnreachable):
        state.set("k", b"bytes", if_version=0)
    server.states.failing = [away(sent=False)]
    state.set("k", b"bytes", if_version=0)


def test_a_server_that_stays_away_is_an_error_in_the_end(state: ServerState, server: FakeServer) -> None:
    server.states.failing = [away(sent=False) for _ in range(100)]
    with pytest.raises(ServerUnreachable):
        state["k"] = 1
    assert 60 < sum(server.slept) < 70


def test_a_child_process_begins_a_session_of_its_own(state: ServerState) -> None:
    before = state._session
    before.process = os.getpid() + 1
    assert state._session is not before
    before.close()


def test_closing_lets_go_of_every_thread(state: ServerState, other: ServerState, server: FakeServer) -> None:
    before = set(threading.enumerate())
    notes = Notes()
    state.observe(notes, "k")
    followed(state, server)
    other["k"] = 1
    eventually_sync(lambda: notes)
    state.close()
    assert set(threading.enumerate()) <= before
    assert state.get("k") == 1, "it can be used again"


def test_a_lost_lock_is_an_error_of_the_write(state: ServerState, server: FakeServer) -> None:
    def lose() -> None:
        with state.lock("k"):
            server.states.locks.clear()
            state["k"] = 1

    with pytest.raises(LockLost):
        lose()
    assert server.states.current("k").version == 0
