"""What the callbacks for other libraries have in common. A library is imported by the module that is for it alone."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any


def first_of(what: str, *names: str) -> Any:
    """The first of these modules that is installed. Raises ImportError, which says what is missing."""
    missing: ImportError | None = None
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError as error:
            missing = error
    raise ImportError(f"This needs {what}, which cannot be imported here: {missing}") from missing


def numbers(values: Mapping[Any, Any] | None) -> dict[str, float]:
    """Those of the values that are one number each: what a library reports beside them is left out."""
    found: dict[str, float] = {}
    for name, value in (values or {}).items():
        number = as_number(value)
        if number is not None:
            found[str(name)] = number
    return found


def as_number(value: Any) -> float | None:
    """One number of Python, numpy, torch or another library; None for anything else."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (str, bytes)) or value is None:
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except Exception:  # a tensor of many values, a table, a picture
        return None
