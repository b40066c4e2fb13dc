"""Shapes of lines that were seen before are read by their plan at once: what is said stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.tracking.parsers import LogParser, Rule, RuleSet
from jupyter_crispdm.tracking.points import Point
from tests.unit.tracking.parsers.recording import RECORDED, logs
from tests.unit.tracking.parsers.saying import points, said


def afresh(data: bytes) -> list[Point]:
    """What a log says when each line is read by a reader that has seen no shape."""
    found: list[Point] = []
    parser = LogParser()
    for line in data.splitlines(keepends=True):
        another = LogParser()
        another.restore(parser.state())
        parser = another
        found += parser.feed(line, 5.0)
    return [*found, *parser.finish(5.0)]


@pytest.mark.parametrize("path", logs(), ids=lambda path: path.relative_to(RECORDED).as_posix())
def test_a_log_says_the_same_whether_its_shapes_are_known_or_not(path: Path) -> None:
    data, parser = path.read_bytes(), LogParser()
    assert repr([*parser.feed(data, 5.0), *parser.finish(5.0)]) == repr(afresh(data))


@pytest.mark.parametrize(
    "between",
    [
        "  epoch  loss",
        "Test Error:",
        "Epoch 4/9",
        "{'loss': 0.5}",
        '{"loss": 0.5}',
        "| rollout/ | |",
        " 50%|██ | 1/2 [a, loss=3]",
    ],
)
def test_what_stands_above_a_known_shape_still_counts(between: str) -> None:
    lines = ("step 1: loss 0.5", "accuracy: 0.25", "took 3 s", between, "accuracy: 0.75", "took 4 s", "accuracy: 0.5")
    assert repr(points(*lines)) == repr(afresh("".join(f"{line}\n" for line in lines).encode()))


def test_a_heading_ends_at_a_known_line_that_says_nothing() -> None:
    assert said("took 3 s", "Test Error:", "took 4 s", "accuracy: 0.5") == {"accuracy": (None, 0.5)}
    assert said("took 3 s", "Test Error:", "accuracy: 0.5") == {"test/accuracy": (None, 0.5)}


def test_rules_come_before_shapes_that_are_known() -> None:
    parser = LogParser(RuleSet([Rule("loss {value} of", "mine")]))
    lines = b"".join(b"loss %d.5 of it\n" % number for number in range(3))
    assert {point.name for point in parser.feed(lines, 0.0)} == {"mine"}
    assert [*LogParser(RuleSet(automatic=False)).feed(b"loss: 0.5\nloss: 0.25\n", 0.0)] == []


def test_shapes_without_end_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_crispdm.tracking.parsers.parser._MOST_KNOWN", 10)
    lines = [f"loss: 0.{number}{' ' * number}" + "x" * number for number in range(200)]
    assert len(points(*(f"step 1{number} loss 0.5{' |' * number} acc 0.5" for number in range(40)))) == 80
    assert repr(points(*lines)) == repr(afresh("".join(f"{line}\n" for line in lines).encode()))
