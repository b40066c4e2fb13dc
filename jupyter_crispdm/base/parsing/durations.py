"""Lengths of time as people type and read them: 90s, 1h30m, 2d."""

from __future__ import annotations

import math
import re

_PARTS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
_AMOUNT = r"(\d{1,15}(?:\.\d{0,9})?)"
_TYPED = re.compile("".join(rf"(?:{_AMOUNT}{unit})?" for unit, _ in _PARTS))
_SECONDS = re.compile(_AMOUNT)


def read_duration(text: str) -> float | None:
    """The seconds that a text means, None when it is no duration. A number alone means seconds.

    >>> [read_duration(text) for text in ("90", "90s", "1h30m", "1.5 h", "2d", "soon")]
    [90.0, 90.0, 5400.0, 5400.0, 172800.0, None]
    """
    typed = re.sub(r"\s+", "", text.lower()).replace("min", "m")
    if _SECONDS.fullmatch(typed):
        return float(typed)
    found = _TYPED.fullmatch(typed)
    if found is None or not any(found.groups()):
        return None
    return math.fsum(float(amount or 0) * size for amount, (_, size) in zip(found.groups(), _PARTS, strict=True))


def brief_duration(seconds: float) -> str:
    """A length of time in the two largest units that it has.

    >>> [brief_duration(seconds) for seconds in (0, 0.5, 59.9, 61, 5400, 90_061)]
    ['0s', '0.5s', '59s', '1m1s', '1h30m', '1d1h']
    """
    if 0.0 < seconds < 1.0:
        return f"{math.ceil(seconds * 100) / 100:g}s"
    rest = max(0, int(seconds))
    amounts = []
    for unit, size in _PARTS:
        amounts.append((rest // size, unit))
        rest %= size
    first = next((at for at, (amount, _) in enumerate(amounts) if amount), len(amounts))
    return "".join(f"{amount}{unit}" for amount, unit in amounts[first : first + 2] if amount) or "0s"
