"""Who is here: told when they come, change and leave, and gone when they say nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Conflict, Forbidden, NotFound, TooLarge, TooManyRequests, Unprocessable
from jupyter_crispdm.state.presence.manager import GONE_AFTER, PresenceManager
from jupyter_crispdm.state.presence.types import PresenceFact, Visitor, Word
from tests.support import FakeClock


class Told:
    """What was told, the newest last."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, PresenceFact]] = []

    def tell(self, row: str, fact: PresenceFact) -> None:
        self.facts.append((row, fact))

    def taken(self) -> list[tuple[str, str]]:
        """Each fact as its row and what it says of it; told once."""
        facts, self.facts = self.facts, []
        return [(row, fact.visitor.page if isinstance(fact.visitor, Visitor) else "left") for row, fact in facts]


class Here:
    """A manager with a clock that stands still."""

    def __init__(self) -> None:
        self.clock, self.told = FakeClock(), Told()
        self.manager = PresenceManager(self.clock, self.told)

    def says(self, session: str, user: str = "ada", **word: Any) -> Visitor:
        return self.manager.hear(session, user, msgspec.convert(word, Word))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.manager.forget_silent()

    @property
    def sessions(self) -> list[str]:
        return [visitor.session for visitor in self.manager.all()]


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.mark.proves("presence.here")
def test_who_comes_and_moves_is_told_and_a_heartbeat_is_not(here: Here) -> None:
    here.says("ada-page-1", page="/voila/render/a.ipynb")
    here.says("ada-page-1")
    here.says("ada-page-1", page="/voila/render/b.ipynb", scroll=0.5)
    assert here.told.taken() == [("ada-page-1", "/voila/render/a.ipynb"), ("ada-page-1", "/voila/render/b.ipynb")]
    visitor = here.says("ada-page-1", cursor=[0.1, 0.2])
    assert (visitor.page, visitor.scroll, visitor.cursor) == ("/voila/render/b.ipynb", 0.5, (0.1, 0.2))
    assert here.says("ada-page-1", cursor=None).cursor is None


@pytest.mark.proves("presence.here")
def test_who_says_nothing_for_15_seconds_is_gone(here: Here) -> None:
    here.says("ada-page-1")
    here.says("bob-page-1", "bob")
    here.told.taken()
    here.pass_time(GONE_AFTER)
    here.says("bob-page-1", "bob")
    here.pass_time(0.1)
    assert here.sessions == ["bob-page-1"]
    assert here.told.taken() == [("ada-page-1", "left")]
    here.says("ada-page-1")
    assert here.sessions == ["bob-page-1", "ada-page-1"]


@pytest.mark.proves("presence.here")
def test_who_says_goodbye_is_gone_at_once(here: Here) -> None:
    here.says("ada-page-1")
    here.manager.leave("ada-page-1", "ada")
    assert here.sessions == []
    with pytest.raises(NotFound):
        here.manager.leave("ada-page-1", "ada")


@pytest.mark.proves("presence.here")
def test_a_word_that_comes_after_the_goodbye_brings_nobody_back(here: Here) -> None:
    here.says("ada-page-1", visit=1)
    here.manager.leave("ada-page-1", "ada", 1)
    with pytest.raises(Conflict, match="goodbye"):
        here.says("ada-page-1", visit=1)
    with pytest.raises(NotFound):
        here.manager.leave("ada-page-2", "ada", 1)
    with pytest.raises(Conflict):
        here.says("ada-page-2", visit=1)
    assert here.sessions == []


def test_a_page_that_comes_again_is_here_whatever_its_last_visit_still_says(here: Here) -> None:
    here.says("ada-page-1", visit=1)
    here.manager.leave("ada-page-1", "ada", 1)
    here.says("ada-page-1", visit=2, page="/b")
    with pytest.raises(Conflict):
        here.says("ada-page-1", visit=1, page="/a")
    here.manager.leave("ada-page-1", "ada", 1)
    assert [visitor.page for visitor in here.manager.all()] == ["/b"]
    here.manager.leave("ada-page-1", "ada", 2)
    assert here.sessions == []


def test_a_goodbye_is_remembered_for_a_while_and_only_for_who_said_it(here: Here) -> None:
    here.says("ada-page-1")
    here.manager.leave("ada-page-1", "ada")
    here.says("ada-page-1", "bob")
    here.manager.leave("ada-page-1", "bob")
    here.pass_time(61)
    here.says("ada-page-1")
    assert here.sessions == ["ada-page-1"]
    for number in range(120):
        with pytest.raises(NotFound):
            here.manager.leave(f"eve-page-{number}", "eve")
    with pytest.raises(TooManyRequests):
        here.manager.leave("eve-page-x", "eve")


@pytest.mark.proves("presence.own")
def test_nobody_speaks_for_somebody_else(here: Here) -> None:
    here.says("ada-page-1", page="/a")
    with pytest.raises(Forbidden):
        here.says("ada-page-1", "bob", page="/b")
    with pytest.raises(Forbidden):
        here.manager.leave("ada-page-1", "bob")
    assert here.manager.all()[0].page == "/a"


def test_people_have_colors_of_their_own_in_all_their_pages(here: Here) -> None:
    for n in range(8):
        here.says(f"page-of-{n}", f"user{n}")
    again = here.says("page-two-of-3", "user3")
    ninth = here.says("page-of-8", "user8")
    colors = [visitor.color for visitor in here.manager.all()][:8]
    assert sorted(colors) == [*range(8)]
    assert again.color == colors[3]
    assert 0 <= ninth.color < 8


@pytest.mark.proves("presence.bounded")
def test_one_person_is_here_with_so_many_pages(here: Here) -> None:
    for n in range(50):
        here.says(f"ada-page-{n}")
        here.clock.advance(0.1)
    with pytest.raises(Unprocessable):
        here.says("ada-page-50")
    here.says("bob-page-0", "bob")
    here.says("ada-page-0", page="/still/heard")


@pytest.mark.proves("presence.bounded")
def test_a_selection_is_small(here: Here) -> None:
    with pytest.raises(TooLarge) as refused:
        here.says("ada-page-1", selection="x" * 2000)
    assert refused.value.details["field"] == "selection"
    assert here.sessions == []


@pytest.mark.proves("presence.bounded")
def test_who_floods_is_refused_and_others_are_not(here: Here) -> None:
    for _ in range(120):
        here.says("ada-page-1")
    with pytest.raises(TooManyRequests):
        here.says("ada-page-1")
    here.says("bob-page-1", "bob")
    here.clock.advance(1)
    here.says("ada-page-1")


@pytest.mark.proves("presence.bounded")
@pytest.mark.parametrize(
    "word",
    [
        {"page": "lab"}, {"page": "//other.host/"}, {"page": "/\\other.host"}, {"page": "/a?token=x"}, {"page": "/a#b"},
        {"page": "javascript:alert(1)"}, {"page": "/" + "a" * 1000}, {"page": "/a\nb"}, {"title": "a\nb"},
        {"title": "x" * 201}, {"tab": "x" * 201}, {"scroll": 1.1}, {"scroll": -0.1}, {"cursor": [0.5]},
        {"cursor": [0.5, 2]}, {"user": "bob"}, {"scroll": "0.5"},
    ],
)  # fmt: skip
def test_a_page_says_nothing_that_is_no_place(word: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(word), type=Word)
