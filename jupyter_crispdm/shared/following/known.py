"""What a session knows of one shared value, and what of it is news. Knows no thread, no socket and no clock.

A session is not told of what it wrote itself. Its writes are answered on one road and told to all followers on
another, and either may come first; between two of its writes may lie one of somebody else, of which no fact was sent,
as facts are conflated. So nothing is said while a write is on its way, and then versions are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from jupyter_crispdm.state.types import StateValue


@dataclass(frozen=True)
class News:
    """The newest value; `others`: somebody else has changed it, or had it told."""

    value: StateValue
    others: bool


@dataclass(frozen=True)
class _Own:
    value: StateValue
    notified: bool


class Known:
    """The newest that is known of a value, from what is told and from what one's own writes are answered."""

    def __init__(self, newest: StateValue) -> None:
        self.newest = newest
        self._writing = 0
        self._own: list[_Own] = []
        self._fact: StateValue | None = None

    def begin(self) -> None:
        """A write of this session is on its way."""
        self._writing += 1

    def end(self, answer: StateValue | None, notified: bool = True) -> News | None:
        """A write is answered; None: it failed, or nobody knows. Answers what is new, once none is on its way."""
        self._writing -= 1
        if answer is not None:
            self._own.append(_Own(answer, notified))
        return self._settle()

    def hear(self, fact: StateValue) -> News | None:
        """A fact came. Answers what is new, once no write is on its way."""
        if self._fact is None or _order(fact) > _order(self._fact):
            self._fact = fact
        return self._settle()

    def without(self, notified: bool) -> StateValue:
        """The value as it is after this session has deleted it, as far as one can know."""
        before = self.newest
        grown = max(before.notified, before.version) + 1 if notified else before.notified
        return msgspec.structs.replace(before, value=None, version=0, notified=grown, content=None)

    def _settle(self) -> News | None:
        if self._writing:
            return None
        before, own, fact = self.newest, sorted(self._own, key=lambda one: _order(one.value)), self._fact
        self._own, self._fact = [], None
        others = bool(own) and _has_others(before, own)
        if own:
            self.newest = max(before, own[-1].value, key=_order)
        if fact is not None and _order(fact) > _order(self.newest):
            others = others or fact.notified > self.newest.notified
            self.newest = fact
        return News(self.newest, others) if self.newest is not before else None


def _order(value: StateValue) -> tuple[int, int]:
    """The later of two states of a value is the greater: neither number ever falls, but where there is no value."""
    return value.notified, value.version


def _has_others(before: StateValue, own: list[_Own]) -> bool:
    """Whether somebody else changed the value between one's own writes, or had it told."""
    if own[-1].value.notified == before.notified:
        return False
    expected = before.notified
    for one in own:
        if one.notified:
            expected = max(expected + 1, one.value.version)
    if own[-1].value.notified > expected:
        return True
    if any(not one.value.version for one in own):  # deleted: nobody can count
        return False
    first = before.version or max(before.notified, own[0].value.version - 1)
    return own[-1].value.version - first > len(own)
