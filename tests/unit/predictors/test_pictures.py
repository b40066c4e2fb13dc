"""Any model that scores pictures names them in the four calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm import predictors
from crispdm.algorithms._naming import as_input
from torch import Tensor, nn
from torch.export import Dim

PICTURES = [np.random.default_rng(n).integers(0, 255, (30 + n, 20, 3), np.uint8) for n in range(3)]
CLASSES = ["cat", "dog"]


class Net(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(channels, 2, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).mean((2, 3))  # type: ignore[no-any-return]


def header(path: Path, channels: int = 3, rows: Any = None, **config: Any) -> dict[str, Any]:
    program = torch.export.export(
        Net(channels).eval(), (torch.zeros(2 if rows is None else rows, channels, 8, 8),),
        dynamic_shapes={"x": {0: Dim("n")}} if rows is None else None,
    )  # fmt: skip
    torch.export.save(program, path / "model.pt2")
    metadata = {"classes": CLASSES, "config": config}
    return {"format": "exported", "task": "image-classification", "path": str(path / "model.pt2"), "metadata": metadata}


@pytest.mark.proves("models.image-classification")
@pytest.mark.parametrize("rows", [None, 1])
def test_pictures_are_named_by_their_scores(rows: Any, tmp_path: Path) -> None:
    told = header(tmp_path, rows=rows, softmax=True, mean=[0.5, 0.4, 0.3], deviation=[0.2, 0.2, 0.1])
    predictor = predictors.load(told)
    predictor.warm_up()
    mean, deviation = (np.array(numbers, np.float32)[:, None, None] for numbers in ([0.5, 0.4, 0.3], [0.2, 0.2, 0.1]))
    seen = (as_input(PICTURES, (8, 8), 3) - mean) / deviation
    with torch.no_grad():
        expected = Net(3)(torch.from_numpy(seen)).softmax(1).numpy()
    answers = predictor.predict(PICTURES, {"DETECTION_MIN_CONFIDENCE": 0})
    assert [answer["results"]["class_name"] for answer in answers] == [[CLASSES[row.argmax()]] for row in expected]
    assert [answer["results"]["scores"][0] for answer in answers] == pytest.approx(expected.max(1), abs=1e-4)
    assert [answer["image"].shape for answer in answers] == [picture.shape for picture in PICTURES]
    assert predictor.work({}, [(10, 10, 3)]) == [64]
    assert (predictor.batch == 1) == (rows == 1)
    with torch.no_grad():
        raw = Net(3)(torch.from_numpy(seen[:1])).numpy()
    (given,) = predictor.infer({"x": seen[:1]}).values()
    assert np.allclose(given, raw, atol=1e-6)


def test_gray_pictures_and_numbers_to_255_are_made_where_the_model_wants_them(tmp_path: Path) -> None:
    predictor = predictors.load(header(tmp_path, 1, softmax=True, scale=True))
    with torch.no_grad():
        expected = Net(1)(torch.from_numpy(as_input(PICTURES, (8, 8), 1) * 255)).softmax(1).numpy()
    answers = predictor.predict(PICTURES, {"DETECTION_MIN_CONFIDENCE": 0})
    assert [answer["results"]["scores"][0] for answer in answers] == pytest.approx(expected.max(1), abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": [1]}, r"'config\.mean' must be a number for each of the 3 channels"),
        ({"deviation": ["a"] * 3}, r"'config\.deviation'"),
        ({"deviation": [1, 0, 1]}, r"'config\.deviation' must be a number, and not 0, for each of the 3"),
        ({"mean": [True, 0, 0]}, r"'config\.mean' must be a number for each of the 3 channels"),
        ({"mean": [0, 0, float("nan")]}, r"'config\.mean' must be a number"),
        ({"mean": [10**400, 0, 0]}, r"'config\.mean' must be a number"),
        ({"deviation": [1e-60, 1, 1]}, r"'config\.deviation' must be a number, and not 0"),
        ({"mean": "abc"}, r"'config\.mean' must be a number"),
        ({"size": [0, 8]}, r"'config\.size' must be a list of 2 to 2 whole numbers from 1 to 2048"),
        ({"size": [8]}, r"'config\.size'"),
        ({"softmax": 1}, r"'config\.softmax' must be true or false"),
        ({"colour": 1}, "unknown keys: colour"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_by_its_key(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        predictors.load(header(tmp_path, **change))


def test_what_cannot_name_pictures_is_refused(tmp_path: Path) -> None:
    told = header(tmp_path)
    with pytest.raises(ValueError, match="'classes' must name"):
        predictors.load({**told, "metadata": {}})
    three = predictors.load({**told, "metadata": {"classes": ["a", "b", "c"]}})
    with pytest.raises(TypeError, match="a score for each of its 3 classes"):
        three.predict(PICTURES, {})
    with pytest.raises(ValueError, match="one FP32 tensor"):
        predictors.load(header(tmp_path, 4))
