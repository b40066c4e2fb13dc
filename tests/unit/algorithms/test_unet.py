"""The network's answer is written from the truth here, so that what is read out of it is known to the pixel."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from crispdm.algorithms import unet
from crispdm.algorithms._picture import Instance, render
from torch import Tensor, nn

CLASSES = [str(digit) for digit in range(10)]


def answer_of(truth: np.ndarray) -> Tensor:
    """Write what a perfect network would say."""
    classes, ways = torch.from_numpy(truth[0]).long(), torch.from_numpy(truth[1:])
    names = nn.functional.one_hot((classes - 1).clamp(min=0), len(CLASSES)).permute(2, 0, 1) * 20.0
    nothing = torch.where(classes > 0, -20.0, 20.0)
    return torch.cat([nothing[None], names, ways])


class Perfect(nn.Module):
    """Knows the answer to one picture, at any scale it is shown at."""

    def __init__(self, image: np.ndarray, masks: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> None:
        super().__init__()
        self.truth = {image.shape[:2]: (masks, boxes, labels)}

    def know(self, size: tuple[int, int], masks: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> None:
        self.truth[size] = (masks, boxes, labels)

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[2:]
        masks, boxes, labels = self.truth.get(
            (height, width), (np.zeros((0, height, width), bool), np.zeros((0, 4)), np.zeros(0, int))
        )
        return torch.stack([answer_of(unet.encode(masks, boxes, labels)) for _ in images])


class Unsure(nn.Module):
    """Says the same, but can hardly tell one class from another."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        answers: Tensor = self.network(images)
        answers[:, 1:-2] /= 20
        return answers


def blocks(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (64, 96)) -> tuple[np.ndarray, np.ndarray]:
    masks = np.zeros((len(boxes), *size), bool)
    for mask, (top, left, bottom, right) in zip(masks, boxes, strict=True):
        mask[top:bottom, left:right] = True
    return masks, np.array(boxes)


def perfect(*boxes: tuple[int, int, int, int], labels: list[int]) -> tuple[unet.Predictor, np.ndarray]:
    masks, truth = blocks(*boxes)
    image = np.full((64, 96, 3), 240, np.uint8)
    image[masks.any(0)] = 20
    return unet.Predictor(Perfect(image, masks, truth, np.array(labels)), CLASSES), image


def found(results: dict[str, Any]) -> dict[tuple[int, ...], str]:
    return dict(zip(map(tuple, results[unet.ROIS]), results["class_name"], strict=True))


@pytest.mark.proves("serving.result-keys")
def test_the_result_has_the_fields_that_clients_read() -> None:
    predictor, image = perfect((10, 10, 34, 26), labels=[7])
    (result,) = predictor.predict([image], {})
    assert result["results"]["class_name"] == ["7"]
    assert result["results"]["rois [y_min, x_min, y_max, x_max]"] == [[10, 10, 34, 26]]
    assert result["results"]["scores"][0] > 0.9
    assert result["image"].shape == image.shape
    assert result["image"].dtype == np.uint8


def test_objects_that_touch_stay_two() -> None:
    predictor, image = perfect((10, 10, 34, 26), (10, 26, 34, 42), labels=[1, 1])
    (result,) = predictor.predict([image], {})
    assert found(result["results"]) == {(10, 10, 34, 26): "1", (10, 26, 34, 42): "1"}


def test_an_object_in_two_strokes_stays_one() -> None:
    masks, boxes = blocks((10, 10, 40, 30))
    masks[0, 20:24] = False
    image = np.where(masks[0, ..., None], np.uint8(0), np.uint8(255)).repeat(3, 2)
    predictor = unet.Predictor(Perfect(image, masks, boxes, np.array([5])), CLASSES)
    (result,) = predictor.predict([image], {})
    assert found(result["results"]) == {(10, 10, 40, 30): "5"}


def test_boxes_are_in_pixels_of_the_picture_however_large_it_is_inside() -> None:
    masks, boxes = blocks((10, 10, 34, 26), size=(64, 96))
    network = Perfect(np.zeros((64, 96, 3), np.uint8), masks, boxes, np.array([3]))
    (result,) = unet.Predictor(network, CLASSES).predict([np.zeros((128, 192, 3), np.uint8)], {"IMAGE_MAX_DIM": "96"})
    assert result["results"][unet.ROIS] == [[20, 20, 68, 52]]
    (result,) = unet.Predictor(network, CLASSES).predict([np.zeros((32, 48, 3), np.uint8)], {"IMAGE_MIN_DIM": "64"})
    assert result["results"][unet.ROIS] == [[5, 5, 17, 13]]


def test_an_object_too_large_at_one_scale_is_seen_at_another() -> None:
    masks, boxes = blocks((10, 10, 34, 26), size=(64, 96))
    network = Perfect(np.zeros((64, 96, 3), np.uint8), masks, boxes, np.array([3]))
    (result,) = unet.Predictor(network, CLASSES).predict([np.zeros((256, 384, 3), np.uint8)], {})
    assert result["results"][unet.ROIS] == [[40, 40, 136, 104]]


def test_an_object_seen_at_two_scales_is_told_once() -> None:
    predictor, image = perfect((4, 4, 36, 28), labels=[6])
    masks, boxes = blocks((2, 2, 18, 14), size=(32, 48))
    network = predictor._network
    assert isinstance(network, Perfect)
    network.know((32, 48), masks, boxes, np.array([6]))
    (result,) = predictor.predict([image], {})
    assert len(result["results"]["scores"]) == 1


def test_only_classes_asked_for_are_shown() -> None:
    predictor, image = perfect((10, 10, 34, 26), (10, 40, 34, 56), labels=[1, 2])
    (result,) = predictor.predict([image], {"class_show": "2"})
    assert found(result["results"]) == {(10, 40, 34, 56): "2"}


def test_what_is_less_sure_than_asked_for_is_left_out() -> None:
    predictor, image = perfect((10, 10, 34, 26), labels=[1])
    unsure = unet.Predictor(Unsure(predictor._network), CLASSES)
    (result,) = unsure.predict([image], {})
    assert result["results"] == {"class_name": [], "scores": [], unet.ROIS: []}
    assert np.array_equal(result["image"], image)
    (result,) = unsure.predict([image], {"DETECTION_MIN_CONFIDENCE": "0.2"})
    assert result["results"]["scores"] == [pytest.approx(np.e / (np.e + 9), abs=1e-3)]


def test_a_picture_with_nothing_has_no_results() -> None:
    predictor = unet.Predictor(unet.build({"classes": CLASSES, "width": 4}), CLASSES)
    blank = np.full((50, 70, 3), 255, np.uint8)
    (result,) = predictor.predict([blank], {"DETECTION_MIN_CONFIDENCE": "0.9"})
    assert result["results"]["scores"] == []


def test_pictures_of_many_sizes_are_answered_in_their_order() -> None:
    predictor = unet.Predictor(unet.build({"classes": CLASSES, "width": 4}), CLASSES)
    sizes = [(1, 1), (64, 64), (33, 200), (64, 64), (500, 3), *[(40, 40)] * 10]
    images = [np.zeros((*size, 3), np.uint8) for size in sizes]
    assert [result["image"].shape[:2] for result in predictor.predict(images, {})] == sizes
    assert predictor.predict([], {}) == []


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 4), (0, 8, 3), (1, 8, 8, 3)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    predictor, _ = perfect(labels=[])
    with pytest.raises(ValueError, match=r"\[height, width, 3\] of uint8"):
        predictor.predict([np.zeros(shape, np.uint8)], {})


def test_a_bad_option_is_told_by_its_key() -> None:
    predictor, image = perfect(labels=[])
    with pytest.raises(ValueError, match="'DETECTION_MIN_CONFIDENCE'"):
        predictor.predict([image], {"DETECTION_MIN_CONFIDENCE": "high"})


def test_the_drawn_picture_shows_mask_and_box() -> None:
    predictor, image = perfect((20, 10, 44, 26), labels=[4])
    drawn = predictor.predict([image], {})[0]["image"]
    assert (drawn[30, 18] != image[30, 18]).any()
    assert (drawn[20, 10] != image[20, 10]).any()
    assert np.array_equal(drawn[60, 90], image[60, 90])
    assert (image[20:44, 10:26] == 20).all(), "the picture given is left as it is"


def test_raw_tensors_have_the_shapes_that_the_signature_says() -> None:
    predictor = unet.Predictor(unet.build({"classes": CLASSES, "width": 4}), CLASSES)
    outputs = predictor.infer({"images": np.random.default_rng(0).random((2, 3, 40, 50), np.float32)})
    assert {name: array.shape for name, array in outputs.items()} == {
        "classes": (2, 11, 40, 50),
        "offsets": (2, 2, 40, 50),
    }
    assert [output["name"] for output in predictor.signature["outputs"]] == list(outputs)
    assert np.allclose(outputs["classes"].sum(1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "inputs",
    [{}, {"pictures": np.zeros((1, 3, 8, 8))}, {"images": np.zeros((3, 8, 8))}, {"images": np.zeros((1, 3, 0, 8))}],
)
def test_other_raw_tensors_are_refused(inputs: dict[str, np.ndarray]) -> None:
    predictor = unet.Predictor(unet.build({"classes": CLASSES, "width": 4}), CLASSES)
    with pytest.raises(ValueError, match=r"'images' (must|is missing|holds nothing)"):
        predictor.infer(inputs)


def test_what_is_encoded_is_decoded(demo: Any) -> None:
    scenes = demo("scenes")
    layout = scenes.Layout(size=(128, 128), count=(6, 10), height=(14, 36))
    for scene in islice(scenes.scenes(scenes.split("train"), 1, layout), 8):
        found = unet.decode(answer_of(unet.encode(scene.masks, scene.boxes, scene.labels)))
        assert sorted(zip(found.boxes.tolist(), found.classes.tolist(), strict=True)) == sorted(
            zip(scene.boxes.tolist(), scene.labels.tolist(), strict=True)
        )
        assert np.array_equal(found.owner.numpy() > 0, scene.masks.any(0))


def test_the_network_takes_any_size_and_colours_do_not_matter() -> None:
    network = unet.build({"classes": CLASSES, "width": 4}).eval()
    page = torch.ones(1, 3, 41, 75)
    page[:, :, 10:30, 10:20] = 0
    with torch.inference_mode():
        assert network(page).shape == (1, 13, 41, 75)
        assert torch.allclose(network(page), network(1 - page), atol=1e-4)


class Recorder(nn.Module):
    """Finds nothing, and remembers how much it was shown at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, ...]] = []

    def forward(self, images: Tensor) -> Tensor:
        self.shown.append(tuple(images.shape))
        nothing = torch.full((len(images), 1, *images.shape[2:]), 20.0)
        return torch.cat([nothing, torch.zeros(len(images), len(CLASSES) + 2, *images.shape[2:])], 1)


def test_issue_7_what_is_looked_at_together_is_bounded_in_pixels() -> None:
    recorder = Recorder()
    predictor = unet.Predictor(recorder, CLASSES)
    images = [np.zeros((1500, 2500, 3), np.uint8)] * 9 + [np.zeros((40, 40, 3), np.uint8)] * 9
    assert len(predictor.predict(images, {})) == 18
    assert all(count * height * width <= unet.BATCH_PIXELS for count, _, height, width in recorder.shown)
    assert max(shape[0] for shape in recorder.shown) == unet.BATCH
    assert max(max(shape[2:]) for shape in recorder.shown) == 1024


def test_a_coarse_mask_is_drawn_as_large_as_its_box() -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    mask = np.array([[True, False], [False, True]])
    drawn = render(image, [Instance("1", 0.9, (0, 0, 40, 60), mask)], CLASSES)
    assert drawn[5:15, 5:25].any(2).all()
    assert drawn[25:35, 35:55].any(2).all()
    assert not drawn[25:35, 5:25].any()


def test_so_many_large_objects_are_tinted_and_the_rest_only_framed() -> None:
    image, mask = np.zeros((64, 64, 3), np.uint8), np.ones((2, 2), bool)
    drawn = render(image, [Instance("1", 0.9, (0, 0, 64, 64), mask)] * 300, CLASSES)
    assert drawn.shape == image.shape
    assert drawn[32, 32].any()


def test_the_strongest_objects_of_a_picture_are_told() -> None:
    many = [(0, Instance("1", index / 1000, (index, 0, index + 1, 1), np.ones((1, 1), bool))) for index in range(1000)]
    kept = unet._strongest(many)
    assert len(kept) == unet.MOST_OBJECTS
    assert kept[0].score == 0.999
