"""Which version bore which alias from when until when: pure functions on spans, the oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from .types import AliasSpan, SpanEnd, SpanStart

MOST_SPANS = 1_000
Spans = list[AliasSpan]


def pointed(spans: Spans, alias: str, version: int, by: str, when: datetime, how: SpanStart = SpanStart.set) -> Spans:
    """An alias goes to a version; nothing changes where it is there already."""
    if current(spans).get(alias) == version:
        return spans
    ending = SpanEnd.rollback if how is SpanStart.rollback else SpanEnd.moved
    started = AliasSpan(alias, version, when, by, how)
    return _bounded([*_ended(spans, {alias}, by, when, ending), started])


def removed(spans: Spans, alias: str, by: str, when: datetime) -> Spans:
    """An alias is no more."""
    return _ended(spans, {alias}, by, when, SpanEnd.removed)


def without_version(spans: Spans, version: int, by: str, when: datetime) -> Spans:
    """A version is deleted, and the aliases that pointed to it with it."""
    bore = {alias for alias, number in current(spans).items() if number == version}
    return _ended(spans, bore, by, when, SpanEnd.deleted)


def current(spans: Iterable[AliasSpan]) -> dict[str, int]:
    """Where the aliases point to, by name."""
    return dict(sorted((span.alias, span.version) for span in spans if span.until is None))


def before(spans: Iterable[AliasSpan], alias: str, known: Collection[int]) -> int | None:
    """The version that a roll back of an alias leads to, of those that there still are; None where there is none.

    Each roll back takes back one more step; where the alias was removed, it comes back.
    """
    steps: list[int] = []
    here: int | None = None
    for span in spans:
        if span.alias != alias:
            continue
        if span.how is SpanStart.rollback:
            while steps and steps.pop() != span.version:
                pass
        elif here is not None:
            steps.append(here)
        here = span.version
        if span.ending in (SpanEnd.removed, SpanEnd.deleted):
            steps.append(here)
            here = None
    return next((step for step in reversed(steps) if step in known and step != here), None)


def reconciled(spans: Spans, aliases: Mapping[str, int], when: datetime) -> Spans:
    """Spans that fit the aliases: those of before the history was kept, or of a record that somebody wrote by hand."""
    wrong = {alias for alias, version in current(spans).items() if aliases.get(alias) != version}
    fitting = _ended(spans, wrong, "", when, SpanEnd.deleted)
    missing = [alias for alias in sorted(aliases) if alias not in current(fitting)]
    return _bounded([*fitting, *(AliasSpan(alias, aliases[alias], when, "", SpanStart.known) for alias in missing)])


def _ended(spans: Spans, aliases: Collection[str], by: str, when: datetime, ending: SpanEnd) -> Spans:
    """The spans of these aliases end; after a clock that went back, none ends before it began."""
    return [
        msgspec.structs.replace(span, until=max(when, span.since), ended_by=by, ending=ending)
        if span.until is None and span.alias in aliases
        else span
        for span in spans
    ]


def _bounded(spans: Spans) -> Spans:
    """The newest of them, and all that go on."""
    if len(spans) <= MOST_SPANS:
        return spans
    old = [span for span in spans[:-MOST_SPANS] if span.until is None]
    return [*old, *spans[-MOST_SPANS:]]
