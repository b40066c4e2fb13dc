"""What of a shared value is news to a session: the answers of its own writes and the facts come in any order."""

from __future__ import annotations

import itertools

import pytest

from jupyter_crispdm.shared.following.known import Known, News
from jupyter_crispdm.state.types import StateValue
from tests.unit.shared.fakes import value_of


def at(version: int, notified: int | None = None, value: object = None) -> StateValue:
    return value_of(value=value, version=version, notified=version if notified is None else notified)


def others(news: News | None) -> bool:
    return news is not None and news.others


@pytest.fixture
def known() -> Known:
    return Known(at(5))


@pytest.mark.proves("state.client-observe")
def test_what_others_write_is_news_and_what_was_known_is_not(known: Known) -> None:
    assert known.hear(at(5)) is None
    assert known.hear(at(6)) == News(at(6), others=True)
    assert known.hear(at(6)) is None
    assert known.hear(at(5)) is None, "a fact that was overtaken"


@pytest.mark.proves("state.client-own")
@pytest.mark.parametrize("fact_first", [True, False])
def test_ones_own_write_is_no_news_whichever_road_is_faster(known: Known, fact_first: bool) -> None:
    known.begin()
    if fact_first:
        assert known.hear(at(6)) is None
    assert not others(known.end(at(6)))
    assert known.hear(at(6)) is None
    assert known.newest == at(6)


@pytest.mark.proves("state.client-own")
def test_what_others_wrote_before_ones_own_is_news_though_no_fact_told_it(known: Known) -> None:
    """Facts are conflated: of two messages in a chat only the second may be told."""
    known.begin()
    assert others(known.end(at(7)))


@pytest.mark.proves("state.client-own")
def test_what_others_wrote_after_ones_own_is_news(known: Known) -> None:
    known.begin()
    known.hear(at(7))
    assert known.end(at(6)) == News(at(7), others=True)


def test_many_writes_at_once_are_all_ones_own(known: Known) -> None:
    for order in itertools.permutations((6, 7, 8)):
        session = Known(at(5))
        for _ in order:
            session.begin()
        ends = [session.end(at(version)) for version in order]
        assert ends[:2] == [None, None], "nothing is said while a write is on its way"
        assert not others(ends[2])
        assert session.newest == at(8)


@pytest.mark.proves("state.client-hold")
def test_a_silent_write_is_no_news_whoever_made_it(known: Known) -> None:
    known.begin()
    assert not others(known.end(at(6, 5), notified=False))
    assert not others(known.hear(at(7, 5)))
    known.begin()
    assert not others(known.end(at(8, 8)))


@pytest.mark.proves("state.client-hold")
def test_having_all_told_is_news_also_to_who_asked(known: Known) -> None:
    assert others(known.hear(at(5, 6)))
    known.begin()
    assert others(known.end(at(6, 8))), "somebody had it told meanwhile: 7 was expected"


def test_a_write_that_failed_hides_nothing(known: Known) -> None:
    known.begin()
    assert known.hear(at(6)) is None
    assert known.end(None) == News(at(6), others=True)


def test_deleting_and_making_anew_goes_on_counting(known: Known) -> None:
    assert others(known.hear(at(0, 6)))
    assert known.newest.version == 0
    assert others(known.hear(at(7)))


@pytest.mark.proves("state.client-own")
def test_ones_own_deletion_is_no_news(known: Known) -> None:
    known.begin()
    gone = known.without(notified=True)
    assert (gone.version, gone.notified, gone.value) == (0, 6, None)
    assert not others(known.end(gone))
    assert known.hear(at(0, 6)) is None
    known.begin()
    assert not others(known.end(at(7))), "and making it anew is not either"


def test_a_fact_from_before_one_made_it_deletes_nothing() -> None:
    known = Known(at(0, 3))
    known.begin()
    known.hear(at(0, 3))
    assert not others(known.end(at(4)))
    assert known.newest == at(4)


def test_the_first_write_of_a_value_that_was_never_there() -> None:
    known = Known(at(0, 0))
    known.begin()
    assert not others(known.end(at(1)))
