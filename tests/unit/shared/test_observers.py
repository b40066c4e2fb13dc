"""Observers of shared values: what they are told, on which loop, and what they are spared."""

from __future__ import annotations

import asyncio
import logging
import threading

import numpy as np
import pytest

from jupyter_crispdm.shared import ServerState
from jupyter_crispdm.shared.following.connection import Follower
from jupyter_crispdm.shared.following.slots import Change
from jupyter_crispdm.state.types import StateValue
from tests.support import eventually, eventually_sync
from tests.unit.shared.fakes import FakeServer, value_of

from .notes import Notes, followed


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
    begun, busy, notes = threading.Event(), threading.Event(), Notes()

    def slow(change: Change) -> None:
        begun.set()
        busy.wait(60)
        notes(change)

    state.observe(slow, "k")
    followed(state, server)
    other["k"] = 0
    assert begun.wait(60)
    for number in range(1, 50):
        other["k"] = number
    watch = state._session.watched("k")
    assert watch is not None
    eventually_sync(lambda: watch.newest.version == 50)
    with watch._lock:  # whoever made it the newest has told it by then
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


@pytest.mark.proves("state.client-observe")
def test_what_must_be_fetched_is_told_before_what_came_after_it(
    state: ServerState, other: ServerState, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The array arrived last, and was shown in place of the number that had replaced it."""
    notes, fetching, going_on = Notes(), threading.Event(), threading.Event()
    content = server.states.content

    def slow(key: str, known: StateValue | None = None) -> tuple[StateValue, bytes | None]:
        found = content(key, known)
        fetching.set()
        assert going_on.wait(60)
        return found

    state.observe(notes, "k")
    followed(state, server)
    monkeypatch.setattr(server.states, "content", slow)
    other["k"] = np.ones(3)
    assert fetching.wait(60)
    other["k"] = 2
    watch = state._session.watched("k")
    assert watch is not None
    eventually_sync(lambda: watch.newest.version == 2)
    with watch._lock:  # whoever made it the newest has had it told by then, or lined up
        going_on.set()
    over = threading.Event()
    state._session.reading(lambda: state._session.telling(over.set))
    assert over.wait(60)
    assert notes.values[-1] == 2


def test_another_follower_of_a_topic_hears_what_is_there_also_where_both_change_at_once(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    """What was told between the two reached neither."""
    other["k"] = 1
    heard: list[int] = []
    first, second = Follower("state/k", lambda _: None), Follower("state/k", lambda said: heard.append(said.seq or 0))
    connection = state._session.connection
    connection.follow(first)
    followed(state, server)
    held, going_on, socket = threading.Event(), threading.Event(), server.socket
    assert connection._loop is not None

    def hold() -> None:
        held.set()
        going_on.wait(60)

    connection._loop.call_soon_threadsafe(hold)
    assert held.wait(60)
    connection.leave(first)
    connection.follow(second)
    going_on.set()
    eventually_sync(lambda: heard)
    assert (heard[0], server.socket) == (1, socket), "at once, and not by the next connection"
    connection.leave(second)
