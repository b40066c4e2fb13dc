"""An algorithm that says how bright a picture is, and misbehaves when its options ask for it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROIS = "rois [y_min, x_min, y_max, x_max]"


class Refusal(ValueError):
    """A refusal with what the inference server makes of it."""

    def __init__(self, message: str, field: str = "", status: int = 422) -> None:
        super().__init__(message)
        self.field, self.status = field, status


def _may_pass(gate: Path) -> bool:
    """Whether the gate stands open, or was opened for one piece: who goes through that closes it."""
    try:
        gate.with_suffix(".once").unlink()
    except FileNotFoundError:
        return gate.exists()
    return True


class Predictor:
    def __init__(self, weights: str, metadata: Mapping[str, Any]) -> None:
        self.classes = ["dark", "bright"]
        self.signature = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1]}], "outputs": []}
        self._weights, self._metadata = weights, metadata
        self.batch = int(metadata.get("batch", 1))

    def work(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]]) -> list[int]:
        """Two pictures to a piece when told so."""
        if options.get("class_show") not in (None, "None", "dark", "bright"):
            raise Refusal("'class_show' must name classes of the model (dark, bright).", "class_show")
        if len(shapes) > int(options.get("most", 1000)):
            raise Refusal("One request may have fewer pictures.", status=413)
        return [int(options.get("work", 1))] * len(shapes)

    def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        mode = options.get("mode")
        if mode == "exit":
            os._exit(3)
        if mode == "hang":
            time.sleep(3600)
        if options.get("log"):
            with Path(options["log"]).open("a") as log:
                log.write(f"{len(images)} {images[0][0, 0, 0]}\n")
        while options.get("gate") and not _may_pass(Path(options["gate"])):
            time.sleep(0.01)
        if mode == "refuse":
            raise ValueError("'mode' must not be refuse.")
        return [self._answer(image, options) for image in images]

    def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        if "x" not in inputs:
            raise ValueError("'x' is missing.")
        if self.batch > 1:
            return self._together(inputs["x"])
        return {"double": inputs["x"] * 2, "sum": inputs["x"].sum(keepdims=True)}

    def _together(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Say how many rows were looked at together; 13 is unlucky, and 666 deadly."""
        if (rows == 666).any():
            os._exit(5)
        if (rows == 13).any():
            raise ValueError("13 is unlucky.")
        return {"double": rows * 2, "together": np.full(len(rows), len(rows), np.int64)}

    def stream(self, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Count, and note each number before it is told."""
        for number in range(parameters.get("count", 2)):
            if parameters.get("log"):
                with Path(parameters["log"]).open("a") as log:
                    log.write(f"{number}\n")
            if parameters.get("exit") == number:
                os._exit(6)
            yield {"text": f"{number} ", "pid": os.getpid()}

    def _answer(self, image: np.ndarray, options: Mapping[str, Any]) -> dict[str, Any]:
        if image[0, 0, 0] == 13:
            raise RuntimeError("this picture is unlucky")
        mean = image.mean()
        results = {
            "class_name": [self.classes[int(mean > 127)]],
            "scores": [np.float32("nan" if image[0, 0, 0] == 14 else 0.5)],
            ROIS: [[0, 0, *image.shape[:2]]],
            "pid": os.getpid(),
            "weights": self._weights,
            "options": dict(options),
            "malloc": os.environ.get("GLIBC_TUNABLES"),
        }
        return {"results": results, "image": 255 - image}


def load(path: str, metadata: Mapping[str, Any]) -> Predictor:
    while (text := Path(path).read_text()) == "wait":
        time.sleep(0.01)
    if text == "bad":
        raise ValueError("the weights are bad.")
    if text == "bomb":
        np.zeros(1 << 34, np.uint8)
    if text == "exit":
        os._exit(4)
    return Predictor(text, metadata)
