"""Widgets and shared values that are the same: in one session, in two, while both move, while the server is away."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from ipywidgets import IntRangeSlider, IntSlider, Text
from traitlets import Unicode

from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.client.errors import ServerUnreachable
from jupyter_crispdm.shared import NotShareable, ServerState
from tests.support import eventually_sync
from tests.unit.shared.fakes import FakeServer


def all_follow(server: FakeServer, sessions: int, key: str = "k") -> None:
    eventually_sync(lambda: sum(socket.follows(key) for socket in server.states.sockets) == sessions)


@pytest.mark.proves("state.client-link", "state.python-observe")
def test_two_sessions_move_one_slider(state: ServerState, other: ServerState, server: FakeServer) -> None:
    mine, theirs = IntSlider(value=3), IntSlider()
    state.link("k", (mine, "value"))
    other.link("k", (theirs, "value"))
    assert (theirs.value, state["k"]) == (3, 3), "who comes later takes what there is"
    all_follow(server, 2)
    mine.value = 50
    eventually_sync(lambda: theirs.value == 50)
    theirs.value = 7
    eventually_sync(lambda: mine.value == 7)
    assert state["k"] == 7


@pytest.mark.proves("state.client-link")
def test_a_slider_that_is_dragged_ends_where_it_was_let_go(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    mine, theirs = IntSlider(max=1000), IntSlider(max=1000)
    state.link("k", (mine, "value"))
    other.link("k", (theirs, "value"))
    all_follow(server, 2)
    for position in range(1, 1001):
        mine.value = position
    eventually_sync(lambda: theirs.value == 1000)
    assert (mine.value, state["k"]) == (1000, 1000)


@pytest.mark.proves("state.client-link")
def test_both_end_at_the_same_place_when_both_move_at_once(
    state: ServerState, other: ServerState, server: FakeServer
) -> None:
    mine, theirs = IntSlider(max=1000), IntSlider(max=1000)
    state.link("k", (mine, "value"))
    other.link("k", (theirs, "value"))
    all_follow(server, 2)
    for position in range(200):
        mine.value, theirs.value = position, 999 - position
    eventually_sync(lambda: mine.value == theirs.value == server.states.current("k").value)


def test_two_widgets_of_one_session_are_the_same(state: ServerState, server: FakeServer) -> None:
    one, two = IntSlider(), IntSlider()
    state.link("k", (one, "value"))
    state.link("k", (two, "value"))
    one.value = 5
    eventually_sync(lambda: two.value == 5)
    state["k"] = 6
    eventually_sync(lambda: one.value == two.value == 6)
    state.increment("k")
    eventually_sync(lambda: one.value == two.value == 7)


def test_a_value_that_does_not_fit_is_said_and_not_written_back(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    slider = IntSlider(max=10)
    state.link("k", (slider, "value"))
    all_follow(server, 1)
    other["k"] = "a word"
    eventually_sync(lambda: "'k' does not fit" in caplog.text)
    other["k"] = 99
    eventually_sync(lambda: slider.value == 10)
    assert other["k"] == 99, "a slider that is too short shortens nobody else's value"


def test_a_deleted_value_leaves_the_widget(state: ServerState, other: ServerState, server: FakeServer) -> None:
    slider = IntSlider(value=3)
    state.link("k", (slider, "value"))
    all_follow(server, 1)
    del other["k"]
    other["k"] = 4
    eventually_sync(lambda: slider.value == 4)


def test_after_unlinking_both_go_their_own_ways(state: ServerState, other: ServerState, server: FakeServer) -> None:
    slider = IntSlider(value=3)
    link = state.link("k", (slider, "value"))
    all_follow(server, 1)
    link.unlink()
    all_follow(server, 0)
    slider.value = 9
    other["k"] = 1
    assert (slider.value, state["k"]) == (9, 1)


def test_a_range_travels_as_a_list_and_is_a_range_again(state: ServerState, other: ServerState) -> None:
    mine, theirs = IntRangeSlider(value=(2, 5)), IntRangeSlider()
    state.link("k", (mine, "value"))
    other.link("k", (theirs, "value"))
    assert (theirs.value, state["k"]) == ((2, 5), [2, 5])


@pytest.mark.proves("state.client-reconnect")
def test_what_was_chosen_while_the_server_was_away_is_written_when_it_is_back(
    state: ServerState, server: FakeServer
) -> None:
    slider = IntSlider()
    state.link("k", (slider, "value"))
    error = ServerUnreachable("nobody there")
    error.__cause__ = httpx.ConnectError("refused")
    server.states.failing = [error] * 40
    slider.value = 1
    slider.value = 2
    eventually_sync(lambda: server.states.current("k").value == 2)
    assert slider.value == 2


def test_who_may_not_write_sees_what_there_is(
    state: ServerState, other: ServerState, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    other["k"] = 3
    slider = IntSlider()
    state.link("k", (slider, "value"))
    server.states.failing = [Forbidden("It is for analysts.")]
    slider.value = 8
    eventually_sync(lambda: slider.value == 3)
    assert "It is for analysts." in caplog.text


@pytest.mark.proves("state.client-hold")
def test_a_move_in_a_quiet_block_refreshes_nobody(state: ServerState, other: ServerState, server: FakeServer) -> None:
    heard: list[Any] = []
    slider = IntSlider()
    state.link("k", (slider, "value"))
    other.observe(lambda change: heard.append(change.new), "k")
    all_follow(server, 2)
    with state.hold_notifications():
        slider.value = 5
    eventually_sync(lambda: server.states.current("k").value == 5)
    slider.value = 6
    eventually_sync(lambda: heard)
    assert heard == [6]


def test_a_widget_of_what_cannot_travel_is_refused(state: ServerState) -> None:
    text = Text()
    text.add_traits(odd=Unicode())
    text.odd = "\ud800"
    with pytest.raises(NotShareable):
        state.link("k", (text, "odd"))
