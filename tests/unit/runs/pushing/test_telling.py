"""Names that MLflow takes, one for each of ours; parameters as texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.runs.pushing import telling
from jupyter_crispdm.runs.pushing.reading import groups
from jupyter_crispdm.runs.types import Figures
from tests.unit.runs.making import run

from .double import _NAME

_NAME_OF_OURS = st.text("ab/. @ä…-", max_size=20) | st.text("a/", min_size=240, max_size=300)
_NAMES = st.lists(_NAME_OF_OURS, max_size=10, unique=True)


@pytest.mark.proves("runs.pushed")
@given(_NAMES)
def test_each_name_gets_one_that_is_taken_and_nobody_elses(names: list[str]) -> None:
    found = telling.keys(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    for key in found.values():
        assert _NAME.fullmatch(key), key
        assert not {"", ".", ".."} & set(key.split("/")), key


@pytest.mark.proves("runs.pushed")
def test_usual_names_stay() -> None:
    names = ["loss", "val/loss", "lr-Adam", "epoch 1", "a.b_c"]
    assert telling.keys(names) == {name: name for name in names}
    assert telling.keys(["/a//b/../c/"])["/a//b/../c/"] == "a/b/c"


@pytest.mark.proves("runs.pushed")
def test_parameters_are_texts_in_pieces() -> None:
    made = run("a", parameters={"t": "yes", "f": 0.001, "b": True, "n": None, "d": {"x": [1]}, "": "no name"})
    (told,) = telling.params(made)
    assert {one["key"]: one["value"] for one in told} == {
        "t": "yes", "f": "0.001", "b": "true", "n": "null", "d": '{"x":[1]}', "_": "no name",
    }  # fmt: skip
    many = telling.params(run("b", parameters={str(number): number for number in range(250)}))
    assert [len(some) for some in many] == [100, 100, 50]


@pytest.mark.proves("runs.pushed")
@given(st.lists(st.integers(1, 10**7), max_size=300), st.integers(100, 100_000))
def test_what_is_read_at_once_is_bounded(counts: list[int], most: int) -> None:
    metrics = {str(number): Figures(0.0, 0, None, None, count) for number, count in enumerate(counts)}
    found = list(groups(metrics, most))
    assert [name for names in found for name in names] == list(metrics)
    for names in found:
        assert len(names) <= 100
        assert len(names) == 1 or sum(min(metrics[name].count, most) for name in names) <= 100_000
