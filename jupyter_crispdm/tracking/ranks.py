"""Whose numbers are shown where several wrote a name: the recorder's, then those of other trackers, then the log's.

What the log says under a name of its own of numbers that were logged too is not shown (see `twins`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .twins import Readable, Twins

#: Where what was gathered of a run stands, in its directory.
GATHERED = "gathered"
LOG = "log"
#: By what a file in `gathered` begins with; those of lower rank win. What `crispdm` itself recorded has rank 0.
RANKS: Mapping[str, int] = {"tensorboard": 1, "wandb": 2, "mlflow": 3, "table": 4, "objects": 5, LOG: 9}
_LAST = 10


def rank_of(stem: str) -> int:
    """The rank of a file in `gathered`, by its name."""
    return RANKS.get(stem.split("-", 1)[0], _LAST)


class Ranking:
    """The rank that is shown of each name, as files appear, and the names that are `hidden`: shown under another one.

    `changes` counts how often one that was shown gave way, or one that was hidden is not any more.
    """

    def __init__(self) -> None:
        self.best: dict[str, int] = {}
        self.hidden: frozenset[str] = frozenset()
        self.changes = 0
        self._twins = Twins(RANKS[LOG])

    def look(self, files: Iterable[Readable], rows: int = 0) -> None:
        """See which names there are by now, in so many rows of all files.

        While all files are of one rank, nobody has to give way to another.
        """
        known = list(files)
        if len({file.rank for file in known}) < 2 and not self.best:
            self._note_only(known)
            return
        best: dict[str, int] = {}
        for file in known:
            for name in file.names():
                best[name] = min(file.rank, best.get(name, file.rank))
        hidden = self._twins.look(known, best, rows)
        gave_way = any(best.get(name, rank) < rank for name, rank in self.best.items())
        self.changes += gave_way or any(name in self.best for name in hidden ^ self.hidden)
        self.hidden = hidden
        self.best = best

    def _note_only(self, files: list[Readable]) -> None:
        """Of gathered files the names are kept, as a recorder may come; a recorder's own never give way."""
        if files and files[0].rank:
            self.best = {name: files[0].rank for file in files for name in file.names()}
