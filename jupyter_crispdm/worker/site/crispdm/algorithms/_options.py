"""What a client may configure of a detection; values arrive as strings, an error names the key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, FrozenSet, List, Mapping, Sequence, Tuple, TypeVar

SMALLEST, LARGEST = 16, 2048
MOST_PIXELS = 32 << 20
"""Pixels that the network may be asked to look at in one request, all its pictures together."""

EVERY = ("", "none", "null", "all")
"""What clients write for `class_show` when they want every class."""

Number = TypeVar("Number", int, float)


class OptionError(ValueError):
    """A value that cannot be followed, with the key that it was given for."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.field = key


class TooMuchWork(ValueError):
    """More than one request may ask for; the inference server answers 413."""

    status = 413


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

    def sides(self, height: int, width: int) -> Tuple[int, int]:
        """Return the sides that the network sees of such a picture."""
        scale = self.scale(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    def work(self, shapes: Sequence[Sequence[int]]) -> List[int]:
        """Return the pixels to look at in each picture; TooMuchWork when one request may not ask for so many."""
        pixels = [height * width for height, width in (self.sides(*shape[:2]) for shape in shapes)]
        if sum(pixels) > MOST_PIXELS:
            raise TooMuchWork(
                "With this configuration the %d pictures are %d million pixels to look at; one request may have %d "
                "million. Send fewer pictures, or make 'IMAGE_MIN_DIM' or 'IMAGE_MAX_DIM' smaller."
                % (len(shapes), sum(pixels) >> 20, MOST_PIXELS >> 20)
            )
        return pixels


def _number(
    options: Mapping[str, Any], key: str, kind: Callable[[str], Number], least: Number, most: Number, default: Number
) -> Number:
    given = options.get(key)
    if given is None or (isinstance(given, str) and given.strip().lower() in ("none", "null")):
        return default
    try:
        value = kind(_whole(str(given)) if kind is int else str(given))
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        noun = "a whole number" if kind is int else "a number"
        told = "'%s' must be %s from %s to %s, not %s." % (key, noun, least, most, _shortened(given))
        raise OptionError(key, told)
    return value


def _whole(text: str) -> str:
    """Accept "256.0", as programs write whole numbers that went through a table."""
    start, _, rest = text.strip().partition(".")
    return text if rest.strip("0") else start


def _shown(given: Any, classes: Sequence[str]) -> FrozenSet[str]:
    """Accept a list, one in JSON or as Python prints it, or names with commas; what `EVERY` names means every class."""
    if given is None or (isinstance(given, str) and given.strip().lower() in EVERY):
        return frozenset(classes)
    wanted = [str(name).strip() for name in (_names(given) if isinstance(given, str) else _listed(given))]
    unknown = [name for name in wanted if name not in classes]
    if unknown or not wanted:
        known = ", ".join(classes[:50])
        told = "'class_show' must name classes of the model (%s), or be 'all', not %s." % (known, _shortened(given))
        raise OptionError("class_show", told)
    return frozenset(wanted)


def _names(text: str) -> Sequence[Any]:
    plain = text.strip()
    if not plain.startswith("["):
        return plain.split(",")
    try:
        return _listed(json.loads(plain))
    except (json.JSONDecodeError, RecursionError):
        pass
    if not plain.endswith("]"):
        told = "'class_show' must be a list or names with commas between, not %s." % _shortened(text)
        raise OptionError("class_show", told)
    return [name.strip().strip("'\"") for name in plain[1:-1].split(",")]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def _shortened(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 200 else text[:200] + "…"
