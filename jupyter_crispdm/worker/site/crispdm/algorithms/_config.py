"""Configurations that came with a model file: nothing in them is believed before it is looked at."""

from __future__ import annotations

from typing import Any, Mapping, Sequence, Tuple


def only(config: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Refuse keys that nobody knows."""
    unknown = set(config) - set(keys)
    if unknown:
        raise ValueError("'config' has unknown keys: %s." % ", ".join(sorted(map(str, unknown))))


def names(config: Mapping[str, Any], key: str, most: int = 10_000) -> Tuple[str, ...]:
    """Return a list of different names."""
    given = config.get(key)
    if not isinstance(given, (list, tuple)) or not 1 <= len(set(map(str, given))) == len(given) <= most:
        raise ValueError("'config.%s' must be a list of 1 to %d different names." % (key, most))
    return tuple(map(str, given))


def whole_number(config: Mapping[str, Any], key: str, least: int, most: int, default: int) -> int:
    """Return a whole number within its limits."""
    value = config.get(key, default)
    if not _is_within(value, least, most):
        raise ValueError("'config.%s' must be a whole number from %d to %d, not %.100r." % (key, least, most, value))
    return int(value)


def whole_numbers(
    config: Mapping[str, Any], key: str, least: int, most: int, shortest: int, longest: int, default: Sequence[int] = ()
) -> Tuple[int, ...]:
    """Return a list of whole numbers within their limits."""
    given = config.get(key, default)
    is_list = isinstance(given, (list, tuple)) and shortest <= len(given) <= longest
    if not is_list or not all(_is_within(value, least, most) for value in given):
        told = "'config.%s' must be a list of %d to %d whole numbers from %d to %d, not %.100r."
        raise ValueError(told % (key, shortest, longest, least, most, given))
    return tuple(given)


def one_of(config: Mapping[str, Any], key: str, choices: Sequence[str]) -> str:
    """Return one of the choices, the first when none is told."""
    given = config.get(key, choices[0])
    if given not in choices:
        raise ValueError("'config.%s' must be one of %s, not %.100r." % (key, ", ".join(choices), given))
    return str(given)


def flag(config: Mapping[str, Any], key: str) -> bool:
    """Return what is true or false, false when it is not told."""
    given = config.get(key, False)
    if not isinstance(given, bool):
        raise ValueError("'config.%s' must be true or false, not %.100r." % (key, given))
    return given


def _is_within(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
