"""What travels about rules."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jupyter_crispdm.base.wire import Body, Wire

from ..parsers.rules import Rule, RuleSet

MOST_TEXT = 256 << 10


class MetricRules(Wire, frozen=True):
    """The rules as they are kept: `revision` counts their changes, `trouble` says why they cannot be read."""

    revision: int
    rules: list[Rule]
    ignore: list[str]
    automatic: bool
    trouble: str = ""


class MetricRulesChange(Body, frozen=True):
    """The rules as they shall be. `base`: the revision that they were made from; null writes over whatever there is."""

    rules: list[Rule] = msgspec.field(default_factory=list)
    ignore: list[str] = msgspec.field(default_factory=list)
    automatic: bool = True
    base: int | None = None


class RuleTrial(Body, frozen=True):
    """MetricRules, and a piece of a log to try them on."""

    text: Annotated[str, msgspec.Meta(max_length=MOST_TEXT)]
    rules: RuleSet = msgspec.field(default_factory=RuleSet)


class RuleSpan(Wire, frozen=True):
    """A piece of a line, from one character up to another: a `value` of the series `name`, a `step`, an `epoch`."""

    begin: int
    end: int
    role: str
    name: str = ""


class TriedLine(Wire, frozen=True):
    """A line without its colours and with single spaces, and what was found in it.

    `rule` is the number of the rule that found it, null for what is found without one.
    """

    text: str
    spans: list[RuleSpan]
    rule: int | None = None


class TriedSeries(Wire, frozen=True):
    """A series that was found: how many points, the last of them."""

    name: str
    points: int
    step: int | None
    value: float | str | None


class RulesTried(Wire, frozen=True):
    """What rules find in a log: its last lines, and the series in all of it. `more`: there were lines before."""

    lines: list[TriedLine]
    series: list[TriedSeries]
    more: bool = False
