"""What answers for a model: one module for each way in which a model's file is written.

No code that came with a file is run, but where somebody decided so: a `pickle` needs an admin's word, a `script` is
registered as a program. Each module has `ready()`, which imports what it needs of the environment (or says in one
sentence what is missing), and `load(header)`, which makes a predictor: `signature`, `classes`, `infer(inputs)`, and
where it can `predict(images, options)` with `work`, `stream(parameters)`, `warm_up()`; `batch` is how many rows it
takes at once. Standard library, and what the model's environment has; Python 3.8 and newer.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Mapping

from ._needed import telling_what_is_missing

FORMATS = {
    "torch": "architecture",
    "safetensors": "architecture",
    "onnx": "onnx_graph",
    "torchscript": "torch_program",
    "exported": "torch_program",
    "skops": "scikit",
    "pickle": "scikit",
    "script": "script",
}
"""The module that loads a format."""


def ready(header: Mapping[str, Any]) -> None:
    """Import what a model needs, before memory is counted; ValueError says what its environment lacks."""
    with telling_what_is_missing():
        _module(header).ready(header)


def load(header: Mapping[str, Any]) -> Any:
    """Load the model that a worker was told of; ValueError says why it cannot be."""
    predictor = _module(header).load(header)
    if _names_pictures(header) and not hasattr(predictor, "predict"):
        pictures: Any = importlib.import_module("%s.pictures" % __name__)
        return pictures.PictureNamer(predictor, header)
    return predictor


def runs_anything(header: Mapping[str, Any]) -> bool:
    """Whether a model is somebody's program, which may take the memory that it needs."""
    return bool(header.get("script")) or header.get("format") == "script"


def _names_pictures(header: Mapping[str, Any]) -> bool:
    return str(header.get("task", "")).lower().replace("-", " ").replace("_", " ") == "image classification"


def _module(header: Mapping[str, Any]) -> ModuleType:
    format = "script" if header.get("script") else str(header.get("format") or "torch")
    if format not in FORMATS:
        raise ValueError("'format' must be one of %s, not %.100r." % (", ".join(FORMATS), format))
    return importlib.import_module("%s.%s" % (__name__, FORMATS[format]))
