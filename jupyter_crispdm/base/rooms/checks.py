"""What a room finds when it looks at itself, for `jupyter crispdm doctor`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Any

from jupyter_crispdm.base.wire import Wire


class Verdict(str, Enum):
    """How a part is: usable, usable with a limit, or not usable."""

    ok = "ok"
    limited = "limited"
    broken = "broken"


class Check(Wire, frozen=True):
    """One finding: what was looked at, how it is, why, and what repairs it."""

    part: str
    verdict: Verdict
    reason: str
    repair: str = ""


Look = Callable[[Any], Awaitable[Sequence[Check]]]
"""Looks at a part, given the settings that a server would have; no server need run."""
