"""All runs in memory, as rows of the table and as their JSON: made when a row changes, not when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.wire import Wire, encode

from ..query.conditions import condition
from ..query.ordering import by_age, in_order, orders
from ..records import Entry, Marks
from ..types import Run, RunQuery
from .entry import shown

MOST_ROWS = 10_000
_BY_AGE = RunQuery().sort


class Page(Wire, frozen=True):
    """A `RunList` whose runs are JSON already."""

    runs: list[msgspec.Raw]
    total: int
    next: str | None = None
    pending: int = 0


class RunIndex:
    """The entries of all runs and what people said of them. Lives on the event loop; looks through it in a thread."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.marks: dict[str, Marks] = {}
        self._rows: dict[str, Run] = {}
        self._encoded: dict[str, bytes] = {}
        self._order: list[str] | None = None

    def __contains__(self, id: str) -> bool:
        return id in self._rows

    def fill(self, entries: Mapping[str, Entry], marks: Mapping[str, Marks]) -> None:
        """Take over what was kept; what is known by now is newer."""
        self.marks = {**marks, **self.marks}
        for id, entry in entries.items():
            if id not in self.entries:
                self.put(entry)

    def put(self, entry: Entry) -> bool:
        """Note how a run is now; whether its row is another one than before."""
        self.entries[entry.run.id] = entry
        return self._show(entry.run.id)

    def mark(self, id: str, marks: Marks) -> Run:
        """Note what somebody said of a run; answers its row."""
        self.marks[id] = marks
        self._show(id)
        return self._rows[id]

    def remove(self, id: str) -> bool:
        """Forget a run; whether it was known. What was said of it is forgotten too."""
        self.marks.pop(id, None)
        self.entries.pop(id, None)
        self._encoded.pop(id, None)
        self._order = None
        return self._rows.pop(id, None) is not None

    def get(self, id: str) -> Run | None:
        """The row of a run, or None."""
        return self._rows.get(id)

    def all(self) -> list[Run]:
        """Every row, in no order."""
        return list(self._rows.values())

    def newest(self, most: int) -> list[Run]:
        """The rows of the newest runs, the newest first."""
        return self._by_age()[:most]

    async def find(self, query: RunQuery, pending: int = 0) -> Page:
        """Some rows, as JSON. Raises BadRequest that names the field."""
        if not 1 <= query.limit <= MOST_ROWS:
            raise BadRequest(f"'limit' must be 1 to {MOST_ROWS:,}.", field="limit")
        passes, wanted = condition(query.filter), orders(query.sort)
        found = self._by_age()
        if query.filter.strip() or query.sort != _BY_AGE:
            rows = found
            found = await asyncio.to_thread(lambda: in_order(list(filter(passes, rows)), wanted))
        first = self._after(found, query.before)
        page = found[first : first + query.limit]
        following = page[-1].id if page and first + len(page) < len(found) else None
        return Page(list(self._raw(page)), len(found), following, pending)

    def _by_age(self) -> list[Run]:
        """All rows, the newest first; their order changes only where runs come and go."""
        if self._order is None:
            self._order = [run.id for run in by_age(self._rows.values())]
        return list(map(self._rows.__getitem__, self._order))

    def _after(self, found: list[Run], before: str | None) -> int:
        if before is None:
            return 0
        at = next((place for place, run in enumerate(found) if run.id == before), None)
        if at is None:
            raise BadRequest("'before' must be the id of a run that the filter lets through.", field="before")
        return at + 1

    def _raw(self, runs: Iterable[Run]) -> Iterable[msgspec.Raw]:
        for run in runs:
            known = self._encoded.get(run.id) if self._rows.get(run.id) is run else None
            if known is None:
                known = encode(run)
                if self._rows.get(run.id) is run:
                    self._encoded[run.id] = known
            yield msgspec.Raw(known)

    def _show(self, id: str) -> bool:
        before, now = self._rows.get(id), shown(self.entries[id], self.marks.get(id))
        if before == now:
            return False
        if before is None or before.created != now.created:
            self._order = None
        self._rows[id] = now
        self._encoded.pop(id, None)
        return True
