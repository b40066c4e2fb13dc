"""The network that names pictures: made quick it says the same, and a picture comes back with its name."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm.algorithms import cnn
from crispdm.algorithms._quick import quick, sample
from crispdm.algorithms._tensors import Refusal
from safetensors.torch import save_file
from torch import nn

CONFIG: dict[str, Any] = {"classes": ["cat", "dog"], "size": [16, 24], "widths": [4, 8]}


def trained(config: dict[str, Any]) -> cnn.CNN:
    """A network whose normalization has seen something, as after a training."""
    torch.manual_seed(0)
    network = cnn.build(config)
    for _ in range(3):
        network(torch.rand(8, config.get("channels", 3), *config["size"]) * 3)
    return network.eval()


def loaded(tmp_path: Path, config: dict[str, Any]) -> tuple[cnn.CNN, cnn.Predictor]:
    network = trained(config)
    torch.save(network.state_dict(), tmp_path / "model.pt")
    return network, cnn.load(tmp_path / "model.pt", {"config": config})


@pytest.mark.proves("models.cnn")
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_answers_as_the_network_that_was_trained(residual: bool, channels: int, tmp_path: Path) -> None:
    config = {**CONFIG, "residual": residual, "channels": channels}
    network, predictor = loaded(tmp_path, config)
    images = np.random.default_rng(0).random((5, channels, 16, 24), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).softmax(1).numpy()
    assert np.allclose(predictor.infer({"images": images})["scores"], expected, atol=1e-5)
    assert predictor.signature["inputs"] == [{"name": "images", "datatype": "FP32", "shape": [-1, channels, 16, 24]}]
    assert predictor.signature["outputs"] == [{"name": "scores", "datatype": "FP32", "shape": [-1, 2]}]


@pytest.mark.proves("serving.quick-networks")
def test_normalization_is_folded_into_the_convolutions() -> None:
    network = trained({**CONFIG, "residual": True})
    faster = quick(copy.deepcopy(network), sample(1, 3, 16, 24))
    assert any(isinstance(part, nn.BatchNorm2d) for part in network.modules())
    assert not any(isinstance(part, nn.BatchNorm2d) for part in faster.modules())
    with torch.no_grad():
        assert torch.allclose(network(sample(4, 3, 16, 24)), faster(sample(4, 3, 16, 24)), atol=1e-5)


@pytest.mark.proves("serving.quick-networks")
def test_a_network_that_would_answer_otherwise_stays_as_it_is() -> None:
    class Counting(nn.Sequential):
        """Does with its normalization what folding does not know of."""

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            seen = self[0](images)
            return self[1](seen) + seen  # type: ignore[no-any-return]

    network = Counting(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    network(sample(4, 3, 8, 8) * 5)
    assert quick(network, sample(1, 3, 8, 8)) is network


def test_read_only_tensors_are_answered_without_being_written_to(tmp_path: Path) -> None:
    _, predictor = loaded(tmp_path, CONFIG)
    images = np.ones((1, 3, 16, 24), np.float32)
    images.flags.writeable = False
    assert predictor.infer({"images": images})["scores"].shape == (1, 2)


def test_weights_by_safetensors_are_the_same_weights(tmp_path: Path) -> None:
    network, predictor = loaded(tmp_path, CONFIG)
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    other = cnn.load(tmp_path / "model.safetensors", {"config": CONFIG})
    images = np.random.default_rng(0).random((2, 3, 16, 24), np.float32)
    assert np.array_equal(predictor.infer({"images": images})["scores"], other.infer({"images": images})["scores"])


@pytest.mark.proves("models.cnn")
def test_pictures_are_named_as_wholes_and_come_back_with_their_name(tmp_path: Path) -> None:
    _network, predictor = loaded(tmp_path, CONFIG)
    picture = np.random.default_rng(0).integers(0, 255, (90, 70, 3), np.uint8)
    shape = picture.shape
    (answer,) = predictor.predict([picture], {"DETECTION_MIN_CONFIDENCE": "0"})
    scores = predictor.infer({"images": cnn.as_input([picture], (16, 24), 3)})["scores"][0]
    results = answer["results"]
    assert results["class_name"] == [predictor.classes[int(scores.argmax())]]
    assert results["scores"] == [pytest.approx(float(scores.max()), abs=1e-4)]
    assert results["rois [y_min, x_min, y_max, x_max]"] == [[0, 0, 90, 70]]
    assert answer["image"].shape == shape
    assert not np.array_equal(answer["image"], picture)


def test_options_choose_what_is_shown(tmp_path: Path) -> None:
    _, predictor = loaded(tmp_path, CONFIG)
    picture = np.zeros((20, 20, 3), np.uint8)
    for name in CONFIG["classes"]:
        (answer,) = predictor.predict([picture], {"class_show": name, "DETECTION_MIN_CONFIDENCE": 0})
        assert answer["results"]["class_name"] == [name]
    (unsure,) = predictor.predict([picture], {"DETECTION_MIN_CONFIDENCE": 1})
    assert unsure["results"]["class_name"] == []
    assert np.array_equal(unsure["image"], picture)
    with pytest.raises(ValueError, match="'class_show'"):
        predictor.work({"class_show": "bird"}, [(20, 20, 3)])
    assert predictor.work({}, [(2000, 20, 3), (1, 1, 3)]) == [16 * 24] * 2


def test_many_pictures_of_several_sizes_keep_their_order(tmp_path: Path) -> None:
    _, predictor = loaded(tmp_path, CONFIG)
    pictures = [np.full((10 + n, 30, 3), n, np.uint8) for n in range(40)]
    answers = predictor.predict(pictures, {})
    assert [answer["image"].shape[0] for answer in answers] == [10 + n for n in range(40)]


@pytest.mark.parametrize("picture", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))])
def test_what_is_no_picture_is_refused(picture: np.ndarray, tmp_path: Path) -> None:
    _, predictor = loaded(tmp_path, CONFIG)
    with pytest.raises(ValueError, match="An image must be"):
        predictor.predict([picture], {})


def test_images_of_another_size_name_the_field(tmp_path: Path) -> None:
    _, predictor = loaded(tmp_path, CONFIG)
    with pytest.raises(Refusal, match=r"'images' must have shape \[-1, 3, 16, 24\], not \[1, 3, 16, 16\]") as told:
        predictor.infer({"images": np.zeros((1, 3, 16, 16), np.float32)})
    assert told.value.field == "images"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"classes": []}, "classes"),
        ({"classes": "cat"}, "classes"),
        ({"channels": 2}, "channels"),
        ({"channels": 1.0}, "channels"),
        ({"size": [16]}, "size"),
        ({"size": [16, 100_000]}, "size"),
        ({"widths": []}, "widths"),
        ({"widths": [1 << 20]}, "widths"),
        ({"residual": "yes"}, "residual"),
        ({"code": "x"}, "code"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_by_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=f"'?config.*{key}"):
        cnn.build({**CONFIG, **change})
