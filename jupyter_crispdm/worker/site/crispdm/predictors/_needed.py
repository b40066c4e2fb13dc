"""What a model needs of the environment it runs in."""

from __future__ import annotations

import importlib
from types import ModuleType


def needed(module: str, package: str = "") -> ModuleType:
    """Import a module; ValueError says in one sentence which package is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = package or module.partition(".")[0]
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == module.partition(".")[0]:
            told = "%s is not installed in this environment: pip install %s" % (package, package)
        else:
            told = "%s cannot be imported in this environment: %.300s" % (package, error)
        raise ValueError(told) from error
