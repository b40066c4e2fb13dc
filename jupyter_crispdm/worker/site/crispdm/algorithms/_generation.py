"""What may be asked of a model that writes text, and how its text ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence, Tuple, TypeVar

from ._options import OptionError

MOST_PROMPT = 20_000
"""Characters that a prompt may have."""

MOST_TOKENS, USUAL_TOKENS = 16_384, 256
MOST_STOPS, LONGEST_STOP = 8, 200
MOST_TEMPERATURE = 2.0
SEEDS = 1 << 63

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Generation:
    """One request for text; None where the model shall choose.

    What is `written` already counts among `max_tokens`, and is gone on from.
    """

    prompt: str
    written: str
    max_tokens: int
    temperature: float
    top_k: int
    top_p: float
    stop: Tuple[str, ...]
    seed: Optional[int]

    @classmethod
    def parse(cls, parameters: Mapping[str, Any]) -> Generation:
        """Read the parameters it knows, leave the others alone; OptionError names the one that is to blame."""
        seed = parameters.get("seed")
        return cls(
            _text(parameters, "prompt", MOST_PROMPT),
            _text(parameters, "written", MOST_TOKENS),
            _within(parameters, "max_tokens", int, 1, MOST_TOKENS, USUAL_TOKENS),
            _within(parameters, "temperature", float, 0.0, MOST_TEMPERATURE, 1.0),
            _within(parameters, "top_k", int, 0, 100_000, 0),
            _within(parameters, "top_p", float, 0.0, 1.0, 1.0),
            _stops(parameters.get("stop")),
            None if seed is None else _within(parameters, "seed", int, -SEEDS, SEEDS - 1, 0) % SEEDS,
        )


def _text(given: Mapping[str, Any], key: str, longest: int) -> str:
    value = given.get(key)
    if value is not None and (not isinstance(value, str) or len(value) > longest):
        raise OptionError(key, "'%s' must be a text of at most %d characters." % (key, longest))
    return value or ""


def _within(
    given: Mapping[str, Any], key: str, kind: Callable[[Any], Number], least: Number, most: Number, default: Number
) -> Number:
    value = given.get(key)
    if value is None:
        return default
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most
    if not fits or (kind is int and value != int(value)):
        noun = "a whole number" if kind is int else "a number"
        raise OptionError(key, "'%s' must be %s from %s to %s, not %.200r." % (key, noun, least, most, value))
    return kind(value)


def _stops(given: Any) -> Tuple[str, ...]:
    stops = [given] if isinstance(given, str) else [] if given is None else given
    fits = isinstance(stops, (list, tuple)) and len(stops) <= MOST_STOPS
    if not fits or not all(isinstance(stop, str) and len(stop) <= LONGEST_STOP for stop in stops):
        told = "'stop' must be a text, or a list of at most %d, each of at most %d characters."
        raise OptionError("stop", told % (MOST_STOPS, LONGEST_STOP))
    return tuple(stop for stop in stops if stop)


class StopWatch:
    """Lets text through up to the first of some strings; what may be the beginning of one waits."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops, self._held = stops, ""
        self.stopped = False

    def take(self, text: str) -> str:
        """Take what was written, and return what may be shown of it and of what waited."""
        self._held += text
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return shown
        keep = max((self._begun(stop) for stop in self._stops), default=0)
        cut = len(self._held) - keep
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def rest(self) -> str:
        """Return what still waits, at the end."""
        shown, self._held = self._held, ""
        return shown

    def _begun(self, stop: str) -> int:
        """Count the characters at the end that may be the beginning of a string."""
        longest = min(len(stop) - 1, len(self._held))
        return next((size for size in range(longest, 0, -1) if self._held.endswith(stop[:size])), 0)
