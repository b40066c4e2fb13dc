"""The network for tables answers as torch itself does, and refuses what it was not made for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm.algorithms import mlp
from crispdm.algorithms._tensors import Refusal
from safetensors.torch import save_file

CONFIG = {"sizes": [4, 8, 3], "activation": "tanh", "classes": ["a", "b", "c"]}
ROWS = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def saved(tmp_path: Path, config: dict[str, Any]) -> tuple[mlp.MLP, Path]:
    torch.manual_seed(0)
    network = mlp.build(config)
    torch.save(network.state_dict(), tmp_path / "model.pt")
    return network, tmp_path / "model.pt"


@pytest.mark.proves("models.mlp")
def test_with_classes_it_says_how_likely_each_is(tmp_path: Path) -> None:
    network, path = saved(tmp_path, CONFIG)
    predictor = mlp.load(path, {"config": CONFIG})
    with torch.no_grad():
        expected = network(torch.from_numpy(ROWS)).softmax(1).numpy()
    answer = predictor.infer({"features": ROWS})
    assert np.array_equal(answer["scores"], expected)
    assert predictor.classes == ["a", "b", "c"]
    assert predictor.signature == {
        "inputs": [{"name": "features", "datatype": "FP32", "shape": [-1, 4]}],
        "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}],
    }


def test_without_classes_it_says_what_its_last_layer_says(tmp_path: Path) -> None:
    config = {"sizes": [4, 3]}
    network, path = saved(tmp_path, config)
    predictor = mlp.load(path, {"config": config})
    with torch.no_grad():
        assert np.array_equal(predictor.infer({"features": ROWS})["outputs"], network(torch.from_numpy(ROWS)).numpy())
    assert predictor.classes == []


def test_a_row_is_answered_as_it_is_among_others(tmp_path: Path) -> None:
    predictor = mlp.load(saved(tmp_path, CONFIG)[1], {"config": CONFIG})
    predictor.warm_up()
    together = predictor.infer({"features": ROWS})["scores"]
    alone = [predictor.infer({"features": row[None]})["scores"][0] for row in ROWS]
    assert np.allclose(together, alone, atol=1e-6)


def test_weights_by_safetensors_are_the_same_weights(tmp_path: Path) -> None:
    network, path = saved(tmp_path, CONFIG)
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    one, other = mlp.load(path, {"config": CONFIG}), mlp.load(tmp_path / "model.safetensors", {"config": CONFIG})
    assert np.array_equal(one.infer({"features": ROWS})["scores"], other.infer({"features": ROWS})["scores"])


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ({"features": ROWS[:, :3]}, "features"),
        ({"features": ROWS[0]}, "features"),
        ({"features": ROWS[:0]}, "features"),
        ({"features": np.full((1, 4), np.nan, np.float32)}, "features"),
        ({"features": np.full((1, 4), np.inf, np.float32)}, "features"),
        ({"rows": ROWS}, "features"),
        ({"features": ROWS, "more": ROWS}, "more"),
        ({}, "features"),
    ],
)
def test_rows_that_cannot_be_answered_name_the_field(rows: dict[str, Any], field: str, tmp_path: Path) -> None:
    predictor = mlp.load(saved(tmp_path, CONFIG)[1], {"config": CONFIG})
    with pytest.raises(Refusal, match=f"'{field}'") as told:
        predictor.infer(rows)
    assert told.value.field == field


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"sizes": [4]}, "sizes"),
        ({"sizes": "4, 3"}, "sizes"),
        ({"sizes": [4, 0, 3]}, "sizes"),
        ({"sizes": [4, True, 3]}, "sizes"),
        ({"sizes": [16_384] * 4}, "sizes"),
        ({"activation": "eval"}, "activation"),
        ({"classes": ["a", "b"]}, "classes"),
        ({"classes": ["a", "a", "b"]}, "classes"),
        ({"depth": 3}, "depth"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_by_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=f"'?config.*{key}"):
        mlp.build({**CONFIG, **change})
