"""`server_state` as its users see it, with a server in memory."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.shared import LockLost, NotShareable, ServerState
from jupyter_crispdm.shared.following.slots import Change
from tests.support import ends, eventually, eventually_sync
from tests.unit.shared.fakes import FakeServer, value_of


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


@pytest.mark.proves("state.client-patience")
def test_what_may_have_been_done_is_not_done_twice(state: ServerState, server: FakeServer) -> None:
    server.states.failing = [away(sent=True)]
    with pytest.raises(ServerUnreachable):
        state.increment("n")
    server.states.failing = [away(sent=True)]
    with pytest.raises(ServerUnreachable):
        state.set("k", 1, if_version=0)
    server.states.failing = [away(sent=False)]
    assert state.increment("n") == 1, "nobody heard the call"


def test_a_server_that_stays_away_is_an_error_in_the_end(state: ServerState, server: FakeServer) -> None:
    server.states.failing = [away(sent=False) for _ in range(100)]
    with pytest.raises(ServerUnreachable):
        state["k"] = 1
    assert 60 < sum(server.slept) < 70


# -- who is told


class Notes(list[Change]):
    """An observer that keeps what it is told; each is itself alone."""

    __eq__, __hash__ = object.__eq__, object.__hash__  # type: ignore[assignment]

    def __call__(self, change: Change) -> None:
        self.append(change)

    @property
    def values(self) -> list[Any]:
        return [change["new"] for change in self]


def followed(state: ServerState, server: FakeServer, key: str = "k") -> None:
    """Wait until a session hears of a key."""
    eventually_sync(lambda: any(socket.follows(key) for socket in server.states.sockets))


@pytest.mark.proves("state.client-observe", "state.python-observe")
def test_an_observer_is_told_of_what_others_write(state: ServerState, other: ServerState, server: FakeServer) -> None:
    notes = Notes()
    other["k"] = 1
    state.observe(notes, "k")
    followed(state, server)
    other["k"] = 2
    eventually_sync(lambda: notes)
    (change,) = notes
    assert (change.name, change.old, change.new, change.type, change.owner, change.by, change.version) == (
        "k", 1, 2, "change", state, "ada", 2)  # fmt: skip


@pytest.mark.proves("state.client-own")
def test_nobody_is_told_of_their_own_writes(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = Notes(), Notes()
    state.observe(mine, "k")
    other.observe(theirs, "k")
    eventually_sync(lambda: sum(socket.follows("k") for socket in server.states.sockets) == 2)
    state["k"] = 1
    state.increment("k")
    eventually_sync(lambda: 2 in theirs.values)
    other["k"] = 3
    eventually_sync(lambda: mine)
    assert mine.values == [3]
    assert 3 not in theirs.values


@pytest.mark.proves("state.client-hold", "state.python-lock")
def test_held_writes_refresh_nobody_until_all_are_told(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    mine, theirs = Notes(), Notes()
    state.observe(mine, "k")
    other.observe(theirs, "k")
    eventually_sync(lambda: sum(socket.follows("k") for socket in server.states.sockets) == 2)
    with state.hold_notifications():
        state["k"] = 1
        state.append("l", 1)
    assert other["k"] == 1
    assert not theirs
    state.notify("k")
    eventually_sync(lambda: mine and theirs)
    assert (mine.values, theirs.values) == ([1], [1]), "also who has asked for it"


@pytest.mark.proves("state.client-observe")
def test_the_newest_arrives_however_often_it_changes(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    """While an observer is busy, what comes replaces what waits."""
    busy, notes = threading.Event(), Notes()

    def slow(change: Change) -> None:
        busy.wait(60)
        notes(change)

    state.observe(slow, "k")
    followed(state, server)
    for number in range(50):
        other["k"] = number
    watch = state._session.watched("k")
    assert watch is not None
    eventually_sync(lambda: watch.newest.version == 50)
    busy.set()
    eventually_sync(lambda: 49 in notes.values)
    assert len(notes) == 2


@pytest.mark.proves("state.client-reconnect")
def test_a_connection_that_is_cut_is_made_again_and_nothing_is_missed(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    notes = Notes()
    state.observe(notes, "k")
    followed(state, server)
    before = server.socket
    server.refusing = 2
    before.cut()
    eventually_sync(lambda: before not in server.states.sockets)
    other["k"] = "written while it was away"
    eventually_sync(lambda: notes)
    assert notes.values == ["written while it was away"]


def test_one_connection_is_for_all_keys(state: ServerState, server: FakeServer) -> None:
    for key in ("a", "b", "c"):
        state.observe(print, key)
        followed(state, server, key)
    assert len(server.states.sockets) == 1
    state.unobserve(print, "a")
    eventually_sync(lambda: not server.socket.follows("a"))
    assert server.socket.follows("b")
    state.unobserve(print)
    eventually_sync(lambda: not server.socket.follows("b"))


def test_who_observes_no_more_is_told_no_more(state: ServerState, other: ServerState, server: FakeServer) -> None:
    gone, there = Notes(), Notes()
    state.observe(gone, "k")
    state.observe(there, "k")
    followed(state, server)
    state.unobserve(gone, "k")
    other["k"] = 1
    eventually_sync(lambda: there)
    assert not gone


def test_a_mistake_of_one_observer_is_its_own(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notes()
    state.observe(lambda change: change.nonsense, "k")
    state.observe(notes, "k")
    followed(state, server)
    other["k"] = 1
    eventually_sync(lambda: notes)
    assert "An observer of 'k' made a mistake." in caplog.text


def test_a_deleted_value_is_told_as_none(state: ServerState, other: ServerState, server: FakeServer) -> None:
    notes = Notes()
    other["k"] = 1
    state.observe(notes, "k")
    followed(state, server)
    del other["k"]
    eventually_sync(lambda: notes)
    assert (notes[0].new, notes[0].version) == (None, 0)


@pytest.mark.proves("state.client-values")
def test_observers_get_arrays_and_are_spared_what_cannot_be_read(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notes()
    state.observe(notes, "k")
    followed(state, server)
    server.states.put_content("k", b"1234567", type="application/octet-stream",
                              meta={"kind": "array", "dtype": "<f8", "shape": [10**9]})
    eventually_sync(lambda: "cannot be read" in caplog.text)
    other["k"] = np.ones(3)
    eventually_sync(lambda: notes)
    assert notes[0].new.tolist() == [1, 1, 1]


async def test_an_observer_runs_on_the_loop_on_which_it_was_given(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    """In a notebook that is the kernel's, where widgets may be touched."""
    threads: list[int] = []
    await asyncio.to_thread(lambda: None)
    state.observe(lambda change: threads.append(threading.get_ident()), "k")
    await eventually(lambda: server.states.sockets and server.socket.follows("k"))
    await asyncio.to_thread(other.set, "k", 1)
    await eventually(lambda: threads)
    assert threads == [threading.get_ident()]


async def test_an_observer_writes_as_itself_wherever_it_was_given(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    """Given in a block that holds a lock, and told of its own writes to others."""
    done = asyncio.Event()

    def observer(change: Change) -> None:
        state["answer"] = change.new
        done.set()

    with state.lock("answer"), state.hold_notifications():
        state.observe(observer, "k")
    notified = server.states.current("answer").notified
    await eventually(lambda: server.states.sockets and server.socket.follows("k"))
    await asyncio.to_thread(other.set, "k", 1)
    await asyncio.wait_for(done.wait(), 60)
    assert (state["answer"], server.states.current("answer").notified) == (1, notified + 1)


def test_a_key_that_may_not_be_followed_is_said_once(
    state: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    state.observe(print, "k")
    followed(state, server)
    error = {"message": "It is for admins.", "reason": "Forbidden", "code": "forbidden"}
    for _ in range(2):
        server.socket.say({"topic": "state/k", "error": error})
    eventually_sync(lambda: "It is for admins." in caplog.text)
    assert caplog.text.count("It is for admins.") == 1


def test_what_the_server_says_and_nobody_understands_is_passed_over(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notes()
    state.observe(notes, "k")
    followed(state, server)
    for odd in ({"heartbeat": True}, ["what"], {"topic": "state/else", "data": 1}, {"topic": "state/k", "data": 1}):
        server.socket.say(odd)
    other["k"] = 1
    eventually_sync(lambda: notes)
    assert notes.values == [1]


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


def test_a_connection_that_stays_away_is_said(
    state: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.shared.following.connection._SAID_AFTER_SECONDS", 0)
    server.refusing = 3
    with caplog.at_level(logging.WARNING):
        state.observe(print, "k")
        followed(state, server)
    assert caplog.text.count("Shared values cannot be followed") == 1


def test_the_newest_of_a_value_nobody_wrote_is_nothing() -> None:
    assert value_of().version == 0
