"""What streams may use, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How many streams there may be, what each may keep (days, bytes; None: no limit), and when one is silent."""

    streams: int | None = 100
    days: float | None = None
    bytes: int | None = None
    silence: float = 10.0

    def days_of(self, wanted: float | None) -> float | None:
        """How long a stream's samples are kept that asked for so long."""
        return _least(wanted, self.days)

    def bytes_of(self, wanted: int | None) -> int | None:
        """How much of a stream is kept that asked for so much."""
        least = _least(wanted, self.bytes)
        return None if least is None else int(least)


def _least(wanted: float | None, most: float | None) -> float | None:
    given = [limit for limit in (wanted, most) if limit is not None]
    return min(given) if given else None
