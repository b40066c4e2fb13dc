"""Graphs of ONNX answer as onnxruntime itself does, and say what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from crispdm import predictors
from crispdm.algorithms._tensors import Refusal
from onnx import TensorProto, helper


def written(path: Path, nodes: list[Any], inputs: list[Any], outputs: list[Any], **more: Any) -> dict[str, Any]:
    """A file of one graph, and the header by which a worker loads it."""
    graph = helper.make_graph(nodes, "graph", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path / "model.onnx")
    return {"format": "onnx", "path": str(path / "model.onnx"), "metadata": {}, "threads": 1, **more}


def value(name: str, kind: int, shape: list[Any]) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def doubling(path: Path, rows: Any = "n") -> dict[str, Any]:
    node = helper.make_node("Add", ["x", "x"], ["y"])
    return written(path, [node], [value("x", TensorProto.FLOAT, [rows, 2])], [value("y", TensorProto.FLOAT, [rows, 2])])


@pytest.mark.proves("models.onnx")
def test_a_graph_says_what_it_takes_and_gives_and_answers(tmp_path: Path) -> None:
    header = doubling(tmp_path)
    predictors.ready(header)
    predictor = predictors.load(header)
    predictor.warm_up()
    assert predictor.signature == {
        "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}],
        "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 2]}],
    }
    rows = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    (expected,) = onnxruntime.InferenceSession(header["path"]).run(None, {"x": rows})
    assert np.array_equal(predictor.infer({"x": rows})["y"], expected)


@pytest.mark.parametrize(("rows", "batch"), [("n", 1024), (1, 1), (None, 1)])
def test_rows_go_together_where_the_graph_says_that_they_may(rows: Any, batch: int, tmp_path: Path) -> None:
    assert predictors.load(doubling(tmp_path, rows)).batch == batch


@pytest.mark.parametrize(
    "inputs",
    [{}, {"z": np.zeros((1, 2), np.float32)}, {"x": np.zeros((1, 3), np.float32)}, {"x": np.full((1, 2), np.nan)}],
)
def test_what_a_graph_does_not_take_is_told_by_its_name(inputs: dict[str, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="'x'") as told:
        predictors.load(doubling(tmp_path)).infer(inputs)
    assert told.value.field == "x"


def test_shapes_that_a_graph_finds_out_inside_are_the_callers_fault(tmp_path: Path) -> None:
    node = helper.make_node("MatMul", ["a", "b"], ["y"])
    inputs = [value("a", TensorProto.FLOAT, ["n", "k"]), value("b", TensorProto.FLOAT, ["l", "m"])]
    predictor = predictors.load(written(tmp_path, [node], inputs, [value("y", TensorProto.FLOAT, ["n", "m"])]))
    with pytest.raises(Refusal, match="cannot be run on this"):
        predictor.infer({"a": np.zeros((1, 2), np.float32), "b": np.zeros((3, 1), np.float32)})


def test_texts_and_single_numbers_go_in_and_out(tmp_path: Path) -> None:
    nodes = [helper.make_node("Identity", ["t"], ["u"]), helper.make_node("Add", ["k", "k"], ["l"])]
    inputs = [value("t", TensorProto.STRING, [None]), value("k", TensorProto.INT64, [])]
    outputs = [value("u", TensorProto.STRING, [None]), value("l", TensorProto.INT64, [])]
    predictor = predictors.load(written(tmp_path, nodes, inputs, outputs))
    assert [one["datatype"] for one in predictor.signature["inputs"]] == ["BYTES", "INT64"]
    predictor.warm_up()
    for number in (np.array(4), np.array([4])):
        answer = predictor.infer({"t": np.array(["a", "ü"], object), "k": number})
        assert (answer["u"].tolist(), answer["l"].tolist()) == (["a", "ü"], 8)


@pytest.mark.parametrize("content", [b"", b"\x08\x07", b"\x08\x07" + b"\xff" * 50, b"PK\x03\x04", b"{}"])
def test_a_file_that_is_no_graph_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ValueError, match="The ONNX model cannot be loaded"):
        predictors.load({"format": "onnx", "path": str(tmp_path / "model.onnx"), "metadata": {}, "threads": 1})


def test_what_is_no_tensor_is_left_out_or_refused(tmp_path: Path) -> None:
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None)
    node = helper.make_node("SequenceConstruct", ["x", "x"], ["s"])
    x = value("x", TensorProto.FLOAT, [1])
    with pytest.raises(ValueError, match=r"gives no tensors, but seq\(tensor\(float\)\)"):
        predictors.load(written(tmp_path, [node], [x], [sequence]))
    length = helper.make_node("SequenceLength", ["s"], ["n"])
    with pytest.raises(ValueError, match="takes 's', a seq"):
        predictors.load(written(tmp_path, [length], [sequence], [value("n", TensorProto.INT64, [])]))
    both = [value("n", TensorProto.INT64, []), sequence]
    predictor = predictors.load(written(tmp_path, [node, length], [x], both))
    assert predictor.infer({"x": np.ones(1, np.float32)}) == {"n": 2}
