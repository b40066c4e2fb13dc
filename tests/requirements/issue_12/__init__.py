"""Live training: a file for each part of it, found by being here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.requirements.types import Requirement

ROWS: tuple[Requirement, ...] = tuple(
    row for module in iter_modules(__path__) for row in import_module(f"{__name__}.{module.name}").ROWS
)
