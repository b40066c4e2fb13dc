"""Numbers in queries and headers: read strictly, with an error that names the field.

`str.isdigit` is true for '²', `int` takes '１２' and '1_000' and fails on thousands of digits, `float` takes 'nan':
so nothing that came over the wire is turned into a number anywhere but here.
"""

from __future__ import annotations

import math
import re

from .errors import BadRequest

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
LARGEST = 2**63 - 1


def is_whole(text: str) -> bool:
    """Whether a text is a whole number that is not negative, in plain digits, and not too long to be one."""
    return _WHOLE.fullmatch(text) is not None and text[0] != "-"


def whole(text: str, field: str, *, low: int = 0, high: int = LARGEST) -> int:
    """A whole number between two bounds. Raises BadRequest."""
    value = int(text) if _WHOLE.fullmatch(text) else None
    if value is None or not low <= value <= high:
        raise BadRequest(f"'{field}' must be a whole number from {low:,} to {high:,}.", field=field)
    return value


def number(text: str, field: str, *, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number between two bounds. Raises BadRequest."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value) or not low <= value <= high:
        bounds = "" if math.isinf(high) else f" from {low:g} to {high:g}"
        raise BadRequest(f"'{field}' must be a number{bounds}.", field=field)
    return value
