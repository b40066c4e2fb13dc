"""A document merges what comes in any order and however often, and nothing that is broken."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.state.text.document import Document
from tests.unit.state.text.writers import Writer


def test_what_was_written_is_there_and_its_update_is_told() -> None:
    ada, document = Writer(), Document()
    news = document.apply(ada.write(0, "hello"))
    assert (document.text, document.size) == ("hello", 5)
    assert Document([news]).text == "hello"


def test_size_is_in_bytes() -> None:
    document = Document()
    document.apply(Writer().write(0, "a😀é"))
    assert document.size == len("a😀é".encode())


def test_what_comes_twice_is_no_news() -> None:
    ada, document = Writer(), Document()
    update = ada.write(0, "once")
    assert document.apply(update)
    assert document.apply(update) == b""
    assert document.text == "once"


def test_what_builds_on_something_missing_waits_and_is_told_with_it() -> None:
    ada, document = Writer(), Document()
    first, second = ada.write(0, "a"), ada.write(1, "b")
    assert document.apply(second) == b""
    assert document.text == ""
    news = document.apply(first)
    assert document.text == "ab"
    assert Document([news]).text == "ab"


def test_nothing_that_waited_is_forgotten() -> None:
    """An order in which pycrdt 0.14 alone loses a letter."""
    ada, bob = Writer(who=1), Writer(who=2)
    steps = [(ada, 0), (bob, 0), (bob, 0), (bob, 2), (ada, 0), (bob, 0)]
    updates = [person.write(at, "a") for person, at in steps]
    document = Document()
    for number in (4, 5, 1, 0, 5, 3, 1, 2, 4, 2, 0, 3):
        document.apply(updates[number])
    assert document.text == "aaaaaa"


@pytest.mark.proves("state.text-limits")
@pytest.mark.parametrize("broken", [b"", b"\x00", b"\xff" * 20, b"garbage-really", b"{}"])
def test_what_is_no_update_is_refused(broken: bytes) -> None:
    document = Document([Writer().write(0, "as it was")])
    with pytest.raises(BadRequest) as refused:
        document.apply(broken)
    assert refused.value.details["field"] == "update"
    assert document.text == "as it was"


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(broken: bytes) -> None:
    document = Document([Writer(who=1).write(0, "x")])
    try:
        document.apply(broken)
    except BadRequest:
        assert document.text == "x"


@given(st.data())
def test_a_cut_update_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    update = Writer(who=1).write(0, "several words")
    length = data.draw(st.integers(0, len(update) - 1))
    document = Document()
    with suppress(BadRequest):
        document.apply(update[:length])
    assert document.text == ""


def test_emptied_it_says_nothing_and_who_knows_it_sees_it_go() -> None:
    ada = Writer()
    document = Document([ada.write(0, "hello")])
    ada.hear(document.empty())
    assert (document.text, str(ada)) == ("", "")
    assert b"hello" not in document.empty(), "nor does it hold what it said"


_Step = tuple[int, str, int]
STEPS = st.lists(st.tuples(st.integers(0, 2), st.text("abcxyz", max_size=3), st.integers(0, 9)), max_size=12)


@given(STEPS, st.randoms(use_true_random=False))
@pytest.mark.proves("state.text")
def test_whatever_the_order_all_have_the_same(steps: list[_Step], random: Random) -> None:
    """Three people write without hearing of each other; the server hears of it shuffled and doubled."""
    people = [Writer(who=who + 1) for who in range(3)]
    updates: list[bytes] = []
    for who, what, at in steps:
        if what:
            updates.append(people[who].write(min(at, len(str(people[who]))), what))
    sent = updates + updates
    random.shuffle(sent)
    document = Document()
    told = [news for update in sent if (news := document.apply(update))]
    copy = Document(told)
    for person in people:
        person.hear(document.whole)
        assert str(person) == document.text == copy.text
    assert sorted(document.text) == sorted("".join(what for _, what, _ in steps))
