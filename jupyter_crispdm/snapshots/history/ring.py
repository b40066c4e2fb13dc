"""Which versions of a file are kept: the last twenty, then one an hour, then one a day."""

from __future__ import annotations

from collections.abc import Iterable

LAST = 20
_HOUR, _DAY = 3600.0, 86_400.0


def superseded(times: Iterable[float], now: float) -> set[float]:
    """The times (seconds since the epoch) of the versions that nobody needs.

    The newest `LAST` are kept, whenever they were saved. Of the others the newest of each hour of the last day, and
    the newest of each day before.

    Examples
    --------
    >>> sorted(superseded([float(second) for second in range(23)], now=30.0))
    [0.0, 1.0]
    """
    gone: set[float] = set()
    taken: set[tuple[float, int]] = set()
    for time in sorted(set(times), reverse=True)[LAST:]:
        span = _HOUR if now - time <= _DAY else _DAY
        slot = (span, int(time // span))
        if slot in taken:
            gone.add(time)
        taken.add(slot)
    return gone
