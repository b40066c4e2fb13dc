"""A recorder never ends the training it records: what goes wrong is said once on stderr, and the program goes on."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound="Callable[..., Any]")
_MOST_SAID = 50
_said: set[str] = set()


def harmless(answer: Callable[..., Any]) -> Callable[[_F], _F]:
    """Make a function that never raises; `answer`, given its arguments, is what it answers then."""

    def mark(function: _F) -> _F:
        @functools.wraps(function)
        def guarded(*args: Any, **options: Any) -> Any:
            try:
                return function(*args, **options)
            except Exception as error:
                tell(function.__name__, error)
                return answer(*args, **options)

        return guarded  # type: ignore[return-value]

    return mark


def tell(name: str, error: Exception) -> None:
    """Say what was not recorded and why; the same only once, and no more than some."""
    try:
        text = str(error)
        if not text.startswith("crispdm"):
            text = f"crispdm.{name}: {type(error).__name__}: {text}"
        text = text[:500]
        if text in _said or len(_said) >= _MOST_SAID:
            return
        _said.add(text)
        print(f"{text} (Not recorded; the program goes on. This is said once.)", file=sys.stderr, flush=True)
    except Exception:  # nobody can be told: stderr is closed, or the error cannot be shown
        return
