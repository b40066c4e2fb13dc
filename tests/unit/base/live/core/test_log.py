"""Logs: whatever is lost on the way, whoever is slow, the text of the reader becomes that of the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.live.core.log import LogEntry, Place, State, Step, entry, moved, step
from jupyter_crispdm.base.live.core.message import Message

from .network import Connection, Frame

HERE = Path()
PIECE, TAIL = 3, 5


class Text(LogEntry, frozen=True, omit_defaults=True):
    """Text from a place on."""

    text: str
    start: int


@dataclass
class Letters:
    """A log in memory: it grows, and is cut or written anew, which begins another epoch."""

    text: str = ""
    epoch: int = 0
    is_there: bool = True
    is_over: bool = False
    trouble: str = ""

    def look(self) -> State:
        if not self.is_there:
            return State("", 0, HERE, self.is_over, self.trouble)
        return State(f"e{self.epoch}", len(self.text), HERE, self.is_over, self.trouble)

    def read(self, start: int | None, state: State) -> tuple[Text, int] | None:
        if state.epoch != f"e{self.epoch}":
            return None
        first = max(0, state.end - TAIL) if start is None else start
        text = self.text[first : min(first + PIECE, state.end)]
        return Text(text=text, start=first), first + len(text)

    def cut(self, keep: int) -> None:
        self.text, self.epoch = self.text[:keep] + self.text[len(self.text) - keep :], self.epoch + 1


def message(log: Letters, place: Place, state: State) -> tuple[Message, Place] | None:
    """The next message for a reader, who saw the log in a state."""
    what = step(place, state)
    if what is None:
        return None
    found, end = Text(text="", start=what.start or 0), what.start or 0
    if what.brings:
        part = log.read(what.start, state)
        if part is None:
            return None
        found, end = part
    after = moved(place, state, end, what)
    return Message("log", end, entry(place, state, found, what), after.epoch or None), after


@dataclass
class Client:
    """The client's side: text from a place on, and where to go on."""

    text: str = ""
    start: int = 0
    place: Place = field(default_factory=Place)
    ended: bool = False
    trouble: str = ""

    def receive(self, frame: Frame) -> None:
        data: dict[str, Any] = frame.data
        if data.get("reset") or self.place.cursor is None:
            self.text, self.start, self.trouble = "", data["start"], ""
        elif data["text"]:
            assert data["start"] == self.start + len(self.text), "nothing is missing, nothing comes twice"
            assert frame.epoch == self.place.epoch or not self.place.epoch
        self.text += data["text"]
        self.ended = data.get("ended", False)
        self.trouble = data.get("trouble", self.trouble)
        self.place = Place(frame.seq, frame.epoch)


def test_a_newcomer_begins_near_the_end_and_gets_the_rest() -> None:
    log, place, client = Letters("abcdefgh"), Place(), Client()
    for _ in range(2):
        told = message(log, place, log.look())
        assert told is not None
        client.receive(Frame.of(told[0]))
        place = told[1]
    assert (client.start, client.text) == (3, "defgh")
    assert step(place, log.look()) is None
    log.text += "i"
    assert step(place, log.look()) == Step(8)


@pytest.mark.proves("live.logs")
def test_an_epoch_that_is_over_begins_anew() -> None:
    state = State("e2", 10, HERE)
    assert step(Place(4, "e1"), state) == Step(None, is_reset=True)
    assert step(Place(4, "e2"), state) == Step(4)
    assert step(Place(4), state) == Step(4), "who says no epoch means this one"
    assert step(Place(11), state) == Step(None, is_reset=True), "which has no such place"


def test_word_of_the_log_comes_once_all_is_read() -> None:
    state = State("e", 10, HERE, is_over=True, trouble="odd")
    assert step(Place(4, "e"), state) == Step(4)
    end = Place(10, "e")
    assert step(end, state) == Step(10, brings=False)
    told = entry(end, state, Text(text="", start=10), Step(10, brings=False))
    assert msgspec.to_builtins(told) == {"text": "", "start": 10, "ended": True, "trouble": "odd"}
    assert step(moved(end, state, 10, Step(10, brings=False)), state) is None


def test_a_log_that_is_not_there_yet_is_no_old_one_when_it_comes() -> None:
    nothing = State("", 0, HERE)
    assert step(Place(), nothing) == Step(None, brings=False)
    place = moved(Place(), nothing, 0, Step(None, brings=False))
    assert step(place, nothing) is None
    assert step(place, State("e", 3, HERE)) == Step(None)


def test_trouble_takes_nobody_from_their_place() -> None:
    trouble, place = State("", 0, HERE, trouble="The disk does not answer."), Place(7, "e")
    assert step(place, trouble) == Step(7, brings=False)
    place = moved(place, trouble, 7, Step(7, brings=False))
    assert step(place, trouble) is None
    assert step(place, State("e", 9, HERE)) == Step(7), "where they were"
    again = State("e", 9, HERE)
    assert step(moved(place, again, 9, Step(7)), again) == Step(9, brings=False), "it can be read again"


def test_who_comes_again_is_told_that_a_trouble_is_over() -> None:
    fine, again = State("e", 9, HERE), Place(9, "e")
    assert step(again, fine) == Step(9, brings=False)
    assert entry(again, fine, Text(text="", start=9), Step(9, brings=False)).trouble == ""
    assert step(moved(again, fine, 9, Step(9, brings=False)), fine) is None


def test_who_begins_knows_of_no_trouble() -> None:
    fine, odd = State("e", 9, HERE), State("e", 9, HERE, trouble="odd")
    begun = moved(Place(), fine, 9, Step(None))
    assert step(begun, fine) is None
    assert step(begun, odd) == Step(9, brings=False)


@pytest.mark.parametrize("place", [Place(4, "old", "odd"), Place(None, None, "odd", greeted=True)])
def test_who_begins_anew_is_told_how_it_is(place: Place) -> None:
    for state in (State("e", 9, HERE), State("e", 9, HERE, trouble="odd")):
        begun = moved(place, state, 9, Step(None, is_reset=place.cursor is not None))
        assert step(begun, state) == Step(9, brings=False)
        assert entry(begun, state, Text(text="", start=9), Step(9, brings=False)).trouble == state.trouble


KINDS = ["look", "send", "arrive", "disconnect", "cut", "trouble", "appear"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.text("abc", min_size=1, max_size=7)),
        st.tuples(st.sampled_from(KINDS), st.integers(0, 6)),
    ),
    max_size=80,
)  # fmt: skip


@pytest.mark.proves("live.core", "live.logs")
@given(steps=STEPS, is_there=st.booleans())
def test_whatever_is_lost_on_the_way_the_text_becomes_the_same(steps: list[tuple[str, Any]], is_there: bool) -> None:
    log, client, connection = Letters(is_there=is_there), Client(), Connection()
    sent, state = Place(), log.look()
    for kind, what in [*steps, ("appear", 0), ("write", "end"), ("trouble", 0), ("disconnect", 0), ("finish", 0)]:
        if kind == "write":
            log.text += what if log.is_there else ""
        elif kind == "cut":
            log.cut(what)
        elif kind == "appear":
            log.is_there = True
        elif kind == "trouble":
            log.trouble = "odd" if what > 3 else ""
        elif kind == "look":
            state = log.look()
        elif kind == "arrive":
            for frame in connection.arrive(what):
                client.receive(frame)
        elif kind == "disconnect":
            connection, sent = Connection(), client.place
        else:
            log.is_over = log.is_over or kind == "finish"
            for _ in range(1000 if kind == "finish" else what):
                state = log.look() if kind == "finish" else state
                told = message(log, sent, state)
                if told is None:
                    break
                connection.send(told[0])
                sent = told[1]
    for frame in connection.arrive(9999):
        client.receive(frame)
    assert client.text == log.text[client.start :]
    assert client.place == Place(len(log.text), f"e{log.epoch}")
    assert (client.ended, client.trouble) == (True, "")
