"""Networks of ours by onnxruntime: the graph that is written here says what torch says, or torch goes on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from crispdm.algorithms import cnn, mlp, unet
from crispdm.algorithms._engine import Writer, _number
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

MLP: dict[str, Any] = {"sizes": [5, 7, 3], "classes": ["a", "b", "c"]}
CNN: dict[str, Any] = {"classes": ["cat", "dog"], "size": [16, 24], "widths": [4, 8]}


def both(algorithm: Any, config: dict[str, Any], path: Path) -> tuple[Any, Any]:
    """The same weights by torch and by onnxruntime."""
    torch.manual_seed(0)
    torch.save(algorithm.build(config).state_dict(), path / "model.pt")
    return tuple(
        algorithm.load(path / "model.pt", {"config": config, "engine": engine}) for engine in ("torch", "onnxruntime")
    )


@pytest.mark.proves("serving.onnxruntime")
@pytest.mark.parametrize("activation", ["relu", "tanh", "silu"])
@pytest.mark.parametrize("classes", [["a", "b", "c"], []])
def test_rows_are_answered_by_onnxruntime_as_by_torch(activation: str, classes: list[str], tmp_path: Path) -> None:
    slow, fast = both(mlp, {"sizes": [5, 7, 9, 3], "activation": activation, "classes": classes}, tmp_path)
    rows = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    assert (slow.engine, fast.engine) == ("torch", "onnxruntime")
    assert slow.signature == fast.signature
    (expected,), (answer,) = (one.infer({"features": rows}).values() for one in (slow, fast))
    assert np.allclose(answer, expected, atol=1e-5)


@pytest.mark.proves("serving.onnxruntime")
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_named_by_onnxruntime_as_by_torch(residual: bool, channels: int, tmp_path: Path) -> None:
    slow, fast = both(cnn, {**CNN, "residual": residual, "channels": channels}, tmp_path)
    images = np.random.default_rng(0).random((4, channels, 16, 24), np.float32)
    assert (slow.engine, fast.engine) == ("torch", "onnxruntime")
    assert np.allclose(fast.infer({"images": images})["scores"], slow.infer({"images": images})["scores"], atol=1e-5)
    picture = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    assert fast.predict([picture], {})[0]["results"] == slow.predict([picture], {})[0]["results"]
    fast.warm_up()


@pytest.mark.proves("serving.onnxruntime")
@pytest.mark.parametrize("depth", [2, 3])
def test_objects_are_found_by_onnxruntime_as_by_torch(depth: int, tmp_path: Path) -> None:
    slow, fast = both(unet, {"classes": ["a", "b", "c"], "width": 8, "depth": depth}, tmp_path)
    for size in ((64, 64), (50, 75)):
        images = np.random.default_rng(0).random((2, 3, *size), np.float32)
        expected, answer = slow.infer({"images": images}), fast.infer({"images": images})
        for name, array in expected.items():
            assert np.allclose(answer[name], array, atol=1e-3), name
    assert "say" in vars(fast._network)
    assert "say" not in vars(slow._network)


@pytest.mark.proves("serving.onnxruntime")
def test_where_it_says_something_else_torch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = Writer.weights
    monkeypatch.setattr(Writer, "weights", lambda self, tensor: honest(self, tensor + 1))
    for algorithm, config in ((mlp, MLP), (cnn, CNN)):
        slow, other = both(algorithm, config, tmp_path)
        assert other.engine == slow.engine == "torch"
        assert "says something else than torch: the model is run by torch" in capsys.readouterr().err


@pytest.mark.proves("serving.onnxruntime")
def test_what_nobody_has_translated_is_left_to_torch(tmp_path: Path) -> None:
    slow, other = both(mlp, {**MLP, "activation": "gelu"}, tmp_path)
    assert other.engine == slow.engine == "torch"


def test_an_environment_without_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ValueError, match="onnxruntime is not installed in this environment: pip install onnxruntime"):
        both(mlp, MLP, tmp_path)


def test_an_engine_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    torch.save(mlp.build(MLP).state_dict(), tmp_path / "model.pt")
    with pytest.raises(ValueError, match=r"'metadata\.engine' must be one of torch, onnxruntime, not 'tensorrt'"):
        mlp.load(tmp_path / "model.pt", {"config": MLP, "engine": "tensorrt"})


def test_what_is_written_is_a_graph_of_onnx() -> None:
    writer = Writer()
    output = writer.layers([nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU()], "input")
    model = onnx.load_from_string(writer.model([3, 8, 8], {output: [4, 4, 4]}))
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Conv", "Relu"]
    with pytest.raises(LookupError):
        writer.layers([nn.Dropout()], "input")


@given(st.integers(0, 2**64 - 1))
def test_numbers_are_written_seven_bits_a_byte(value: int) -> None:
    data = _number(value)
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(data)) == value
    assert [byte >> 7 for byte in data] == [1] * (len(data) - 1) + [0]
