"""What a registration may say: each limit at its edge, and each refusal by its field."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.models.registering.checking import check, check_details
from jupyter_crispdm.models.types import Code, Registration


def asked(**fields: Any) -> Registration:
    return Registration(**{"name": "digits", "path": "m.pt", **fields})


def refused(**fields: Any) -> BadRequest:
    """How a registration is refused that says this."""
    with pytest.raises(BadRequest) as error:
        check(asked(**fields))
    return error.value


LENGTHS = [("task", 100), ("note", 10_000), ("run", 200), ("data", 4096), ("data_hash", 200), ("script", 4096),
           ("reason", 1000)]  # fmt: skip


@pytest.mark.proves("http.models-register")
@pytest.mark.parametrize(("field", "most"), LENGTHS)
def test_a_text_may_be_so_long_and_no_letter_longer(field: str, most: int) -> None:
    check(asked(**{field: "ä" * most}))
    error = refused(**{field: "x" * (most + 1)})
    assert (error.details, f"{most:,}" in error.message) == ({"field": field}, True)


@pytest.mark.parametrize("field", ["task", "note", "run", "data", "data_hash", "script", "reason"])
def test_what_is_not_said_is_not_too_long(field: str) -> None:
    check(asked(**{field: "" if field in ("task", "note", "reason") else None}))


WHERE = [
    {"path": None}, {"path": "m.pt", "job": "j1"}, {"path": None, "job": "j1"}, {"path": None, "artifact": "m.pt"},
    {"path": "m.pt", "artifact": "m.pt"}, {"path": "m.pt", "job": "j1", "artifact": "m.pt"},
]  # fmt: skip


@pytest.mark.proves("http.models-register")
@pytest.mark.parametrize("fields", WHERE)
def test_a_file_is_named_in_one_way(fields: dict[str, Any]) -> None:
    assert refused(**fields).details == {"field": "path"}


def test_a_file_is_named_in_each_way() -> None:
    check(asked())
    check(asked(path=None, job="j1", artifact="m.pt"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_metrics_that_cannot_be_compared_are_refused(value: float) -> None:
    assert refused(metrics={"good": 1.0, "bad": value}).details == {"field": "metrics"}


def test_numbers_at_the_edge_are_metrics() -> None:
    check(asked(metrics={"least": -1.7976931348623157e308, "tiny": 5e-324, "zero": -0.0}))


@pytest.mark.parametrize("field", ["algorithm", "dataset"])
@pytest.mark.parametrize("value", ["../x", "a b", "x" * 101, ["unet"], {"a": 1}, "import", "\0"])
def test_what_becomes_a_part_of_an_address_has_a_name(field: str, value: Any) -> None:
    assert refused(metadata={field: value}).details == {"field": f"metadata.{field}"}


@pytest.mark.parametrize("field", ["algorithm", "dataset"])
@pytest.mark.parametrize("value", [None, "", "unet", "u.net-2_3", 7, "x" * 100])
def test_an_algorithm_and_a_data_set_may_be_left_out(field: str, value: Any) -> None:
    check(asked(metadata={field: value}))


def test_so_many_classes_and_not_one_more() -> None:
    check(asked(classes=["x"] * 10_000))
    assert refused(classes=["x"] * 10_001).details == {"field": "classes"}


TEXT = "x" * 131_072
HALVES: dict[str, dict[str, Any]] = {
    "classes": {"classes": [TEXT]},
    "signature": {"signature": {"inputs": [TEXT]}},
    "metadata": {"metadata": {"x": TEXT}},
    "input_example": {"input_example": [TEXT]},
    "code": {"code": Code(script=TEXT)},
    "metrics": {"metrics": {TEXT: 1.0}},
}
PAIRS = [(one, other) for one in HALVES for other in HALVES if one < other]


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_all_that_is_told_with_every_version_is_small_together(one: str, other: str) -> None:
    """Each half is small enough; two of them are not, whichever they are."""
    check_details(asked(**HALVES[one]))
    check_details(asked(**HALVES[other]))
    more = {**HALVES[one], **HALVES[other]}
    assert "256 KiB" in refused(**more, note="ours").message


def test_letters_count_as_the_bytes_that_are_sent() -> None:
    check(asked(input_example="x" * 200_000))
    assert refused(input_example="ä" * 200_000).details == {"field": "metadata"}
