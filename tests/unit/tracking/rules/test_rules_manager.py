"""The rules of a server: kept, changed, tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, StorageFull
from jupyter_crispdm.tracking.parsers import Rule, RuleSet
from jupyter_crispdm.tracking.rules import manager as rules_manager
from jupyter_crispdm.tracking.rules.manager import RulesManager
from jupyter_crispdm.tracking.rules.types import MetricRulesChange, RuleTrial

LOSS = Rule("loss {value} at {step}", "loss")


@pytest.mark.proves("training.rules")
async def test_rules_are_kept_and_found_again(tmp_path: Path) -> None:
    rules = RulesManager(tmp_path / "tracking")
    rules.load()
    assert (rules.show().revision, rules.current()) == (0, RuleSet())
    answer = await rules.change(MetricRulesChange([LOSS], ["lr"], automatic=False, base=0))
    assert (answer.revision, answer.rules, answer.ignore, answer.automatic) == (1, [LOSS], ["lr"], False)
    again = RulesManager(tmp_path / "tracking")
    again.load()
    assert again.show() == answer
    assert again.current() == RuleSet([LOSS], ["lr"], automatic=False)


async def test_who_was_slower_is_told_and_changes_nothing(tmp_path: Path) -> None:
    rules = RulesManager(tmp_path)
    await rules.change(MetricRulesChange([LOSS], base=0))
    with pytest.raises(Conflict) as refused:
        await rules.change(MetricRulesChange([], base=0))
    assert refused.value.details == {"revision": 1}
    assert rules.show().rules == [LOSS]
    assert (await rules.change(MetricRulesChange([]))).revision == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (MetricRulesChange([LOSS, Rule("loss {", "a")]), "rules[1].template"),
        (MetricRulesChange([Rule("loss {value}")]), "rules[0].template"),
        (MetricRulesChange(ignore=[""]), "ignore[0]"),
        (MetricRulesChange([LOSS] * 51), "rules"),
    ],
)
async def test_rules_that_mean_nothing_name_their_field(tmp_path: Path, change: MetricRulesChange, field: str) -> None:
    rules = RulesManager(tmp_path)
    with pytest.raises(BadRequest) as refused:
        await rules.change(change)
    assert refused.value.details["field"].startswith(field)
    assert rules.show().revision == 0


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b'{"revision": 1, "rules": {"rules": [{"template": "x"}]}}', b"x" * (300 << 10)]
)
def test_a_file_that_is_damaged_says_so_and_there_are_no_rules(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "metric-rules.json").write_bytes(content)
    rules = RulesManager(tmp_path)
    rules.load()
    assert rules.current() == RuleSet()
    assert "cannot be read" in rules.show().trouble


async def test_a_full_disk_leaves_the_rules_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RulesManager(tmp_path)
    await rules.change(MetricRulesChange([LOSS]))

    def full(*_: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(rules_manager, "write_atomic", full)
    with pytest.raises(StorageFull):
        await rules.change(MetricRulesChange([]))
    assert rules.show() == rules.show()
    assert (rules.show().revision, rules.show().rules) == (1, [LOSS])


@pytest.mark.proves("training.rules-live")
async def test_a_trial_shows_on_the_lines_what_is_found_and_keeps_nothing(tmp_path: Path) -> None:
    rules = RulesManager(tmp_path)
    text = "hello\n\x1b[1mloss  0.5 at 7\x1b[0m\nepoch 2: acc 0.75, lr 0.1\nloss nan at 8"
    tried = await rules.try_out(RuleTrial(text, RuleSet([LOSS])))
    assert [line.text for line in tried.lines] == [
        "hello",
        "loss 0.5 at 7",
        "epoch 2: acc 0.75, lr 0.1",
        "loss nan at 8",
    ]
    assert [line.rule for line in tried.lines] == [None, 0, None, 0]
    found = [[(line.text[span.begin : span.end], span.role, span.name) for span in line.spans] for line in tried.lines]
    assert found[1] == [("0.5", "value", "loss"), ("7", "step", "")]
    assert found[2] == [("0.75", "value", "acc"), ("0.1", "value", "lr")]
    assert {series.name: (series.points, series.step, series.value) for series in tried.series} == {
        "loss": (2, 8, None),
        "acc": (1, 2, 0.75),
        "lr": (1, 2, 0.1),
    }
    assert rules.current() == RuleSet()


async def test_a_trial_shows_the_last_lines_of_a_long_log(tmp_path: Path) -> None:
    tried = await RulesManager(tmp_path).try_out(RuleTrial("epoch 1: loss 0.5\n" + "line\n" * 2000))
    assert (len(tried.lines), tried.more, tried.series[0].points) == (500, True, 1)


async def test_a_trial_of_bars_shows_those_that_say_something(tmp_path: Path) -> None:
    text = "".join(f"\r 50%|██  | {n}/4 [00:01<00:01, 1it/s, loss={n}.5]" for n in (1, 1, 2)) + "\n"
    tried = await RulesManager(tmp_path).try_out(RuleTrial(text))
    assert [line.text[line.spans[0].begin : line.spans[0].end] for line in tried.lines] == ["1.5", "2.5"]
