"""The language of conditions: what it lets through, what it refuses and where, and that no text can hurt it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.runs.query.conditions import MOST_LETTERS, condition
from jupyter_crispdm.runs.types import Digests, Lineage, RunState
from tests.support import grows_evenly

from .making import NOON, figures, run

RUN = run(
    "a1", name="Best of sweep", state=RunState.failed, tags=["sweep", "paper"], group="one", favourite=True,
    started=utc(NOON), duration=90.0, points=200, note="as in\nthe paper", environment="torch",
    metrics={
        "val/loss": figures(0.25, 0.125), "loss.best": figures(7.0), "val loss (%)": figures(3.0),
        "nan": figures(None), "inf": figures("Infinity"),
    },
    system={"memory_bytes": figures(5e9)},
    parameters={"lr": 0.1, "optimizer": "adam", "bias": True, "seed": "007", "model": {"depth": 3}, "layers": [1, 2]},
    inputs=Digests(commit="abc123"), lineage=Lineage(rerun_of="a0"),
)  # fmt: skip


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize("text", [
    "", "  ", "metrics.val/loss < 0.3", "metrics.val/loss.best = 0.125", "metrics.val/loss.last <= 2.5e-1",
    "metrics.loss.best = 7", "metrics.loss.best.max = 7", 'metrics."val loss (%)" = 3',
    'metrics."val loss (%)".count = 10',
    "metrics.inf > 1e308", "system.memory_bytes > 4e9", "params.lr = 0.1", "parameters.lr != 0.2",
    "params.optimizer = adam", "params.optimizer ~ ADA", "params.optimizer !~ sgd", "params.bias = true", "params.bias",
    "params.seed = '007'", "params.seed = 7", "params.model.depth = 3", "params.layers ~ 2", "tags = sweep",
    "tags != old",
    "tags ~ pap", "not tags = old", "state = failed", "state in (failed, lost)", "state not in (running)",
    "created >= 2023-11-15", "created < 2023-11-15T12:00:01Z", "started = '2023-11-15T12:00'", "duration > 60",
    "points = 200", "favourite", "favorite = true", "note ~ paper", "group = one and name ~ 'OF SWEEP'",
    "commit = abc123",
    "rerun_of = a0", "metrics.none < 1 or params.lr == 0.1", "NOT (state = running OR state = queued)",
    "tags=sweep and (group=two or (group=one and points>=1))", "environment <> server", "id = a1",
])  # fmt: skip
def test_a_condition_lets_a_run_through(text: str) -> None:
    assert condition(text)(RUN)
    if text.strip():
        assert not condition(f"not ({text})")(RUN)


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize("text", [
    "metrics.val/loss > 0.3", "metrics.none < 1", "metrics.none != 1", "metrics.nan < 1", "metrics.nan",
    "params.none = 1",
    "params.optimizer = sgd", "params.bias = false", "tags = swee", "state = succeeded", "created > 2023-11-16",
    "ended > 2000-01-01", "duration < 60", "note = paper", "params.lr > 0.1", "params.optimizer > 3",
    "metrics.inf < 5",
])  # fmt: skip
def test_a_condition_keeps_a_run_out(text: str) -> None:
    assert not condition(text)(RUN)


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize(("text", "at"), [
    ("metrics.loss <", 14), ("= 3", 0), ("size < 3", None), ("state = failed state", 15), ("(state = failed", 15),
    ("state = failed)", 14), ("state in failed", 9), ("state in (failed", 16), ("metrics.loss = low", 15),
    ("metrics.loss ~ 3", 15), ("created > soon", 10), ("state = 'failed", 8), ("and", None), ("!state", 0),
    ("metrics. < 3", None),
    ("(" * 60 + "state" + ")" * 60, None), ("state = a or " * 250 + "state", None), ("a" * (MOST_LETTERS + 1), None),
    ("state = failed and", 18), ("not", 3),
])  # fmt: skip
def test_what_is_no_condition_is_refused_at_its_place(text: str, at: int | None) -> None:
    with pytest.raises(BadRequest) as refused:
        condition(text)
    assert refused.value.details["field"] == "filter"
    if at is not None:
        assert refused.value.details["at"] == at


@pytest.mark.proves("runs.filter")
@given(st.text(max_size=200) | st.lists(st.sampled_from([
    "metrics.val/loss", "params.lr", "tags", "state", "created", "and", "or", "not", "in", "(", ")", ",", "<", ">=",
    "=",
    "!=", "~", "!~", "0.3", "'x'", '"', "\\", "nan", "inf", "-1e999", "2023-11-15", "true",
]), max_size=30).map(" ".join))  # fmt: skip
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        test = condition(text)
    except BadRequest:
        return
    assert test(RUN) in (True, False)


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize("piece", ['"', "'\\", "a\"\\", "((", "metrics.", "x ~ '"])
def test_no_text_takes_long(piece: str) -> None:
    def read(amount: int) -> None:
        with suppress(BadRequest):
            condition((piece * amount)[:MOST_LETTERS])

    assert grows_evenly(read, 100, 8)
