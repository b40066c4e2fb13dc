"""What an MLmodel says, taken by its word only where it can be one."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.mlflow import descriptions
from jupyter_crispdm.models.mlflow.descriptions import Signature, read_description, signature_of


def columns(*items: Any) -> list[dict[str, Any]]:
    """The inputs that these make."""
    told: list[dict[str, Any]] = signature_of(Signature(inputs=json.dumps(items)))["inputs"]
    return told


@pytest.mark.proves("models.mlflow")
@pytest.mark.parametrize(
    "text",
    [
        rb'flavors: {sklearn: {pickled_model: "\ud800"}}', rb'flavors: {"\udfff": {}}',
        b"flavors: {x: {}}\n" + rb'run_id: "\ud83d"', b"flavors: {x: {}}\n" + rb'mlflow_version: "1\udc80"',
    ],
)  # fmt: skip
def test_half_a_letter_is_refused(text: bytes) -> None:
    """YAML can write it by its number; it then went into the registry, which could not be told any more."""
    with pytest.raises(Unprocessable, match=r"surrogates"):
        read_description(text)


@pytest.mark.proves("models.mlflow")
def test_whole_letters_are_kept_however_they_are_written() -> None:
    told = read_description(rb'{flavors: {"\U0001f600": {"\u00e4": "\xe4"}}, run_id: "r\u0031"}')
    assert (told.flavors, told.run_id) == ({"😀": {"ä": "ä"}}, "r1")


@pytest.mark.proves("models.mlflow")
@pytest.mark.parametrize(
    "text", [b"a: &a {b: 1}\nflavors: {x: *a}", b"flavors: &f {x: {<<: *f}}", b"&a flavors: {x: {y: [*a, *a]}}"]
)
def test_references_by_which_a_few_lines_become_many_are_refused(text: bytes) -> None:
    with pytest.raises(Unprocessable, match="references are not read"):
        read_description(text)


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!!python/object/new:os.system [ls]", "!other x"])
def test_tags_that_build_something_are_refused(tag: str) -> None:
    with pytest.raises(Unprocessable, match="cannot be read"):
        read_description(f"flavors: {{x: {{y: {tag}}}}}".encode())


def test_what_is_not_needed_is_passed_over() -> None:
    told = read_description(b"flavors: {x: {y: 1.5, z: [2026-01-01, null]}}\nmodel_uuid: 7\nutc_time_created: x")
    assert (told.flavors["x"]["y"], told.signature, told.saved_input_example_info) == (1.5, None, None)


@pytest.mark.parametrize("field", ["mlflow_version", "run_id", "signature", "saved_input_example_info"])
def test_what_is_needed_is_of_its_kind(field: str) -> None:
    with pytest.raises(Unprocessable, match=field):
        read_description(f"flavors: {{x: {{}}}}\n{field}: [1]".encode())


@pytest.mark.parametrize(
    ("kind", "datatype"),
    [("double", "FP64"), ("long", "INT64"), ("boolean", "BOOL"), ("datetime", "BYTES"), ("uint8", "UINT8"),
     ("float16", "FP16"), ("array", ""), (None, ""), (3, ""), (["double"], "")],
)  # fmt: skip
def test_kinds_of_columns_and_tensors_have_the_protocols_names(kind: Any, datatype: str) -> None:
    assert columns({"name": "x", "type": kind}) == [{"name": "x", "datatype": datatype, "shape": [-1]}]
    tensor = {"dtype": kind, "shape": [-1, 3]}
    assert columns({"name": "x", "tensor-spec": tensor}) == [{"name": "x", "datatype": datatype, "shape": [-1, 3]}]


@pytest.mark.parametrize(
    "tensor", ["text", 3, [], {"shape": 3}, {"shape": None}, {"shape": {"a": 1}}, {"shape": ["x"]}, {"shape": [[1]]}]
)
def test_a_tensor_that_is_none_is_refused(tensor: Any) -> None:
    with pytest.raises(Unprocessable, match="signature in the MLmodel"):
        columns({"tensor-spec": tensor})


def test_numbers_beyond_all_numbers_are_no_lengths() -> None:
    with pytest.raises(Unprocessable, match="signature in the MLmodel"):
        signature_of(Signature(outputs='[{"tensor-spec": {"shape": [1e400]}}]'))


@pytest.mark.proves("models.bombs")
def test_what_is_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    [told] = columns({"name": "n" * 500, "tensor-spec": {"dtype": "float", "shape": [1] * 500}})
    assert (len(told["name"]), len(told["shape"])) == (200, 64)
    monkeypatch.setattr(descriptions, "_MOST_COLUMNS", 3)
    assert [column["name"] for column in columns(*[{"type": "long"}] * 5)] == ["input-0", "input-1", "input-2"]


def test_each_side_is_there_where_something_was_said_of_it() -> None:
    assert signature_of(None) == {}
    assert signature_of(Signature("[]", "")) == {}
    assert signature_of(Signature(outputs='[{"type": "string"}]')) == {
        "outputs": [{"name": "output-0", "datatype": "BYTES", "shape": [-1]}]
    }


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))
SPECS = st.fixed_dictionaries({}, optional={"name": JSON, "type": JSON, "tensor-spec": st.fixed_dictionaries(
    {}, optional={"dtype": JSON, "shape": JSON}) | JSON})  # fmt: skip


@pytest.mark.proves("models.mlflow")
@given(st.lists(SPECS, max_size=4))
def test_whatever_a_signature_says_it_is_columns_or_refused(items: list[Any]) -> None:
    try:
        told = signature_of(Signature(inputs=json.dumps(items)))
    except Unprocessable:
        return
    assert len(told.get("inputs", [])) == len(items)
    for column in told.get("inputs", []):
        assert (type(column["name"]), type(column["datatype"])) == (str, str)
        assert all(type(side) is int for side in column["shape"])
    msgspec.json.encode(told)


@given(st.text(max_size=60))
def test_any_text_is_a_description_or_refused(text: str) -> None:
    try:
        told = read_description(text.encode())
    except Unprocessable:
        return
    assert isinstance(told.flavors, dict)
