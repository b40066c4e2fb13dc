"""Image classification by any model that takes pictures as one tensor and gives a score for each class."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from crispdm.algorithms._config import flag, only, whole_numbers
from crispdm.algorithms._naming import Naming

LARGEST = 1e30
KEYS = ("size", "mean", "deviation", "softmax", "scale", "method", "reset")


class PictureNamer:
    """A model's tensors as they are, and pictures brought to what it takes: [N, 1 or 3, height, width], from 0 to 1."""

    def __init__(self, inner: Any, header: Mapping[str, Any]) -> None:
        self._inner = inner
        config = header["metadata"].get("config") or {}
        only(config, KEYS)
        self.signature, self.classes = inner.signature, list(inner.classes)
        if not self.classes:
            raise ValueError("'classes' must name what an image classification tells apart.")
        self.batch = int(inner.batch)
        name, channels, size = _seen(inner.signature, config)
        self._name, self._softmax = name, flag(config, "softmax")
        self._mean, self._deviation = (_each_channel(config, key, channels) for key in ("mean", "deviation"))
        self._scale = 255.0 if flag(config, "scale") else 1.0
        self._naming = Naming(self._scores, self.classes, size, channels)
        self.infer: Callable[[Mapping[str, np.ndarray]], Dict[str, np.ndarray]] = inner.infer
        self.work, self.predict = self._naming.work, self._naming.predict

    def warm_up(self) -> None:
        """Answer once, so that the first client does not wait for what is done only once."""
        if hasattr(self._inner, "warm_up"):
            self._inner.warm_up()

    def _scores(self, images: np.ndarray) -> np.ndarray:
        seen = images * np.float32(self._scale)
        if self._mean is not None:
            seen = seen - self._mean
        if self._deviation is not None:
            seen = seen / self._deviation
        parts = np.split(seen, len(seen)) if self.batch == 1 else [seen]
        answers = [self._of_classes(self._inner.infer({self._name: part})) for part in parts]
        return np.concatenate(answers)

    def _of_classes(self, answer: Mapping[str, np.ndarray]) -> np.ndarray:
        """The one output that has a number for each class."""
        for scores in answer.values():
            if scores.ndim == 2 and scores.shape[1] == len(self.classes) and scores.dtype.kind == "f":
                return _softmax(scores) if self._softmax else scores
        raise TypeError("No output of the model has a score for each of its %d classes." % len(self.classes))


def _seen(
    signature: Mapping[str, Sequence[Mapping[str, Any]]], config: Mapping[str, Any]
) -> Tuple[str, int, Tuple[int, int]]:
    """The tensor of pictures, how many channels it has, and how large they are to be."""
    inputs = signature["inputs"]
    shape = list(inputs[0]["shape"]) if len(inputs) == 1 else []
    if len(shape) != 4 or shape[1] not in (1, 3) or inputs[0]["datatype"] != "FP32":
        raise ValueError("A model for image classification must take one FP32 tensor [-1, 1 or 3, height, width].")
    size = whole_numbers(config, "size", 1, 2048, 2, 2, [n if n > 0 else 224 for n in shape[2:]])
    return str(inputs[0]["name"]), shape[1], (size[0], size[1])


def _each_channel(config: Mapping[str, Any], key: str, channels: int) -> Optional[np.ndarray]:
    given = config.get(key)
    if given is None:
        return None
    is_list = isinstance(given, (list, tuple)) and len(given) == channels
    if not is_list or not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in given):
        raise ValueError("'config.%s' must be a number for each of the %d channels." % (key, channels))
    found = np.array([value if abs(value) < LARGEST else np.inf for value in given], np.float32)
    if not np.isfinite(found).all() or (key == "deviation" and not found.all()):
        also = ", and not 0," if key == "deviation" else ""
        raise ValueError("'config.%s' must be a number%s for each of the %d channels." % (key, also, channels))
    return found[:, None, None]


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised: np.ndarray = np.exp(scores - scores.max(1, keepdims=True))
    answer: np.ndarray = raised / raised.sum(1, keepdims=True)
    return answer

