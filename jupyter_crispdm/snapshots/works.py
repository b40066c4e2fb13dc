"""Work that people save under a name, and share with colleagues. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, NotFound, Unprocessable

from . import store
from .keeping import Dropped, Keeper, Kept
from .limits import Limits, check_note, size_of
from .store import Key, WorkRow
from .types import WORK, LoadedWork, NewWork, Work, WorkChange, same_text


class WorkManager:
    """Each person's work by page and name. What is shared may be read by everybody, and changed by its owner alone."""

    def __init__(self, keeper: Keeper, limits: Limits, clock: Clock) -> None:
        self._keeper, self._limits, self._clock = keeper, limits, clock

    async def all(self, owner: str, page: str) -> list[Work]:
        """What a person saved of a page and what others share of it, saved last first."""
        rows = await self._keeper.read(lambda connection: store.works_of(connection, Key(owner, page)))
        return [_work(row) for row in rows]

    async def load(self, owner: str, page: str, name: str, by: str | None = None) -> LoadedWork:
        """Work with its values, one's own or that somebody shares. Raises NotFound."""
        key, name = Key(by or owner, page), same_text(name)

        def query(connection: sa.Connection) -> tuple[WorkRow, Kept]:
            row = _find(connection, key, name)
            if row.owner != owner and not row.shared:
                raise _unknown(name)
            return row, store.work_contents(connection, row.id)

        found = await self._keeper.contents(query)
        assert found is not None
        row, (values, lost) = found
        return LoadedWork(**msgspec.structs.asdict(_work(row)), values=values, lost=lost)

    async def save(self, owner: str, page: str, name: str, new: NewWork) -> tuple[Work, bool]:
        """Keep work under a name; whether the name is new. Without values it is what the page saved by itself.

        Raises Conflict for a name that shall not be replaced, Unprocessable, TooLarge, BadRequest.
        """
        check_note(new.note)
        key, name = Key(owner, page), same_text(name)
        values: Mapping[str, Any] | None = None if isinstance(new.values, msgspec.UnsetType) else new.values

        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> tuple[Work, bool]:
            contents = _autosaved(connection, key) if values is None else kept
            before = store.find_work(connection, key, name)
            if before is not None:
                _require_replaceable(before, new.replace)
                dropped |= _drop(connection, before)
            row = WorkRow(owner, page, name, self._clock.now(), size_of(contents), new.note, new.shared)
            store.add_work(connection, row, contents)
            self._check(connection, row, before)
            return _work(row), before is None

        return await self._keeper.change(change, values)

    async def change(self, owner: str, page: str, name: str, change: WorkChange) -> Work:
        """Change its note, or whether it is shared. Raises NotFound, BadRequest."""
        changed = {field: value for field, value in msgspec.structs.asdict(change).items() if value is not None}
        check_note(change.note or "")
        return await self._set(Key(owner, page), same_text(name), changed)

    async def rename(self, owner: str, page: str, name: str, to: str) -> Work:
        """Call it by another name. Raises NotFound, BadRequest, and Conflict for a name that is taken."""
        return await self._set(Key(owner, page), same_text(name), {"name": same_text(WORK.check(to, "name"))})

    async def remove(self, owner: str, page: str, name: str) -> None:
        """Delete it. Raises NotFound."""

        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> None:
            dropped |= _drop(connection, _find(connection, Key(owner, page), same_text(name)))

        await self._keeper.change(change)

    async def _set(self, key: Key, name: str, changed: Mapping[str, Any]) -> Work:
        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> Work:
            row = _find(connection, key, name)
            after = replace(row, **changed)
            if after.name != row.name and store.find_work(connection, key, after.name) is not None:
                raise _taken(after.name)
            store.set_work(connection, after)
            return _work(after)

        return await self._keeper.change(change)

    def _check(self, connection: sa.Connection, row: WorkRow, before: WorkRow | None) -> None:
        if before is None:
            self._limits.check_works(store.count_works(connection, row.owner))
        if before is None or row.size > before.size:
            self._limits.check_person(store.bytes_of(connection, row.owner))


def _autosaved(connection: sa.Connection, key: Key) -> Kept:
    if store.find_head(connection, key) is None:
        raise Unprocessable(f"Nothing of the page '{key.page}' is saved yet: send 'values'.", field="values")
    return store.values_of(connection, key)


def _find(connection: sa.Connection, key: Key, name: str) -> WorkRow:
    row = store.find_work(connection, key, name)
    if row is None:
        raise _unknown(name)
    return row


def _drop(connection: sa.Connection, row: WorkRow) -> set[str]:
    digests = {value.digest for value in store.work_contents(connection, row.id).values() if value.digest is not None}
    store.drop_work(connection, row.id)
    return digests


def _require_replaceable(before: WorkRow, may_replace: bool) -> None:
    if not may_replace:
        raise _taken(before.name)


def _taken(name: str) -> Conflict:
    return Conflict(f"There is saved work called '{name}' already.", field="name")


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no saved work '{name}'.", field="name")


def _work(row: WorkRow) -> Work:
    return Work(name=row.name, saved=utc(row.saved), size=row.size, by=row.owner, note=row.note, shared=row.shared)
