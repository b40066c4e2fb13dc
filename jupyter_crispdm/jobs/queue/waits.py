"""What a job in the queue waits for, in words that stay true for a while: no places in a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

from ..types import JobState
from .slots import CPUS, GPUS, MEMORY, PLACES, Need, Slots

TURN = "waits for its turn"


def waits_for_jobs(after: Sequence[str], state_of: Callable[[str], JobState | None]) -> str:
    """The jobs that it comes after and that are not over; empty when there is none."""
    open_ones = [id for id in after if (state := state_of(id)) is not None and not state.final]
    if not open_ones:
        return ""
    others = len(open_ones) - 1
    more = "" if not others else " and another one" if others == 1 else f" and {others} others"
    return f"waits for job {open_ones[0]}{more}"


def waits_for_slots(need: Need, slots: Slots) -> str:
    """The resources of which too little is free; empty when there is enough."""
    lacking = slots.lacking(need)
    if PLACES in lacking:
        most = slots.capacity.places
        return f"{TURN}: at most {most} jobs run at once" if most > 1 else f"{TURN}: jobs run one at a time"
    return "" if not lacking else "waits for " + " and ".join(_lack(name, need, slots) for name in lacking)


def cannot_fit(need: Need, slots: Slots) -> str:
    """That it asks for more than there is, which happens when a setting was lowered."""
    excess = slots.excess(need)
    if excess is None:
        return ""
    asked = _amount(excess.field, getattr(need, excess.field))
    return f"asks for {asked}, but the server has {_amount(excess.field, excess.most)} for jobs"


def _lack(name: str, need: Need, slots: Slots) -> str:
    asked, free = int(getattr(need, name)), slots.free(name)
    if asked == 1 and name == GPUS:
        return "a GPU"
    if asked == 1 and name == CPUS:
        return "a CPU"
    rest = max(0, int(free)) if isfinite(free) else 0
    are = "is" if name == MEMORY or rest == 1 else "are"
    return f"{_amount(name, asked)}; {_amount(name, rest, unit=name == MEMORY)} {are} free"


def _amount(name: str, amount: int, unit: bool = True) -> str:
    if name == MEMORY:
        return f"{amount / 1e9:.1f} GB of memory" if amount >= 1e8 else f"{amount / 1e6:.1f} MB of memory"
    if not unit:
        return str(amount) if amount else "none"
    words = {CPUS: "CPU", GPUS: "GPU"}[name]
    return f"{amount} {words}" if amount == 1 else f"{amount} {words}s"
