"""The order of a table: by any field, those without it last, equals as they were."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.runs.query.ordering import by_age, in_order, orders

from .making import figures, run

RUNS = by_age([
    run("a", 1, metrics={"loss": figures(0.5)}, parameters={"lr": 0.1, "opt": "Adam"}, group="x"),
    run("b", 2, metrics={"loss": figures(0.25)}, parameters={"lr": 0.3}),
    run("c", 3, parameters={"lr": 0.2, "opt": "sgd"}, tags=["t"]),
    run("d", 4, metrics={"loss": figures(None), "a, b": figures(1.0)}, parameters={"lr": "high"}, group="x"),
])  # fmt: skip


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize(("sort", "wanted"), [
    ("", "dcba"), ("-created", "dcba"), ("created", "abcd"), ("metrics.loss", "badc"), ("-metrics.loss", "abdc"),
    ("metrics.loss.best", "badc"), ("params.lr", "acbd"), ("-params.lr", "dbca"), ("params.opt", "acdb"),
    ("group,created", "adbc"), ("group,-created", "dacb"), ("tags", "cdba"), ('metrics."a, b",created', "dabc"),
    ("name", "abcd"), (" - name ", "dcba"), ("favourite,name", "abcd"), ("duration,name", "abcd"),
])  # fmt: skip
def test_runs_stand_in_the_order_that_was_asked_for(sort: str, wanted: str) -> None:
    assert "".join(one.id for one in in_order(RUNS, orders(sort))) == wanted


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize("sort", ["size", "metrics", "params.", ",".join(["name"] * 9), "x" * 2001])
def test_an_order_that_cannot_be_is_refused(sort: str) -> None:
    with pytest.raises(BadRequest) as refused:
        orders(sort)
    assert refused.value.details["field"] == "sort"


@pytest.mark.proves("runs.filter")
@given(st.lists(st.none() | st.floats() | st.text(max_size=3) | st.booleans(), max_size=12))
def test_no_mixture_of_values_loses_a_run(values: list[object]) -> None:
    runs = [run(str(place), place, parameters={"x": value}) for place, value in enumerate(values)]
    for sort in ("params.x", "-params.x"):
        found = in_order(runs, orders(sort))
        assert sorted(one.id for one in found) == sorted(one.id for one in runs)
        numbers = [one.parameters["x"] for one in found if isinstance(one.parameters["x"], float)]
        good = [number for number in numbers if not math.isnan(number)]
        assert good == sorted(good, reverse=sort.startswith("-"))
