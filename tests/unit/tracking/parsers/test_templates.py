"""A person's own rules: what they find, what they refuse, and how long they take."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.parsers import LogParser, Rule, RuleError, RuleSet, Template
from tests.support import grows_evenly


@pytest.mark.proves("training.rules")
@pytest.mark.parametrize(
    ("template", "name", "line", "values", "step", "epoch"),
    [
        ("loss {value} at {step}", "loss", "loss 0.25 at 30", {"loss": 0.25}, 30, None),
        ("loss {value} at {step}", "train/loss", "12:30 INFO loss 0.25 at 30 done", {"train/loss": 0.25}, 30, None),
        ("err[{*}] = {value}", "error", "err[layer 3] = -1e-3", {"error": -1e-3}, None, None),
        ("{epoch}> {loss}/{acc}", "", "7> 0.5/0.75", {"loss": 0.5, "acc": 0.75}, None, 7.0),
        ("{name} is now {value}", "", "wer is now 12.5", {"wer": 12.5}, None, None),
        ("Q: {value}%", "quality", "Q: 93.5%", {"quality": 93.5}, None, None),
        ("loss  {value}", "loss", "loss .5", {"loss": 0.5}, None, None),
        ("a {value}", "a", "a b a 3", {"a": 3.0}, None, None),
        ("loss {value}", "loss", "loss inf", {"loss": float("inf")}, None, None),
    ],
)
def test_a_template_finds_its_numbers(
    template: str, name: str, line: str, values: dict[str, float], step: int | None, epoch: float | None
) -> None:
    match = Template(template, name).match(line)
    assert match is not None
    assert (match.values, match.step, match.epoch) == (values, step, epoch)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("loss {value}", "loss none"),
        ("loss {value} at {step}", "loss 0.5 in 3"),
        ("loss {value}", "los 3"),
        ("loss {value}", "loss 3x"),
    ],
)
def test_a_template_finds_nothing_else(template: str, line: str) -> None:
    assert Template(template, "a").match(line) is None


@pytest.mark.parametrize(
    ("template", "name", "reason"),
    [
        ("loss", "a", "no gap"),
        ("{value}", "a", "no text"),
        ("loss {value", "a", "left open"),
        ("loss {step}", "a", "no gap is a number"),
        ("loss {value}", "", "needs a name"),
        ("loss {va lue!}", "a", "is no name"),
        ("loss {step}{value}", "a", "text between"),
        (" ".join(f"a{n} {{a{n}}}" for n in range(30)), "", "more than 20 gaps"),
    ],
)
def test_a_template_that_means_nothing_says_why(template: str, name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Template(template, name)
    with pytest.raises(RuleError, match=reason) as refused:
        LogParser(RuleSet([Rule("loss {value}", "loss"), Rule(template, name)]))
    assert refused.value.number == 1


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a {*} b {value}", "a x b "),
        ("a{value}", "a1a"),
        ("{*} a {*} a {value} b", "a a "),
        ("x {value} y", "x x x 1 "),
    ],
)
def test_no_line_takes_a_template_long(template: str, line: str) -> None:
    rule = Template(template, "n")
    assert grows_evenly(lambda length: rule.match(line * length), 2000)


@given(st.text("ab{}*value 0.1", max_size=40), st.text("ab01. ", max_size=60))
def test_any_template_is_read_or_refused(template: str, line: str) -> None:
    with suppress(ValueError):
        match = Template(template, "name").match(line)
        assert match is None or all(0 <= gap.begin <= gap.end <= len(line) for gap in match.gaps)


def test_rules_come_before_what_is_known_and_the_first_wins() -> None:
    rules = RuleSet([Rule("loss {value} at {step}", "mine"), Rule("loss {*} {value}", "never")])
    points = list(LogParser(rules).feed(b"loss 0.25 at 30\nepoch 3: acc 0.5\n", 1.0))
    assert [point[:3] for point in points] == [("mine", 30, 0.25), ("acc", 3, 0.5)]


def test_what_is_known_can_be_turned_off_and_names_can_be_left_alone() -> None:
    log = b"epoch 3: loss 0.5, val_loss 0.6, lr 0.1\n"
    assert list(LogParser(RuleSet(automatic=False)).feed(log, 0.0)) == []
    names = [point.name for point in LogParser(RuleSet(ignore=["val_*", "lr"])).feed(log * 2, 0.0)]
    assert set(names) == {"loss"}


def test_rules_that_differ_have_another_digest() -> None:
    sets = [RuleSet(), RuleSet(automatic=False), RuleSet(ignore=["a"]), RuleSet([Rule("a {value}", "a")])]
    assert len({one.digest for one in sets}) == len(sets)
    assert RuleSet().digest == RuleSet().digest
