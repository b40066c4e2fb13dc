"""What a client may configure of a detection; values arrive as strings, an error names the key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, FrozenSet, Mapping, Sequence, TypeVar

SMALLEST, LARGEST = 16, 2048
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Options:
    """Smallest and largest side of the picture inside the network, least score shown, classes shown."""

    min_dim: int
    max_dim: int
    min_confidence: float
    class_show: FrozenSet[str]

    @classmethod
    def parse(cls, options: Mapping[str, Any], classes: Sequence[str]) -> Options:
        """Read the keys a detector knows, leave the others alone; raise ValueError for a bad value."""
        largest = _number(options, "IMAGE_MAX_DIM", int, SMALLEST, LARGEST, 1024)
        return cls(
            min_dim=_number(options, "IMAGE_MIN_DIM", int, SMALLEST, largest, min(64, largest)),
            max_dim=largest,
            min_confidence=_number(options, "DETECTION_MIN_CONFIDENCE", float, 0.0, 1.0, 0.5),
            class_show=_shown(options.get("class_show"), classes),
        )

    def scale(self, height: int, width: int) -> float:
        """Return the factor that brings the shorter side up to `min_dim` and the longer one down to `max_dim`."""
        return min(max(1.0, self.min_dim / min(height, width)), self.max_dim / max(height, width))


def _number(
    options: Mapping[str, Any], key: str, kind: Callable[[str], Number], least: Number, most: Number, default: Number
) -> Number:
    given = options.get(key)
    if given is None:
        return default
    try:
        value = kind(str(given))
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        noun = "a whole number" if kind is int else "a number"
        raise ValueError("'%s' must be %s from %s to %s, not %r." % (key, noun, least, most, given))
    return value


def _shown(given: Any, classes: Sequence[str]) -> FrozenSet[str]:
    """Accept a list, a JSON list, or names with commas between; nothing and "all" mean every class."""
    if given is None or (isinstance(given, str) and given.strip().lower() in ("", "all")):
        return frozenset(classes)
    wanted = [str(name).strip() for name in (_names(given) if isinstance(given, str) else _listed(given))]
    unknown = [name for name in wanted if name not in classes]
    if unknown or not wanted:
        raise ValueError("'class_show' must name classes of the model (%s), not %r." % (", ".join(classes), given))
    return frozenset(wanted)


def _names(text: str) -> Sequence[Any]:
    if not text.lstrip().startswith("["):
        return text.split(",")
    try:
        return _listed(json.loads(text))
    except json.JSONDecodeError:
        raise ValueError("'class_show' must be a JSON list or names with commas between, not %r." % text) from None


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]
