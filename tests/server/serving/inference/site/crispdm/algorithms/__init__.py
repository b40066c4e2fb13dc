"""Stands in for the package of algorithms; `fake` needs only numpy."""

from __future__ import annotations

import importlib
from types import ModuleType


def get(algorithm: str) -> ModuleType:
    if algorithm != "fake":
        raise ValueError(f"'algorithm' must be one of fake, not {algorithm!r}.")
    return importlib.import_module("crispdm.algorithms.fake")
