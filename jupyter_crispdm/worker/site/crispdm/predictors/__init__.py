"""What answers for a model: one module for each way in which a model's file is written.

No code that came with a file is run, but where somebody decided so: a `pickle` needs an admin's word, a `script` is
registered as a program. Each module has `ready()`, which imports what it needs of the environment (or says in one
sentence what is missing), and `load(header)`, which makes a predictor: `signature`, `classes`, `infer(inputs)`, and
where it can `predict(images, options)` with `work`, `stream(parameters)`, `warm_up()`; `batch` is how many rows it
takes at once, where that is limited. Standard library, and what the model's environment has; Python 3.8 and newer.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Mapping

FORMATS = {
    "torch": "architecture",
    "safetensors": "architecture",
}
"""The module that loads a format."""


def ready(header: Mapping[str, Any]) -> None:
    """Import what a model needs, before memory is counted; ValueError says what its environment lacks."""
    _module(header).ready(header)


def load(header: Mapping[str, Any]) -> Any:
    """Load the model that a worker was told of; ValueError says why it cannot be."""
    return _module(header).load(header)


def _module(header: Mapping[str, Any]) -> ModuleType:
    format = str(header.get("format") or "torch")
    if format not in FORMATS:
        raise ValueError("'format' must be one of %s, not %.100r." % (", ".join(FORMATS), format))
    return importlib.import_module("%s.%s" % (__name__, FORMATS[format]))
