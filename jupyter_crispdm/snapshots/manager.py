"""Pages that save themselves. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from msgspec import UnsetType

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, NotFound

from . import store
from .keeping import Contents, Dropped, Keeper, Kept
from .limits import Limits, size_of
from .store import Head, Key
from .types import Merged, Saved, Snapshot, SnapshotFact, SnapshotInfo

Base = int | None | UnsetType


class Feed(Protocol):
    """Where a change is told."""

    def changed(self, **values: str) -> None:
        """Say that a page of a person is another one now."""


class Stale(Exception):
    """Somebody else was faster."""


class SnapshotManager:
    """Each person's pages: the value of every field, and which revision it has.

    A save is one transaction, so a page is the old or the new one whenever the server is killed. Each field keeps the
    revision at which it changed; so a tab that knows an older one is told what others did since, and no more.
    """

    def __init__(self, keeper: Keeper, limits: Limits, clock: Clock, feed: Feed) -> None:
        self._keeper, self._limits, self._clock, self._feed = keeper, limits, clock, feed

    async def all(self, owner: str) -> list[SnapshotInfo]:
        """A person's pages, saved last first."""
        heads = await self._keeper.read(lambda connection: store.heads_of(connection, owner))
        return [SnapshotInfo(page=head.page, revision=head.revision, saved=utc(head.saved), size=head.size)
                for head in heads]

    async def get(self, owner: str, page: str) -> Snapshot:
        """A page with its values. Raises NotFound."""
        found = await self._find(Key(owner, page))
        if found is None:
            raise _unknown(page)
        return found

    async def fact(self, person: str, page: str) -> SnapshotFact:
        """What the topic of a page tells."""
        head = await self._keeper.read(lambda connection: store.find_head(connection, Key(person, page)))
        return SnapshotFact(page, None, None) if head is None else SnapshotFact(page, head.revision, utc(head.saved))

    async def put(self, owner: str, page: str, values: Mapping[str, Any], base: Base) -> Saved:
        """Save a page whole. Raises Conflict with the current one when that is not `base`, TooLarge, Unprocessable."""
        key = Key(owner, page)

        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> Head:
            return self._replace(connection, key, kept, dropped, base)

        head = await self._saved(key, change, values)
        return Saved(head.revision, utc(head.saved))

    async def patch(self, owner: str, page: str, values: Mapping[str, Any], base: Base) -> Merged:
        """Save some fields of a page; the newest wins, field by field. What others changed since `base` is told.

        Raises Conflict when the page that `base` is a revision of was forgotten, TooLarge, Unprocessable.
        """
        key, others = Key(owner, page), Kept()

        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> Head:
            others.update(_changed_since(connection, key, base))
            return self._merge(connection, key, kept, dropped, base)

        head = await self._saved(key, change, values)
        told: Contents = await self._keeper.resolve({n: value for n, value in others.items() if n not in values})
        return Merged(head.revision, utc(head.saved), told.values)

    async def delete(self, owner: str, page: str) -> None:
        """Forget a page. Raises NotFound."""
        if not await self._drop(owner, page):
            raise _unknown(page)
        self._feed.changed(person=owner, page=page)

    async def forget(self, owner: str) -> None:
        """Forget every page of a person that saved itself; work that they saved under a name stays."""
        pages = [head.page for head in await self._keeper.read(lambda connection: store.heads_of(connection, owner))]
        await self._drop(owner)
        for page in pages:
            self._feed.changed(person=owner, page=page)

    async def _drop(self, owner: str, page: str | None = None) -> int:
        def change(connection: sa.Connection, kept: Kept, dropped: Dropped) -> int:
            count, digests = store.drop_pages(connection, owner, page)
            dropped |= digests
            return count

        return await self._keeper.change(change)

    async def _saved(self, key: Key, change: Any, values: Mapping[str, Any]) -> Head:
        try:
            head: Head = await self._keeper.change(change, values)
        except Stale:
            current = await self._find(key)
            what = "is at another revision" if current else "was forgotten"
            raise Conflict(f"The page '{key.page}' {what} by now.", field="base", current=current) from None
        self._feed.changed(person=key.owner, page=key.page)
        return head

    async def _find(self, key: Key) -> Snapshot | None:
        def query(connection: sa.Connection) -> tuple[Head, Kept] | None:
            head = store.find_head(connection, key)
            return None if head is None else (head, store.values_of(connection, key))

        found = await self._keeper.contents(query)
        if found is None:
            return None
        head, (values, lost) = found
        return Snapshot(page=key.page, values=values, revision=head.revision, saved=utc(head.saved), by=key.owner,
                        lost=lost)

    def _replace(self, connection: sa.Connection, key: Key, kept: Kept, dropped: Dropped, base: Base) -> Head:
        head = store.find_head(connection, key)
        if not isinstance(base, UnsetType) and (head.revision if head else 0) != (base or 0):
            raise Stale
        before = store.values_of(connection, key)
        gone = before.keys() - kept.keys()
        fresh = _fresh(kept, before)
        store.drop_fields(connection, key, gone)
        dropped |= _digests({name: before[name] for name in [*gone, *fresh] if name in before})
        return self._keep(connection, key, fresh, head, size_of(kept))

    def _merge(self, connection: sa.Connection, key: Key, kept: Kept, dropped: Dropped, base: Base) -> Head:
        head = store.find_head(connection, key)
        if isinstance(base, int) and base and (head is None or base < head.began):
            raise Stale
        before = store.values_named(connection, key, kept)
        fresh = _fresh(kept, before)
        if head is not None and not fresh:
            return head
        old = {name: before[name] for name in fresh if name in before}
        dropped |= _digests(old)
        size = (head.size if head else 0) - size_of(old) + size_of(fresh)
        return self._keep(connection, key, fresh, head, size)

    def _keep(self, connection: sa.Connection, key: Key, fresh: Kept, before: Head | None, size: int) -> Head:
        now = self._clock.now()
        revision = store.next_revision(connection, int(now * 1000))
        head = Head(key.page, before.began if before else revision, revision, now, size)
        store.set_head(connection, key, head)
        store.set_fields(connection, key, fresh, head.revision)
        if before is None:
            self._limits.check_pages(store.pages_of(connection, key.owner))
        if before is None or size > before.size:  # who saves less may always do so
            self._limits.check_fields(store.count_fields(connection, key))
            self._limits.check_size(size)
            self._limits.check_person(store.bytes_of(connection, key.owner))
        return head


def _changed_since(connection: sa.Connection, key: Key, base: Base) -> Kept:
    """The fields that changed since a revision; all of them since one that this page never had."""
    if isinstance(base, UnsetType):
        return {}
    head = store.find_head(connection, key)
    known = head is not None and base is not None and base <= head.revision
    return store.values_of(connection, key, (base or 0) if known else 0)


def _fresh(kept: Kept, before: Kept) -> Kept:
    """The values that are others than before."""
    return {name: value for name, value in kept.items() if name not in before or not value.is_same(before[name])}


def _digests(values: Kept) -> set[str]:
    return {value.digest for value in values.values() if value.digest is not None}


def _unknown(page: str) -> NotFound:
    return NotFound(f"Nothing of the page '{page}' is saved.", field="page")
