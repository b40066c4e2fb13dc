"""Parameters as source code; what there is of the languages on this machine reads them back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.jobs.notebooks.parameters import NotSayable, assignments
from tests.examples import examples

NODE = shutil.which("node") or str(Path(sys.executable).parent / "node")  # the tests' environment has one of its own
TEXT = "a'b \"c\" $HOME `id` \\n \\ é \u4e2d\n\t!x $(id) ${a}"
SIMPLE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
VALUES = st.recursive(SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(VALUES)
def test_python_reads_back_what_was_given(value: Any) -> None:
    names: dict[str, Any] = {}
    exec(assignments("python", {"x": value}), names)
    assert names["x"] == value


@pytest.mark.parametrize("language", ["R", "javascript"])
@pytest.mark.parametrize("value", [2**53 + 1, -(2**70), [1, {"a": 2**60}]])
def test_a_whole_number_that_would_be_rounded_is_refused(language: str, value: Any) -> None:
    with pytest.raises(NotSayable, match="beyond 2"):
        assignments(language, {"x": value})
    assert str(2**53 + 1) in assignments("python", {"x": 2**53 + 1})
    assert assignments(language, {"x": 2**53})


@pytest.mark.proves("jobs.languages")
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@settings(max_examples=examples(20))
def test_bash_reads_back_what_was_given(text: str) -> None:
    source = assignments("bash", {"x": text}) + "\nprintf %s \"$x\""
    shown = subprocess.run(["bash", "-c", source], stdout=subprocess.PIPE, check=True)
    assert shown.stdout == text.encode()


def test_bash_has_lists_and_tables() -> None:
    values = {"list": ["a b", 1, True, None, TEXT], "table": {"k 1": TEXT}, "empty": None, "number": 2.5}
    source = assignments("bash", values) + '\nprintf "%s|" "${list[@]}" "${table[k 1]}" "$empty" "$number"'
    shown = subprocess.run(["bash", "-c", source], stdout=subprocess.PIPE, check=True)
    assert shown.stdout.decode() == f"a b|1|true||{TEXT}|{TEXT}||2.5|"


def test_javascript_reads_back_what_was_given() -> None:
    value = {"a": [1, 2.5, None, True, TEXT], "b": {"c": "x"}}
    source = assignments("javascript", {"x": value}) + "\nconsole.log(JSON.stringify(x))"
    shown = subprocess.run([NODE, "-e", source], stdout=subprocess.PIPE, check=True)
    assert json.loads(shown.stdout) == value
    assert source.startswith("// Parameters\n")


@pytest.mark.proves("jobs.languages")
def test_r() -> None:
    plain = {"rate": 0.5, "_n": 3, "on": True, "none": None}
    values = {**plain, "list": [1, "a"], "d": {"k v": False}, "text": 'a"b\\c\n$x'}
    assert assignments("R", values).splitlines() == [
        "# Parameters",
        "rate <- 0.5",
        "n <- 3",
        "on <- TRUE",
        "none <- NULL",
        'list <- list(1, "a")',
        'd <- list("k v" = FALSE)',
        'text <- "a\\"b\\\\c\\n$x"',
    ]


def test_julia() -> None:
    values = {"rate": 0.5, "on": True, "none": None, "text": 'a"b $x\x0c', "list": [1, [2]], "d": {"k": None}}
    assert assignments("julia", values).splitlines() == [
        "# Parameters",
        "rate = 0.5",
        "on = true",
        "none = nothing",
        'text = "a\\"b \\$x\\u000c"',
        "list = [1, [2]]",
        'd = Dict("k" => nothing)',
    ]


@pytest.mark.parametrize(
    ("language", "value"),
    [("cobol", 1), ("bash", [[1]]), ("bash", {"a": [1]}), ("bash", "\0"), ("R", "\0"), ("R", {"": 1})],
)
def test_what_cannot_be_said_is_refused(language: str, value: Any) -> None:
    with pytest.raises(NotSayable):
        assignments(language, {"x": value})


def test_an_unknown_language_is_named_with_those_we_know() -> None:
    with pytest.raises(NotSayable, match="set in cobol, only in bash, javascript, julia, python, r"):
        assignments("cobol", {"x": 1})
