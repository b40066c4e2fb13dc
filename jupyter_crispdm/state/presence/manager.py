"""Who is here. Knows no HTTP, and keeps nothing: who is here says so again."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, Forbidden, NotFound, TooLarge, TooManyRequests, Unprocessable
from jupyter_crispdm.base.tasks import Loop

from .types import PresenceFact, Visitor, Word

GONE_AFTER = 15.0
"""Seconds after the last word of a page."""
_UNDER_WAY = 60.0
"""Seconds that a word may still be on its way after its page said goodbye."""
COLORS = 8
_SELECTION = 2000
_PAGES_EACH = 50
_PAGES = 5000
_RATE, _BURST = 60.0, 120.0


class Feed(Protocol):
    """Where it is told what became of somebody."""

    def tell(self, row: str, fact: PresenceFact) -> None:
        """Tell it."""


@dataclass
class _Known:
    visitor: Visitor
    visit: int
    heard: float


@dataclass(frozen=True)
class _Gone:
    user: str
    visit: int
    said: float


class PresenceManager:
    """Everybody's pages by their sessions. A page that says nothing for 15 seconds is gone."""

    def __init__(self, clock: Clock, feed: Feed) -> None:
        self._clock, self._feed = clock, feed
        self._known: dict[str, _Known] = {}
        self._gone: dict[str, _Gone] = {}
        self._budgets = Shared(lambda: TokenBucket(_RATE, _BURST, clock))
        self._loop = Loop("who is here", self._run, clock=clock)

    def start(self) -> None:
        """Begin to forget who is gone."""
        self._loop.start()

    async def close(self) -> None:
        """Forget nobody more."""
        await self._loop.close()

    def all(self) -> list[Visitor]:
        """Who is here, those who came first first."""
        return [known.visitor for known in self._known.values()]

    def hear(self, session: str, user: str, word: Word) -> Visitor:
        """Take what a page says of itself, and tell it where it is new.

        Raises Forbidden for a session of somebody else, Conflict for what it said before its goodbye, TooLarge,
        Unprocessable, TooManyRequests.
        """
        self._spend(user)
        known = self._known.get(session)
        self._check(session, user, word, known)
        if word.visit < self._first_visit(session, user):
            raise Conflict("This page has said goodbye since it said this.", field="visit")
        before = known.visitor if known else self._newcomer(session, user)
        after = msgspec.structs.replace(before, **_said(word))
        self._known[session] = _Known(after, word.visit, self._clock.monotonic())
        if known is None or after != before:
            self._feed.tell(session, PresenceFact(visitor=after))
        return after

    def leave(self, session: str, user: str, visit: int = 0) -> None:
        """A visit of a page is over, also where its goodbye is faster than its words.

        Raises NotFound, Forbidden, TooManyRequests.
        """
        known = self._known.get(session)
        if known is None:
            self._spend(user)
        else:
            _require_own(known.visitor, user)
        if visit + 1 >= self._first_visit(session, user):
            self._gone[session] = _Gone(user, visit, self._clock.monotonic())
        if known is None:
            raise NotFound(f"Nobody is here with the session '{session}'.", field="session")
        if known.visit <= visit:
            self._drop(session)

    def forget_silent(self) -> None:
        """Forget who has said nothing for too long, and goodbyes that nothing can come after."""
        now = self._clock.monotonic()
        for session in [session for session, known in self._known.items() if known.heard < now - GONE_AFTER]:
            self._drop(session)
        self._gone = {session: gone for session, gone in self._gone.items() if gone.said >= now - _UNDER_WAY}

    def _first_visit(self, session: str, user: str) -> int:
        """The first visit of a page that can still be heard of."""
        known, gone = self._known.get(session), self._gone.get(session)
        after = gone.visit + 1 if gone is not None and gone.user == user else 0
        return max(after, known.visit if known else 0)

    def _newcomer(self, session: str, user: str) -> Visitor:
        return Visitor(session=session, user=user, color=self._color(user), since=utc(self._clock.now()))

    def _color(self, user: str) -> int:
        """That of the person's other pages, else the one that the fewest people have."""
        colors = {visitor.user: visitor.color for visitor in self.all()}
        if user in colors:
            return colors[user]
        used = Counter(colors.values())
        return min(range(COLORS), key=lambda color: used[color])

    def _check(self, session: str, user: str, word: Word, known: _Known | None) -> None:
        if known is not None:
            _require_own(known.visitor, user)
        elif len(self._known) >= _PAGES or self._pages_of(user) >= _PAGES_EACH:
            raise Unprocessable(f"You are here with {_PAGES_EACH} pages, the most there may be.", field="session",
                                limit=_PAGES_EACH)
        if word.selection is not UNSET and len(msgspec.json.encode(word.selection)) > _SELECTION:
            raise TooLarge(f"'selection' may have {_SELECTION:,} bytes of JSON.", field="selection", limit=_SELECTION)

    def _pages_of(self, user: str) -> int:
        return sum(visitor.user == user for visitor in self.all())

    def _spend(self, user: str) -> None:
        if not self._budgets.of(user).try_take():
            TALLY.add("words of pages refused")
            raise TooManyRequests("Your pages say where they are too often.", retry_after=1)

    def _drop(self, session: str) -> None:
        del self._known[session]
        self._feed.tell(session, PresenceFact(left=session))

    async def _run(self) -> None:
        while True:
            self.forget_silent()
            await asyncio.sleep(1)


def _said(word: Word) -> dict[str, Any]:
    said = msgspec.structs.asdict(word)
    return {name: value for name, value in said.items() if value is not UNSET and name != "visit"}


def _require_own(visitor: Visitor, user: str) -> None:
    if visitor.user != user:
        raise Forbidden("This session is somebody else's.", field="session")
