"""When a line that is open and says nothing has become a reason to tell somebody."""

from __future__ import annotations

from jupyter_crispdm.base.clock import Clock

_SOON = 4.5
_USUAL = 3.0


class Silence:
    """Knows how far apart messages use to come: a sensor that speaks once a minute is not silent after ten seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None
        self._gap = 0.0

    def begin(self) -> None:
        """Something is waited for from now on."""
        self._since = self._clock.monotonic()

    def heard(self) -> None:
        """Something came."""
        now = self._clock.monotonic()
        if self._since is not None:
            self._gap = max(now - self._since, 0.9 * self._gap)
        self._since = now

    def end(self) -> None:
        """Nothing is waited for any more."""
        self._since = None

    @property
    def told(self) -> str:
        """For how long nothing has come, where that is unusual; else empty."""
        if self._since is None:
            return ""
        quiet = self._clock.monotonic() - self._since
        return f"Nothing has come for {quiet:.0f} s." if quiet > max(_SOON, _USUAL * self._gap) else ""
