"""What differs between two runs, and what that explains."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.runs.comparing import checked, compared, ids_of
from jupyter_crispdm.runs.fieldlist import field_list
from jupyter_crispdm.runs.inputs.differences import changed, explained
from jupyter_crispdm.runs.inputs.kept import digests_of
from jupyter_crispdm.runs.made.types import Code, CodeFile, DataInput, EnvironmentLock, Inputs
from jupyter_crispdm.runs.types import Figures

from .making import figures, run

DIFF = "diff --git a/train.py b/train.py\n-a\n+b\ndiff --git a/net.py b/net.py\n-c\n+d\n"
CODE = Code("c1", "/root", "1" * 40, "main", DIFF, [CodeFile("helper.py", 3, "h1"), CodeFile("same.py", 3, "s")])
LOCK = EnvironmentLock("e1", "torch", "torch", "3.12.1", ["numpy==1.26.4", "torch==2.4.0"])
DATA = DataInput("data", "digits.csv", "d1", size=10)
THEN = Inputs(CODE, LOCK, [DATA])


def states(then: Inputs, now: Inputs, **parameters: Any) -> dict[str, str]:
    found = changed(run("a", parameters={"lr": 0.1}), run("b", parameters={"lr": 0.1, **parameters}), then, now)
    return {one.input: one.state for one in found}


@pytest.mark.proves("runs.compare")
def test_equal_inputs_are_the_same() -> None:
    assert states(THEN, THEN) == {"code": "same", "environment": "same", "data": "same", "parameters": "same"}
    assert set(states(Inputs(), THEN, lr=0.2).items()) >= {("code", "unknown"), ("environment", "unknown")}
    assert states(Inputs(), Inputs())["data"] == "unknown"


@pytest.mark.proves("runs.compare")
def test_other_inputs_are_named() -> None:
    other = msgspec.structs.replace(
        CODE, digest="c2", diff=DIFF.replace("+d", "+e"), files=[CodeFile("helper.py", 3, "h2"), CODE.files[1]]
    )
    lock = EnvironmentLock("e2", "torch", "torch", "3.12.2", ["numpy==2.0.1", "pandas==2.2", "torch==2.4.0"])
    data = DataInput("data", "digits.csv", "d2")
    found = changed(
        run("a", parameters={"lr": 0.1, "old": 1}), run("b", parameters={"lr": 0.2}), THEN, Inputs(other, lock, [data])
    )
    assert {one.state for one in found} == {"changed"}
    assert {one.input: one.details for one in found} == {
        "code": ["helper.py", "net.py"],
        "environment": ["Python 3.12.1 → 3.12.2", "numpy 1.26.4 → 2.0.1", "pandas none → 2.2"],
        "data": ["data"],
        "parameters": ["lr: 0.1 → 0.2", "old: 1 → none"],
    }
    assert all(one.reason.endswith(".") for one in found)


@pytest.mark.proves("runs.compare")
def test_another_commit_and_another_environment_are_called_so() -> None:
    code = msgspec.structs.replace(CODE, digest="c2", commit="2" * 40)
    lock = msgspec.structs.replace(LOCK, digest="e2", id="jax", name="jax", packages=["jax==0.4"])
    by_input = {one.input: one for one in changed(run("a"), run("b"), THEN, Inputs(code, lock, [DATA]))}
    assert by_input["code"].reason == "The code is another: commit 2222222222, not 1111111111."
    assert by_input["environment"].reason.startswith("It ran in another environment, jax, not torch:")


@pytest.mark.proves("runs.again")
@pytest.mark.parametrize(("last", "inputs", "summary"), [
    (0.5, THEN, "The same results. No input changed."),
    (0.6, THEN, "Other results: loss. No input changed: the program itself gives other results each time, as without "
                "a fixed seed."),
    (0.6, Inputs(CODE, LOCK, [DataInput("data", "x", "d2")]), "Other results: loss. Changed: data."),
    (0.6, Inputs(CODE, None, [DATA]),
     "Other results: loss. Nothing that is known changed; not known of both: environment."),
    (0.5, Inputs(msgspec.structs.replace(CODE, digest="x"), LOCK, [DATA]), "The same results. Changed: code."),
])  # fmt: skip
def test_other_results_are_explained_by_other_inputs(last: float, inputs: Inputs, summary: str) -> None:
    then, now = run("a", metrics={"loss": figures(0.5)}), run("b", metrics={"loss": figures(last), "new": figures(1.0)})
    found = explained(then, now, changed(then, now, THEN, inputs))
    assert found.summary == summary
    assert [one.metric for one in found.results] == ["loss"]
    assert explained(run("a"), now, []).summary == "Both have no metric in common yet."


@pytest.mark.proves("runs.compare")
def test_what_differs_comes_first_and_the_best_is_marked() -> None:
    acc = Figures(0.9, 1, 0.1, 0.9, 2, goal="high", best=0.9)
    metrics = {"x": Figures(1.0, 0, 1.0, 1.0, 1), "loss": figures(0.5), "acc": acc}
    a = run("a", metrics=metrics, parameters={"s": 1, "lr": 1})
    b = run("b", metrics={"loss": figures(0.25)}, parameters={"s": 1, "lr": True})
    other = msgspec.structs.replace(CODE, digest="c2", diff=DIFF.replace("+d", "+e"))
    inputs = {"a": THEN, "b": Inputs(other, LOCK, [DATA])}
    found = compared([a, b], lambda one: inputs[one.id])
    assert [(row.name, row.same) for row in found.parameters] == [("lr", False), ("s", True)]
    assert [(row.name, row.best) for row in found.metrics] == [("loss", 1), ("x", None), ("acc", None)]
    assert "-+d\n++e" in found.differences[0].diff


@pytest.mark.proves("runs.compare")
@pytest.mark.parametrize("text", ["", "a", "a,a", "a,../b", "a," + "x" * 200, ",".join(f"r{n}" for n in range(101))])
def test_ids_that_cannot_be_compared_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        ids_of(text)
    assert checked(["b", "a", "b"], "ids") == ["b", "a"]


@pytest.mark.proves("runs.inputs")
def test_inputs_in_short_tell_whether_code_is_a_commit() -> None:
    found = digests_of(THEN)
    assert (found.code, found.commit, found.dirty, found.environment) == ("c1", "1" * 40, True, "e1")
    assert digests_of(Inputs(Code("c", "/", "1" * 40))).dirty is False
    assert digests_of(Inputs()).data == ""
    assert digests_of(THEN).data != digests_of(Inputs(data=[DataInput("data", "digits.csv", "d2")])).data


@pytest.mark.proves("runs.filter")
def test_fields_are_counted_with_their_kinds_and_ranges() -> None:
    parameters = {"lr": 0.1, "opt": "adam", "flag": True, "m": 1}
    a = run("a", parameters=parameters, tags=["t"], metrics={"loss": figures(0.5)})
    b = run("b", parameters={"lr": 3, "m": "x"}, group="g", metrics={"loss": figures(0.25), "acc": figures(None)})
    found = field_list([a, b])
    kinds = {one.name: (one.runs, one.kind, one.min, one.max) for one in found.parameters}
    assert kinds == {
        "lr": (2, "number", 0.1, 3.0), "m": (2, "mixed", 1.0, 1.0), "flag": (1, "flag", None, None),
        "opt": (1, "text", None, None),
    }  # fmt: skip
    assert [(one.name, one.runs, one.min, one.max) for one in found.metrics] == [
        ("loss", 2, 0.25, 0.5), ("acc", 1, None, None),
    ]  # fmt: skip
    assert (found.tags, found.groups, found.owners) == (["t"], ["g"], ["ada"])
