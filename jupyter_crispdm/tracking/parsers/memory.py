"""What a reader of a log remembers from one line to the next: where the training is, and what it said last."""

from __future__ import annotations

import msgspec

#: More series than this no log has.
MOST_SERIES = 500
_MOST_TRACKS = 40
_MOST_FITS = 50
_LARGEST = 1 << 60


class Track(msgspec.Struct):
    """One count that goes on in a log, over the epochs that begin it anew, and over new trainings: `fit` numbers them.

    `first_epoch` is the epoch that it began in. `goes_on`: it counts on from epoch to epoch.
    """

    first: int
    last: int
    base: int = 0
    total: int | None = None
    first_epoch: float | None = None
    epoch: float | None = None
    goes_on: bool | None = None
    fit: int = 1

    def advance(self, count: int, total: int | None, epoch: float | None) -> int:
        """The step that a count means, over all epochs."""
        if epoch is not None and self.epoch is not None and epoch != self.epoch:
            self._enter(count, epoch)
        elif count < self.last and (self.epoch is None or epoch is None):
            self._fall(count, total)
        self.last, self.total = count, total
        self.epoch = epoch if epoch is not None else self.epoch
        if abs(self.base + count) > _LARGEST:  # beyond all counting: it begins anew
            self.base = 0
        return self.base + count

    def _enter(self, count: int, epoch: float) -> None:
        """Another epoch: what was counted in those before is added, unless the count goes on by itself."""
        if self.first_epoch is not None and epoch <= self.first_epoch and count <= self.last:
            self._begin(count, epoch)
            return
        if self.goes_on is None:
            self.goes_on = count > self.last
        if not self.goes_on and self.epoch is not None:
            epochs = max(1, int(epoch - self.epoch)) if self.total is not None else 1
            self.base += epochs * (self.total if self.total is not None else self.last)

    def _fall(self, count: int, total: int | None) -> None:
        """A count that begins anew: of a bar that is drawn again, or of a new training."""
        if total is not None:
            if count <= max(self.first, self.last // 2):  # several processes that print by turns fall back a little
                self.base += self.total or self.last
        elif count <= self.first:
            self._begin(count, None)

    def _begin(self, count: int, epoch: float | None) -> None:
        self.fit, self.base, self.first = min(self.fit + 1, _MOST_FITS), 0, count
        self.first_epoch, self.goes_on = epoch, None


class Shown(msgspec.Struct):
    """The last point of a series."""

    step: int | None
    value: float | None
    fit: int = 1
    ignored: bool = False


class Once(msgspec.Struct):
    """What a line said that counts only if there is another like it."""

    values: dict[str, float]
    time: float


class Memory(msgspec.Struct):
    """All of it, as JSON of at most some ten KiB.

    `epoch` and `section` come from headings, `is_open`: an epoch was begun that has not ended. `evaluated` is the
    part of the data that the last lines were about, `drawn` says that the last line was a bar, `from_zero` that
    epochs are counted from 0. `step` is the newest step of
    the training; `bar` the count and the total of its progress bar.
    """

    rest: str = ""
    skipping: bool = False
    epoch: float | None = None
    is_open: bool = False
    section: str = ""
    evaluated: str = ""
    drawn: bool = False
    from_zero: bool = False
    step: int | None = None
    fit: int = 1
    bar: tuple[int, int] | None = None
    tracks: dict[str, Track] = msgspec.field(default_factory=dict)
    shown: dict[str, Shown] = msgspec.field(default_factory=dict)
    counted: list[str] = msgspec.field(default_factory=list)
    once: dict[str, Once] = msgspec.field(default_factory=dict)
    columns: list[str] = msgspec.field(default_factory=list)
    misses: int = 0
    block: dict[str, float] | None = None

    def track(self, key: str, count: int, epoch: float | None, total: int | None = None) -> Track:
        """The count of this name; a new one begins with `count`."""
        self.from_zero = self.from_zero or epoch == 0
        found = self.tracks.get(key)
        if found is None:
            if len(self.tracks) >= _MOST_TRACKS:
                self.tracks.pop(next(iter(self.tracks)))
            found = self.tracks[key] = Track(first=count, last=count, first_epoch=epoch, epoch=epoch)
            if epoch is not None and total is not None and epoch >= 1:  # it was not drawn before, or goes on from there
                found.base = (int(epoch) - (not self.from_zero)) * total
        return found
