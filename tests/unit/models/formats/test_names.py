"""Names in model files, as somebody may have written them: what cannot be told to people never gets so far."""

from __future__ import annotations

import json
import pickle
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.pickles import imports
from jupyter_crispdm.models.formats.pickles.imports import names
from jupyter_crispdm.models.types import ModelFormat

from .writing import node, skops

HALF = "\ud800"


def generator(told: str) -> dict[str, Any]:
    """A generator of numpy that is of the kind that a text names."""
    state = {"bit_generator": {"content": {"bit_generator": {"content": told}}}}
    return node("numpy.random.Generator", "RandomGeneratorNode", content=state)


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize(
    "schema",
    [
        node(f"a.B{HALF}"), node(f"a{HALF}.B"), node("a.B\n"), node("a.\u202eB"), node("a.B\0"),
        node("a.B", content=[node(f"c.D{HALF}")]),
        node("a.B", "MethodNode", content={"func": f"x{HALF}"}),
        generator(json.dumps(f"P{HALF}")),
    ],
)  # fmt: skip
def test_a_type_that_an_admin_cannot_read_is_refused(tmp_path: Path, schema: object) -> None:
    """Half a letter went through, and the registry then answered nothing but 500."""
    (tmp_path / "m").write_bytes(skops(schema))
    with pytest.raises(Unprocessable, match=r"cannot be read"):
        inspect(tmp_path / "m", ModelFormat.skops)


@pytest.mark.parametrize("told", ["[]", "{}", "[[1]]", "null", "7", "x", '"Evil"'])
def test_a_generator_of_no_known_kind_is_a_type_of_its_own(tmp_path: Path, told: str) -> None:
    """A list where the name of the kind stands was no refusal and no type, but an error of ours."""
    (tmp_path / "m").write_bytes(skops(generator(told)))
    [name] = inspect(tmp_path / "m", ModelFormat.skops).types
    assert name.startswith("numpy.random.")
    (tmp_path / "m").write_bytes(skops(generator('"PCG64"')))
    assert inspect(tmp_path / "m", ModelFormat.skops).types == []


@pytest.mark.proves("models.looked-into")
def test_types_in_other_scripts_are_types(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(skops(node("моя.Модель", content=node("a.Größe"))))
    assert inspect(tmp_path / "m", ModelFormat.skops).types == ["a.Größe", "моя.Модель"]


@pytest.mark.proves("models.pickle-decision")
def test_what_a_pickle_imports_can_be_told(tmp_path: Path) -> None:
    """A pickle may hold half letters, which JSON cannot."""
    (tmp_path / "m").write_bytes(b"\x80\x04\x8c\x03\xed\xa0\x80\x8c\x01b\x93.")
    assert msgspec.json.decode(msgspec.json.encode(inspect(tmp_path / "m", ModelFormat.pickle).names)) == ["?.b"]


def test_a_refusal_that_quotes_a_file_can_be_told(tmp_path: Path) -> None:
    header = json.dumps({HALF: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    (tmp_path / "m").write_bytes(len(header).to_bytes(8, "little") + header + np.array([np.nan], "<f4").tobytes())
    with pytest.raises(Unprocessable) as refused:
        inspect(tmp_path / "m", ModelFormat.safetensors)
    assert "The weights '?' hold NaN" in msgspec.json.decode(msgspec.json.encode(refused.value.body()))["message"]


THINGS = [Decimal, Fraction, OrderedDict, np.float32, Path, json.JSONDecoder]


@pytest.mark.proves("models.pickle-decision")
@given(st.lists(st.sampled_from(THINGS), max_size=8), st.integers(2, 5))
def test_every_class_of_a_pickle_is_named_however_often_and_in_whatever_order(kinds: list[type], protocol: int) -> None:
    told = names(pickle.dumps(kinds, protocol))
    assert told == sorted({f"{kind.__module__}.{kind.__qualname__}" for kind in kinds})


@pytest.mark.parametrize("memo", [b"\x94", b"q\x00", b"r\x00\x00\x00\x00", b"p0\n"])
@pytest.mark.parametrize(("bring", "known"), [(b"h\x00", True), (b"h\x07", False)])
def test_a_text_that_is_kept_is_found_again(memo: bytes, bring: bytes, known: bool) -> None:
    data = b"\x80\x04\x8c\x02os" + memo + b"0" + b"\x8c\x01x0" + bring + b"\x8c\x06system\x93."
    assert names(data) == ["os.system" if known else "x.system"]


def test_what_was_kept_is_not_what_was_built() -> None:
    """A place of the memory that holds an object is no text, so that it does not stand for the one before it."""
    data = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x94\x8c\x01a\x94\x8c\x01bh\x00\x93."
    assert names(data) == ["a.b", "os.system"]


@pytest.mark.parametrize("data", [b"\x80\x04\x93.", b"\x80\x04\x8c\x01b\x93."])
def test_an_import_whose_texts_are_not_there_is_still_told(data: bytes) -> None:
    assert names(data) == ["?.b" if b"b" in data else "?.?"]


def test_the_oldest_ways_to_import_are_told_too() -> None:
    assert names(b"cos\nsystem\n(S'ls'\ntR.") == ["os.system"]
    assert names(b"(S'ls'\nios\nsystem\n.") == ["os.system"]


@pytest.mark.proves("models.bombs")
def test_very_many_and_very_long_names_end_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    many = b"".join(b"cm%d\nx\n0" % number for number in range(50))
    monkeypatch.setattr(imports, "_MOST_NAMES", 10)
    assert len(names(many + b".")) == 11
    monkeypatch.setattr(imports, "_MOST_STEPS", 3)
    assert names(many) == ["m0.x", "m1.x", "m2.x"]
    assert [len(name) for name in names(b"c" + b"m" * 5000 + b"\nx\n.")] == [200]


@given(st.binary(max_size=300))
def test_any_bytes_have_names_that_can_be_told(data: bytes) -> None:
    told = names(b"\x80\x04" + data)
    assert told == sorted(set(told))
    msgspec.json.encode(told)
