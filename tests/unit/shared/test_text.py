"""Text that two people write at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc

from jupyter_crispdm.shared import ServerState
from jupyter_crispdm.shared.text import SharedText, _clocks, _lacks
from tests.examples import examples
from tests.support import ends, eventually_sync
from tests.unit.shared.fakes import FakeServer


def both(server: FakeServer, state: ServerState, other: ServerState) -> tuple[SharedText, SharedText]:
    texts = state.text("t"), other.text("t")
    eventually_sync(lambda: sum(socket.follows("t/text") for socket in server.states.sockets) == 2)
    return texts


@pytest.mark.proves("state.client-text", "state.python-changes")
def test_what_one_writes_the_other_has(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = both(server, state, other)
    mine.insert(0, "Grüße, ")
    eventually_sync(lambda: str(theirs) == "Grüße, ")
    theirs.append("Wörld ☕!")
    eventually_sync(lambda: str(mine) == "Grüße, Wörld ☕!")
    mine.delete(7, 5)
    eventually_sync(lambda: str(theirs) == "Grüße,  ☕!")
    theirs.insert(7, "Ada")
    eventually_sync(lambda: str(mine) == "Grüße, Ada ☕!")
    assert len(mine) == len("Grüße, Ada ☕!")


@pytest.mark.proves("state.client-text")
def test_who_comes_later_has_all_of_it_and_it_is_one_text_a_session(state: ServerState, other: ServerState) -> None:
    state.text("t").append("before")
    assert str(other.text("t")) == "before"
    assert state.text("t") is state.text("t")


@pytest.mark.proves("state.client-text")
def test_what_both_write_at_once_stays(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = both(server, state, other)

    def write(text: SharedText, letter: str) -> None:
        for _ in range(30):
            text.append(letter)

    threads = [threading.Thread(target=write, args=one) for one in ((mine, "a"), (theirs, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        ends(thread)
    eventually_sync(lambda: len(mine) == 60 and str(mine) == str(theirs))
    assert (str(mine).count("a"), str(mine).count("b")) == (30, 30)


@pytest.mark.proves("state.client-text")
def test_replacing_it_leaves_what_others_write_beside_what_changed(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    mine, theirs = both(server, state, other)
    mine.append("one two three")
    eventually_sync(lambda: len(theirs) == 13)
    mine.replace("one 2 three")
    theirs.append("!")
    eventually_sync(lambda: str(mine) == str(theirs) == "one 2 three!")


@settings(max_examples=examples(60))
@given(st.text(max_size=20), st.text(max_size=20))
def test_replacing_makes_any_text_of_any_other(before: str, after: str) -> None:
    server = FakeServer()
    try:
        text = server.session().text("t")
        text.replace(before)
        text.replace(after)
        assert str(text) == after
    finally:
        server.close()


@pytest.mark.proves("state.client-text")
def test_observers_are_told_of_what_others_write(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = both(server, state, other)
    heard: list[Any] = []
    mine.observe(heard.append)
    mine.append("a")
    eventually_sync(lambda: str(theirs) == "a")
    theirs.append("b")
    eventually_sync(lambda: heard)
    assert [(change.name, change.old, change.new) for change in heard] == [("t", "a", "ab")]
    mine.unobserve(heard.append)
    theirs.append("c")
    eventually_sync(lambda: str(mine) == "abc")
    assert len(heard) == 1


@pytest.mark.proves("state.client-reconnect")
def test_it_goes_on_where_it_was_after_a_cut(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = both(server, state, other)
    theirs.append("a")
    eventually_sync(lambda: str(mine) == "a")
    for socket in (before := list(server.states.sockets)):
        socket.cut()
    eventually_sync(lambda: not any(socket in server.states.sockets for socket in before))
    eventually_sync(lambda: sum(socket.follows("t/text") for socket in server.states.sockets) == 2)
    asked = [one for socket in server.states.sockets for one in socket.sent if one.get("subscribe")]
    assert all((one["since"], one["epoch"]) in ((0, "e"), (1, "e")) for one in asked)


def test_what_the_server_lacks_is_sent_with_the_next_letter(state: ServerState, server: FakeServer) -> None:
    """A server that lost its last updates gets them again."""
    text = state.text("t")
    text.append("lost")
    server.states.texts["t"] = Doc()
    text.append("!")
    assert str(server.session().text("t")) == "lost!"


def test_an_update_that_is_none_is_passed_over(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    mine, theirs = both(server, state, other)
    for socket in server.states.sockets:
        socket.say({"topic": "state/t/text", "seq": 1, "epoch": "e", "data": {"start": 0, "updates": ["////"]}})
    theirs.append("a")
    eventually_sync(lambda: str(mine) == "a")
    assert "cannot be read" in caplog.text


def test_clocks_are_read_from_a_state_vector() -> None:
    one: Doc[Any] = Doc(client_id=2**40 + 5)
    assert _clocks(one.get_state()) == {}
    assert _clocks(b"\x01\x85\x01\x07") == {133: 7}
    assert _clocks(b"") == {}
    assert not _lacks(b"\x01\x01\x02", b"\x01\x01\x02")
    assert _lacks(b"\x01\x01\x02", b"\x01\x01\x03")
    assert _lacks(b"\x00", b"\x01\x01\x01")
