"""The diagnosis of a run directory, kept up while it grows: rows are read once, and only what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ..run import RunReader
from .digest import Digest
from .judge import best_of, diagnose
from .keepsakes import Keepsakes
from .rules import Watched, Watching
from .types import Best, Better, Diagnosis

_ROWS_AT_ONCE = 1 << 18
_MOST_SERIES = 1000
_SECONDS = 1.0
Mark = tuple[str, int]
"""The epoch of a run's rows, and how many there are."""


def mark_of(directory: Path) -> Mark:
    """Which rows a run has by now."""
    reader = RunReader(directory)
    try:
        total = reader.look()
        return reader.epoch, total
    finally:
        reader.close()


class RunDiagnosis:
    """Reads on in a run and says what its curves mean. Every method may touch the disk: call it in a thread.

    One caller at a time. `watched` are the rules to watch for, in all rows, the first ones too.
    """

    def __init__(self, directory: Path, watched: Sequence[Watched] = ()) -> None:
        self._reader = RunReader(directory)
        self._keepsakes = Keepsakes(directory)
        self._watched = list(watched)
        self._epoch, self._at, self.more = "", 0, False
        self._digests: dict[str, Digest] = {}
        self._watching = Watching(self._watched)

    def read(self, budget: float = _SECONDS, clock: Callable[[], float] = time.monotonic) -> bool:
        """Take what was written since the last call, for `budget` seconds at most; True when there was anything."""
        total = self._reader.look()
        if self._reader.epoch != self._epoch or total < self._at:
            self._begin(self._reader.epoch)
        until, news = clock() + budget, self._at < total
        while self._at < total:
            end = min(total, self._at + _ROWS_AT_ONCE)
            for name, series in self._reader.between(self._at, end).items():
                digest = self._digests.get(name)
                if digest is None and len(self._digests) < _MOST_SERIES:
                    digest = self._digests[name] = Digest()
                if digest is not None:
                    digest.add(series)
                    self._watching.see(name, series)
            self._at = end
            if clock() > until:
                break
        self.more = self._at < total
        return news

    def diagnosis(self) -> Diagnosis:
        """What the rows that were read say."""
        said = diagnose(self._digests, self._reader.trouble)
        alerts = [one.alert() for one in self._watched]
        return msgspec.structs.replace(said, best=self.best(), alerts=alerts)

    def best(self, metric: str | None = None, better: Better | None = None) -> Best | None:
        """The best point, by a metric or by the first one of what was held out, and what was kept of it."""
        best = best_of(self._digests, metric, better)
        if best is None:
            return None
        self._keepsakes.read()
        return self._keepsakes.of_best(best, self._digests[best.metric])

    def names(self) -> list[str]:
        """The series that there are."""
        return list(self._digests)

    @property
    def watched(self) -> list[Watched]:
        """The rules, and where each was raised."""
        return self._watched

    def watch(self, watched: Sequence[Watched]) -> None:
        """Watch for other rules from the beginning on, with the next `read`."""
        self._watched = list(watched)
        self._begin("")

    @property
    def mark(self) -> Mark:
        """Which rows were read: another one, once there are others."""
        return self._epoch, self._at

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()

    def _begin(self, epoch: str) -> None:
        self._epoch, self._at, self.more = epoch, 0, False
        self._digests = {}
        self._watching = Watching(self._watched)
