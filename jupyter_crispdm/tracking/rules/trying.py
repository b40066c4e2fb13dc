"""What rules find in a piece of a log, shown on the lines themselves."""

from __future__ import annotations

import math

from ..parsers import LogParser, RuleSet
from ..parsers.lines import LineCutter
from ..parsers.numbers import split, value_of
from ..parsers.templates import NAME, PLACES, Match
from ..points import Point
from .types import RuleSpan, RulesTried, TriedLine, TriedSeries

MOST_LINES = 500
_MOST_CHARACTERS = 2000
_MOST_SERIES = 200


def tried(rules: RuleSet, text: str) -> RulesTried:
    """What rules find in a text, as in a log that begins with it. Raises RuleError."""
    parser, cutter = LogParser(rules), LineCutter()
    lines: list[TriedLine] = []
    series: dict[str, list[Point]] = {}
    for line in [*cutter.feed(text.encode("utf-8", "replace")), *cutter.finish()]:
        points = parser.read(line, 0.0)
        for point in points:
            series.setdefault(point.name, []).append(point)
        plain = " ".join(line.text.split())
        if plain and (line.final or points):
            lines.append(_line(parser, plain, points))
    found = [_series(name, points) for name, points in list(series.items())[:_MOST_SERIES]]
    return RulesTried(lines[-MOST_LINES:], found, len(lines) > MOST_LINES)


def _line(parser: LogParser, text: str, points: list[Point]) -> TriedLine:
    for number, template in enumerate(parser.templates):
        match = template.match(text)
        if match is not None:
            return TriedLine(text[:_MOST_CHARACTERS], _gaps(match, parser.rules.rules[number].name), number)
    return TriedLine(text[:_MOST_CHARACTERS], _found(text[:_MOST_CHARACTERS], points))


def _gaps(match: Match, name: str) -> list[RuleSpan]:
    roles = {**{place: place for place in PLACES}, NAME: "name"}
    named = name or next(iter(match.values), "")
    return [
        RuleSpan(gap.begin, gap.end, roles[gap.meaning]) if gap.meaning in roles
        else RuleSpan(gap.begin, gap.end, "value", gap.meaning if gap.meaning in match.values else named)
        for gap in match.gaps
        if gap.meaning != "*"
    ]  # fmt: skip


def _found(text: str, points: list[Point]) -> list[RuleSpan]:
    """Where the values stand that were found without a rule: each is a number of the line."""
    wanted = {point.name: point.value for point in points if point.name != "epoch"}
    spans: list[RuleSpan] = []
    texts, numbers = split(text)
    place = len(texts[0])
    for number, after in zip(numbers, texts[1:], strict=True):
        value = value_of(number)
        name = next((name for name, one in wanted.items() if one == value or (one != one and value != value)), None)
        if name is not None:
            del wanted[name]
            spans.append(RuleSpan(place, place + len(number), "value", name))
        place += len(number) + len(after)
    return spans


def _series(name: str, points: list[Point]) -> TriedSeries:
    last = points[-1]
    value: float | str | None = last.value
    if not math.isfinite(last.value):
        value = None if math.isnan(last.value) else "Infinity" if last.value > 0 else "-Infinity"
    return TriedSeries(name, len(points), last.step, value)
