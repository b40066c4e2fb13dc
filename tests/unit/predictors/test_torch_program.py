"""TorchScript and exported programs answer as torch itself does, each request from the beginning."""

from __future__ import annotations

import json
import os
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm import predictors
from crispdm.algorithms._tensors import Refusal
from crispdm.predictors._expressions import is_harmless
from torch import Tensor, nn
from torch.export import Dim

X = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
SIGNATURE = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}],
             "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 3]}]}  # fmt: skip


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).relu()  # type: ignore[no-any-return]


class Counting(nn.Module):
    """Remembers what came before, until it is told to forget."""

    def __init__(self) -> None:
        super().__init__()
        self.total = torch.zeros(1)

    def forward(self, x: Tensor, times: int, twice: bool = False) -> Tensor:
        self.total = self.total + x.sum() * times
        return self.total

    @torch.jit.export
    def forget(self) -> None:
        self.total = torch.zeros(1)

    @torch.jit.export
    def both(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return x + 1, {"less": x - 1}


def scripted(module: nn.Module, path: Path, **header: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(module).save(path / "model.ts")  # type: ignore[no-untyped-call]
    return {"format": "torchscript", "path": str(path / "model.ts"), "metadata": {}, **header}


def exported(path: Path, **header: Any) -> dict[str, Any]:
    program = torch.export.export(Net().eval(), (torch.zeros(2, 4),), dynamic_shapes={"x": {0: Dim("n")}})
    torch.export.save(program, path / "model.pt2")
    return {"format": "exported", "path": str(path / "model.pt2"), "metadata": {}, **header}


def expected() -> np.ndarray:
    with torch.no_grad():
        answer: np.ndarray = Net()(torch.from_numpy(X)).numpy()
    return answer


@pytest.mark.proves("models.torchscript")
def test_torchscript_answers_as_torch_does(tmp_path: Path) -> None:
    header = scripted(Net(), tmp_path, signature=SIGNATURE)
    predictors.ready(header)
    predictor = predictors.load(header)
    predictor.warm_up()
    assert np.array_equal(predictor.infer({"x": X})["y"], expected())
    assert predictor.signature == SIGNATURE
    assert predictor.batch > 1


@pytest.mark.proves("models.exported")
def test_an_exported_program_says_itself_what_it_takes(tmp_path: Path) -> None:
    header = exported(tmp_path)
    predictors.ready(header)
    predictor = predictors.load(header)
    assert predictor.signature["inputs"] == SIGNATURE["inputs"]
    assert predictor.signature["outputs"][0]["shape"] == [-1, 3]
    (answer,) = predictor.infer({"x": X}).values()
    assert np.array_equal(answer, expected())
    named = predictors.load(exported(tmp_path, signature=SIGNATURE))
    assert np.array_equal(named.infer({"x": X})["y"], expected())


def test_what_comes_out_is_found_out_where_nobody_said(tmp_path: Path) -> None:
    predictor = predictors.load(scripted(Net(), tmp_path, signature={"inputs": SIGNATURE["inputs"]}))
    assert predictor.signature["outputs"] == [{"name": "output0", "datatype": "FP32", "shape": [-1, -1]}]
    assert np.array_equal(predictor.infer({"x": X})["output0"], expected())


@pytest.mark.proves("models.no-state-between-callers")
def test_nothing_of_one_request_stays_for_the_next(tmp_path: Path) -> None:
    inputs = [{"name": "x", "datatype": "FP32", "shape": [-1]}, {"name": "times", "datatype": "INT64", "shape": [1]}]
    metadata = {"config": {"reset": "forget"}}
    predictor = predictors.load(scripted(Counting(), tmp_path, signature={"inputs": inputs}, metadata=metadata))
    given = {"x": np.array([1, 2], np.float32), "times": np.array([3])}
    assert [predictor.infer(given)["output0"].tolist() for _ in range(3)] == [[9]] * 3
    assert predictor.batch == 1


def test_another_method_and_tensors_within_others_are_answered(tmp_path: Path) -> None:
    signature, metadata = {"inputs": SIGNATURE["inputs"]}, {"config": {"method": "both"}}
    header = scripted(Counting(), tmp_path, signature=signature, metadata=metadata)
    answer = predictors.load(header).infer({"x": X})
    assert np.array_equal(answer["output0"], X + 1)
    assert np.array_equal(answer["output1"], X - 1)


@pytest.mark.parametrize(
    ("signature", "config", "message"),
    [
        ({}, {}, "'signature.inputs' must describe what 'forward' takes, in this order: x: Tensor"),
        ({"inputs": [{**SIGNATURE["inputs"][0], "name": "z"}]}, {}, "in this order: x: Tensor"),
        (SIGNATURE, {"method": "__init__"}, "'__init__', which is no method"),
        (SIGNATURE, {"reset": 3}, "'3', which is no method"),
        ({"inputs": ["x"]}, {}, "'signature.inputs' must be a list of objects"),
        ({"inputs": [{"name": "x", "datatype": "CODE", "shape": [1]}]}, {}, "'signature.inputs' must be a list"),
        ({"inputs": [{"name": "x", "datatype": "FP32", "shape": ["n"]}]}, {}, "'signature.inputs' must be a list"),
        (["x"], {}, "'signature' must be an object"),
    ],
)
def test_what_must_be_told_of_a_script_is_told_when_it_is_not(
    signature: Any, config: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        predictors.load(scripted(Net(), tmp_path, signature=signature, metadata={"config": config}))


@pytest.mark.parametrize("inputs", [{}, {"x": X[:, :2]}, {"x": X * np.nan}, {"y": X}])
def test_what_a_program_does_not_take_is_told_by_its_name(inputs: dict[str, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="'x'") as told:
        predictors.load(exported(tmp_path)).infer(inputs)
    assert told.value.field == "x"


def test_what_a_program_finds_out_inside_is_the_callers_fault(tmp_path: Path) -> None:
    open_ended = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, -1]}], "outputs": SIGNATURE["outputs"]}
    with pytest.raises(Refusal, match=r"cannot be run on this: .*shapes"):
        predictors.load(scripted(Net(), tmp_path, signature=open_ended)).infer({"x": X[:, :2]})


def test_fewer_or_more_tensors_than_were_promised_are_a_fault(tmp_path: Path) -> None:
    signature = {**SIGNATURE, "outputs": SIGNATURE["outputs"] * 2}
    with pytest.raises(TypeError, match="gave 1 tensors; 2 were promised"):
        predictors.load(scripted(Net(), tmp_path, signature=signature)).infer({"x": X})


@pytest.mark.parametrize("format", ["torchscript", "exported"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02}q\x00.", b"x" * 100])
def test_a_file_that_is_no_program_is_told(format: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(content)
    with pytest.raises(ValueError, match="The model file cannot be read"):
        predictors.load({"format": format, "path": str(tmp_path / "model"), "metadata": {}, "signature": SIGNATURE})


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.target),)


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write the parts of an archive anew, some of them changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, change(name, data))


@pytest.mark.proves("models.code")
def test_a_size_that_would_run_code_is_refused(tmp_path: Path) -> None:
    header, target = exported(tmp_path), tmp_path / "executed"
    bomb = f"__import__('os').mkdir('{target}')"

    def change(name: str, data: bytes) -> bytes:
        symbol = re.compile(rb'"Symbol\([^"]+"')
        return symbol.sub(json.dumps(bomb).encode(), data) if name.endswith("model.json") else data

    rewritten(Path(header["path"]), change)
    with pytest.raises(ValueError, match="which is no size"):
        predictors.load(header)
    assert not target.exists()


@pytest.mark.proves("models.code")
def test_tensors_by_pickle_run_nothing(tmp_path: Path) -> None:
    header, target = exported(tmp_path), tmp_path / "executed"
    torch.save({"weight": Bomb(target)}, tmp_path / "bomb.pt")
    bomb = (tmp_path / "bomb.pt").read_bytes()

    def change(name: str, data: bytes) -> bytes:
        if name.endswith("weights_config.json"):
            return data.replace(b'"use_pickle": false', b'"use_pickle": true')
        return bomb if "/weights/weight_" in name or name.endswith("sample_inputs/model.pt") else data

    rewritten(Path(header["path"]), change)
    with pytest.raises(ValueError, match="The model file cannot be read"):
        predictors.load(header)
    assert not target.exists()


@pytest.mark.parametrize(
    "text",
    ["Symbol('s77', positive=True, integer=True)", "s0", "2*s0 + 1", "Mod(s1, 8)", "u0 >= 2", "Max(2, s3//4)",
     "-1.5e-3", "Eq(Mod(Symbol('s0', integer=True), 4), 0)", "int_oo", "floor(s0/2)"],
)  # fmt: skip
def test_sizes_as_torch_writes_them_are_harmless(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "eval('x')", "exec", "s0.__class__", "Symbol('a b')", "open('x')", "[].append", "lambda: 1",
     "Symbol('s0').__init__", "getattr(s0, 'x')", "s0 if s0 else s1", "x" * 20_000, "print(s0)",
     "(s0)(s1).func", "1" * 5000 + "!", "s1" * 2000 + "."],
)  # fmt: skip
def test_whatever_else_an_expression_could_do_is_refused(text: str) -> None:
    assert not is_harmless(text)
