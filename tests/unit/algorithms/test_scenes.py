from __future__ import annotations

from itertools import combinations, islice
from typing import Any

import numpy as np
import pytest

Demo = Any


def some(demo: Demo, split: str, seed: int, count: int = 6) -> list[Any]:
    scenes = demo("scenes")
    layout = scenes.Layout(size=(96, 128), count=(3, 9), height=(16, 40))
    return list(islice(scenes.scenes(scenes.split(split), seed, layout), count))


@pytest.mark.proves("house.demo-data")
def test_no_scanned_digit_is_in_two_splits(demo: Demo) -> None:
    scenes = demo("scenes")
    splits = {name: scenes.split(name) for name in scenes.SPLITS}
    for one, other in combinations(splits.values(), 2):
        assert not set(one.sources) & set(other.sources)
        assert not {pixels.tobytes() for pixels in one.pixels} & {pixels.tobytes() for pixels in other.pixels}
    assert sum(len(digits.sources) for digits in splits.values()) == 1797
    assert all(set(digits.labels) == set(range(10)) for digits in splits.values())


def test_a_split_is_the_same_each_time(demo: Demo) -> None:
    first, second = demo("scenes").split("test"), demo("scenes").split("test")
    assert np.array_equal(first.sources, second.sources)
    assert np.array_equal(first.pixels, second.pixels)


def test_an_unknown_split_is_refused(demo: Demo) -> None:
    with pytest.raises(ValueError, match="holiday"):
        demo("scenes").split("holiday")


def test_the_same_seed_gives_the_same_scenes_and_another_one_others(demo: Demo) -> None:
    first, same, other = some(demo, "train", 1), some(demo, "train", 1), some(demo, "train", 2)
    assert all(np.array_equal(one.image, two.image) for one, two in zip(first, same, strict=True))
    assert not all(np.array_equal(one.image, two.image) for one, two in zip(first, other, strict=True))


def test_a_scene_holds_only_digits_of_its_split(demo: Demo) -> None:
    digits = demo("scenes").split("validation")
    labels = dict(zip(digits.sources, digits.labels, strict=True))
    for scene in some(demo, "validation", 3):
        assert [labels[source] for source in scene.sources] == scene.labels.tolist()


@pytest.mark.proves("house.demo-data")
def test_masks_agree_with_boxes_and_share_no_pixel(demo: Demo) -> None:
    scenes = demo("scenes")
    for scene in some(demo, "train", 4):
        assert scene.image.shape == (96, 128, 3)
        assert scene.image.dtype == np.uint8
        assert len(scene.masks) == len(scene.boxes) == len(scene.labels) == len(scene.sources) >= 1
        assert [scenes.box_of(mask) for mask in scene.masks] == [tuple(box) for box in scene.boxes]
        assert scene.masks.sum(0).max() == 1


def test_ink_can_be_told_from_the_sheet(demo: Demo) -> None:
    for scene in some(demo, "train", 5):
        inked = scene.masks.any(0)
        assert abs(scene.image[inked].mean() - scene.image[~inked].mean()) > 50


def test_digits_larger_than_the_sheet_are_left_out(demo: Demo) -> None:
    scenes = demo("scenes")
    layout = scenes.Layout(size=(40, 40), count=(1, 2), height=(60, 70))
    scene = next(scenes.scenes(scenes.split("train"), 1, layout))
    assert scene.image.shape == (40, 40, 3)
    assert (scene.masks.shape, scene.boxes.shape, scene.labels.shape) == ((0, 40, 40), (0, 4), (0,))


def test_some_digits_touch(demo: Demo) -> None:
    def touch(one: Any, other: Any) -> bool:
        grown = one.copy()
        grown[1:] |= one[:-1]
        grown[:-1] |= one[1:]
        grown[:, 1:] |= one[:, :-1]
        grown[:, :-1] |= one[:, 1:]
        return bool((grown & other).any())

    pairs = [pair for scene in some(demo, "train", 6, 12) for pair in combinations(scene.masks, 2)]
    assert any(touch(*pair) for pair in pairs)
