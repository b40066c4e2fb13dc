"""Pictures that are named as a whole: image classification, whatever tells the scores."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

import numpy as np
from PIL import Image

from ._options import Options
from ._picture import Instance, render

ROIS = "rois [y_min, x_min, y_max, x_max]"
BATCH = 32
NO_MASK = np.zeros((1, 1), bool)


class Naming:
    """Shows pictures to a model, as it is used to see them, and names each by its highest score."""

    def __init__(
        self, scores: Callable[[np.ndarray], np.ndarray], classes: Sequence[str], size: Tuple[int, int], channels: int
    ) -> None:
        self._scores, self._classes = scores, list(classes)
        self._size, self._channels = size, channels

    def work(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]]) -> List[int]:
        """Say how much work each picture is, in pixels that the model sees; refuse bad options."""
        Options.parse(options, self._classes)
        return [self._size[0] * self._size[1]] * len(shapes)

    def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> List[Dict[str, Any]]:
        """Name each picture (H×W×3, uint8): {"results": its class with the score, "image": the picture, labeled}."""
        chosen = Options.parse(options, self._classes)
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
                raise ValueError("An image must be an array [height, width, 3] of uint8.")
        answers: List[Dict[str, Any]] = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            scores = self._scores(as_input(batch, self._size, self._channels))
            answers += [self._answer(image, row, chosen) for image, row in zip(batch, scores)]
        return answers

    def _answer(self, image: np.ndarray, scores: np.ndarray, options: Options) -> Dict[str, Any]:
        """Answer with the surest of the classes that are shown, when it is sure enough."""
        shown = [index for index, name in enumerate(self._classes) if name in options.class_show]
        best = max(shown, key=lambda index: float(scores[index]))
        whole = (0, 0, image.shape[0], image.shape[1])
        found = [Instance(self._classes[best], float(scores[best]), whole, NO_MASK)]
        found = [instance for instance in found if instance.score >= options.min_confidence]
        results = {
            "class_name": [instance.name for instance in found],
            "scores": [round(instance.score, 4) for instance in found],
            ROIS: [list(instance.box) for instance in found],
        }
        return {"results": results, "image": render(image, found, self._classes)}


def as_input(images: Sequence[np.ndarray], size: Tuple[int, int], channels: int) -> np.ndarray:
    """Bring pictures to what a network sees: [N, channels, height, width], numbers from 0 to 1."""
    mode = "L" if channels == 1 else "RGB"
    batch = np.empty((len(images), channels, *size), np.float32)
    for seen, image in zip(batch, images):
        picture = Image.fromarray(image).convert(mode).resize((size[1], size[0]), Image.Resampling.BILINEAR)
        pixels = np.asarray(picture, np.float32) / 255
        seen[:] = pixels if channels == 1 else pixels.transpose(2, 0, 1)
    return batch
