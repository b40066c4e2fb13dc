"""A run as it was counted: of each file the columns that are kept, and the rows that came since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ..sources import BinarySource, Source, label
from ..types import Series
from .composing import Whole
from .keeping import LEAST_ROWS, keep_source
from .reducing import Growing
from .store import Columns, Shelf
from .track import Track

#: More new rows than these go into columns first.
_MOST_TAIL = 1 << 18
#: A file that is looked at once is read as it is, if it has no more rows; who comes again has it put into columns.
_MOST_AT_FIRST = 1 << 20
_MOST_REMEMBERED = 1000
_looked_at: dict[tuple[Path, str], None] = {}
#: Where there can be no columns, as many rows are held as they are; of more, so many points over all series.
_MOST_HELD = 1 << 22
_LEAST_HELD = 1 << 19
_ROWS_AT_ONCE = 1 << 18


class Held:
    """One file at a number of rows."""

    def __init__(self, source: Source, rows: int, entries: int, *, is_plain: bool = False) -> None:
        self._source, self._rows, self._entries = source, rows, entries
        self._columns = None if is_plain else _columns(source, rows)
        self._start = self._columns.rows if self._columns is not None else 0
        self._tails: dict[str, Series] | None = None
        names = source.names() if self._columns is not None else []
        found = self._columns.table.series if self._columns is not None else {}
        self._numbers = {label(names, number): number for number in sorted(found)}

    def tracks(self) -> dict[str, Track]:
        """All series of the file by their names. Raises Damaged where the columns are."""
        tails = self._read_tails()
        return {name: self._track(name, tails) for name in dict.fromkeys([*self._numbers, *tails])}

    def forget(self) -> None:
        """Its columns are damaged: have them made anew."""
        if self._columns is not None:
            Shelf(self._source.home).forget(self._source.file)

    def close(self) -> None:
        """Let go of the file."""
        if self._columns is not None:
            self._columns.close()
            self._columns = None

    def _track(self, name: str, tails: Mapping[str, Series]) -> Track:
        tail, number = tails.get(name), self._numbers.get(name)
        if number is None:
            return Track(tail) if tail is not None else Track()
        return Track(tail, self._columns, number) if tail is not None else Track(columns=self._columns, number=number)

    def _read(self) -> dict[str, Series]:
        entries = max(self._entries, _LEAST_HELD // max(1, len(self._source.names())))
        return read_reduced(self._source, self._start, self._rows, entries, _MOST_HELD)

    def _read_tails(self) -> dict[str, Series]:
        if self._tails is None:
            self._tails = self._read()
        return self._tails


def read_reduced(
    source: Source, start: int, stop: int, entries: int, most: int = _MOST_TAIL
) -> dict[str, Series]:
    """Rows of a file by name: as they are, or of more than `most` those that a picture shows, in bounded memory."""
    if stop - start <= most:
        return source.read(start, stop) if stop > start else {}
    growing: dict[str, Growing] = {}
    for begin in range(start, stop, _ROWS_AT_ONCE):
        for name, series in source.read(begin, min(stop, begin + _ROWS_AT_ONCE)).items():
            growing.setdefault(name, Growing(entries)).add(series)
    return {name: one.series() for name, one in growing.items()}


def wholes(
    held: Iterable[tuple[Source, Held]], names: Sequence[str] | None = None, hidden: Collection[str] = ()
) -> dict[str, list[Whole]]:
    """What each file has of each curve; of one name only the files of the best rank, of `hidden` names nothing."""
    found: dict[str, list[Whole]] = {}
    rank: dict[str, int] = {}
    for source, one in sorted(held, key=lambda pair: pair[0].rank):
        for name, track in one.tracks().items():
            if name in hidden or (names is not None and name not in names):
                continue
            if len(track) and rank.setdefault(name, source.rank) == source.rank:
                found.setdefault(name, []).append(Whole(source.attempt, track, source.until))
    return found


def _columns(source: Source, rows: int) -> Columns | None:
    """Columns that hold no more than these rows; made or extended first where very many rows are not in them."""
    if not isinstance(source, BinarySource) or rows < LEAST_ROWS:
        return None
    shelf = Shelf(source.home)
    known = shelf.open(source.file, source.mark)
    if known is None and rows <= _MOST_AT_FIRST and _is_first_look(source):
        return None
    if rows - (known.rows if known is not None else 0) > _MOST_TAIL:
        if known is not None:
            known.close()
        keep_source(source, rows)
        known = shelf.open(source.file, source.mark)
    if known is not None and known.rows > rows:
        known.close()
        return None
    return known


def _is_first_look(source: Source) -> bool:
    """Whether nobody looked at a file since the server began, as far as that is remembered."""
    key = source.home, source.file
    is_first = key not in _looked_at
    _looked_at[key] = None
    if len(_looked_at) > _MOST_REMEMBERED:
        _looked_at.pop(next(iter(_looked_at)), None)
    return is_first
