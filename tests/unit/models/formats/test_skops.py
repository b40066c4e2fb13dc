"""skops files: which types they would build, as skops itself says, without importing any of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.skops import defaults
from jupyter_crispdm.models.types import ModelFormat

from .writing import node, npy, skops, zipped

ROWS = np.random.default_rng(0).random((40, 3))
LABELS = (ROWS[:, 0] > 0.5).astype(int)
MODELS: dict[str, Callable[[], Any]] = {
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, LABELS),
    "forest": lambda: RandomForestClassifier(3).fit(ROWS, LABELS),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=2).fit(ROWS, LABELS),
    "histograms": lambda: HistGradientBoostingRegressor(max_iter=2).fit(ROWS, LABELS),
    "a loss": lambda: SGDClassifier().fit(ROWS, LABELS),
    "functions": lambda: make_pipeline(FunctionTransformer(np.log1p), FunctionTransformer(np.load)),
    "odd things": lambda: [
        partial(np.add, 1), np.dtype("f4"), np.random.default_rng(1), np.random.RandomState(1), sparse.eye(3).tocsr(),
        {"a": (1, {2}, b"x", bytearray(b"y"), slice(1, 2))}, np.ma.masked_array([1], [True]), int, LogisticRegression,
        LogisticRegression().fit, np.float32(1), Path,
    ],
}  # fmt: skip


def look(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    return inspect(path, ModelFormat.skops).types


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize("name", MODELS)
def test_we_say_of_a_file_what_skops_says(tmp_path: Path, name: str) -> None:
    io_ = pytest.importorskip("skops.io")
    data = io_.dumps(MODELS[name]())
    assert look(tmp_path / "m", data) == io_.get_untrusted_types(data=data)


def test_we_trust_nothing_that_skops_does_not() -> None:
    trusted = pytest.importorskip("skops.io._trusted_types")
    losses = pytest.importorskip("skops.io._sklearn").ALLOWED_LOSSES
    theirs = {
        *trusted.SKLEARN_ESTIMATOR_TYPE_NAMES, *trusted.SKLEARN_INTERNAL_TYPE_NAMES, *trusted.SCIPY_UFUNC_TYPE_NAMES,
        *trusted.NUMPY_UFUNC_TYPE_NAMES, *trusted.NUMPY_DTYPE_TYPE_NAMES,
        *(f"{loss.__module__}.{loss.__name__}" for loss in losses),
    }  # fmt: skip
    assert len(defaults()) > 400
    # a name may be missing there only because this scikit-learn or numpy lacks it
    assert len(defaults() - theirs) < 60


@pytest.mark.proves("models.looked-into")
def test_nothing_is_imported_to_find_out(tmp_path: Path) -> None:
    assert look(tmp_path / "m", skops(node("this.module.is.nowhere.Bomb", content=node("posix.system")))) == [
        "posix.system", "this.module.is.nowhere.Bomb",
    ]  # fmt: skip


NODES = {
    "a method": (node("a.B", "MethodNode", content={"func": "run", "obj": node("a.B")}), {"a.B", "a.B.run"}),
    "a generator": (
        node("numpy.random._generator.Generator", "RandomGeneratorNode", content={
            "bit_generator": {"content": {"bit_generator": node("builtins.str", "JsonNode", content='"seed"')}},
        }),
        {"numpy.random.seed"},
    ),
    "an unknown loader": (node("builtins.dict", "NewNode"), {"builtins.dict"}),
    "an operator": (node("operator.methodcaller", "OperatorFuncNode"), {"operator.methodcaller"}),
    "a function of numpy that reads files": (node("numpy.load", "FunctionNode"), {"numpy.load"}),
    "a type": (node("os.PathLike", "TypeNode"), {"os.PathLike"}),
}  # fmt: skip


@pytest.mark.parametrize("name", NODES)
def test_what_hides_in_a_tree_is_found(tmp_path: Path, name: str) -> None:
    hidden, types = NODES[name]
    tree = node("builtins.list", "ListNode", content=[{"deep": [hidden]}])
    assert set(look(tmp_path / "m", skops(tree))) == types


BAD = {
    "no schema": zipped({"other": b"x"}),
    "no object": zipped({"schema.json": b"[]"}),
    "no JSON": zipped({"schema.json": b"{"}),
    "deep": zipped({"schema.json": b'{"a":' * 100_000}),
    "an object without a type": skops({"__loader__": "ObjectNode"}),
    "a type that is a number": skops({"__loader__": "ObjectNode", "__module__": 1, "__class__": "x"}),
    "a very long name": skops(node("x" * 400 + ".y")),
    "too many types": skops({"a": [node(f"a.B{number}") for number in range(10_001)]}),
    "a pickle in an array": skops({}, **{"a.npy": npy(np.array([{}], object))}),
    "a giant array": skops({}, **{"a.npy": npy(np.zeros(3)).replace(b"(3,)", b"(9999999999,)")}),
    "an array that is cut": skops({}, **{"a.npy": npy(np.zeros(3))[:-1]}),
    "no array": skops({}, **{"a.npy": b"\x93NUMPY\x09\x00"}),
    "a giant array in a zip in the zip": skops(
        {}, **{"a.npz": zipped({"x.npy": npy(np.zeros(3)).replace(b"(3,)", b"(9999999999,)")})}
    ),
    "a bomb": zipped({"schema.json": b"{}", "a.bin": b"\0" * 200_000_000}, 8),
    "a path that leads out": zipped({"schema.json": b"{}", "../x": b""}),
}  # fmt: skip


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unprocessable):
        look(tmp_path / "m", BAD[name])


@pytest.mark.proves("models.looked-into")
def test_a_file_that_is_cut_anywhere_or_has_a_wrong_byte_is_refused_or_read(tmp_path: Path) -> None:
    whole = skops(node("sklearn.a.B", content=[1]), **{"a.npy": npy(np.zeros(2))})
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            (tmp_path / "m").write_bytes(data or b"x")
            try:
                inspect(tmp_path / "m", ModelFormat.skops)
            except Unprocessable:
                continue
    with pytest.raises(Unprocessable):
        look(tmp_path / "m", whole[:-1])


def test_an_array_of_another_version_of_the_format_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.zeros(2), version=(3, 0))
    assert look(tmp_path / "m", skops({}, **{"a.npy": buffer.getvalue()})) == []
