"""Stands in for the package of algorithms; `fake` needs only numpy. What the process of a model asks it for is real."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

__path__.append(str(Path(__file__).parents[7] / "jupyter_crispdm/worker/site/crispdm/algorithms"))


def get(algorithm: str) -> ModuleType:
    if algorithm != "fake":
        raise ValueError(f"'algorithm' must be one of fake, not {algorithm!r}.")
    return importlib.import_module("crispdm.algorithms.fake")
