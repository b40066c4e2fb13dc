"""Text that several people write at once. Knows no HTTP."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from weakref import WeakValueDictionary

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.live.families import OpenLog
from jupyter_crispdm.base.tasks import spawn

from .. import entries
from ..entries import Guard, Writer
from .document import Document
from .keeping import Keeping
from .limits import Limits
from .log import Bells, Entry, TextSource, Updates
from .store import Head
from .types import SharedText, TextChange

_AT_HAND = 200
_TRIES = 20
_Edit = Callable[[Document], bytes]


class Access(Protocol):
    """Who knows who may read and write which text."""

    async def guard(self, key: str) -> Guard:
        """Who may, and after which end of a value. Raises NotFound for what no text can be called."""


class TextManager:
    """The texts by key. An update is told once it is kept, and is answered then; it may come again, late or early.

    The newest texts that somebody used stay at hand, and all that are followed.

    A text belongs to the value of the same key, and ends with it. Its epoch says after which end of a value it began:
    one that began before the last end is emptied before anybody reads it or writes in it. Who may is asked after a
    text was read, so that nobody is shown what was written for others meanwhile.
    """

    def __init__(self, keeping: Keeping, clock: Clock, limits: Limits, access: Access) -> None:
        self._keeping, self._clock, self._limits, self._access = keeping, clock, limits, access
        self._entries = WeakValueDictionary[str, Entry]()
        self._at_hand = OrderedDict[str, Entry]()
        self.bells = Bells()

    async def start(self) -> None:
        """Hear of what other servers write."""
        await self._keeping.start(self._told)

    async def close(self) -> None:
        """Hear of nothing more."""
        await self._keeping.close()

    async def get(self, key: str, role: Role) -> SharedText:
        """A text and the whole of its document; empty where nobody wrote. Raises Forbidden."""
        entry = self._entry(key)
        async with entry.turn:
            updates = await self._admitted(entry, role, "read")
            return await asyncio.to_thread(_shown, key, updates)

    async def write(self, key: str, update: bytes, who: Writer) -> TextChange:
        """Merge what somebody wrote. Raises Forbidden, BadRequest, TooLarge, Unprocessable; nothing changed then."""
        self._limits.check_kept(len(update))
        return await asyncio.shield(self._edit(key, lambda document: document.apply(update), who))

    async def empty(self, key: str, who: Writer) -> None:
        """Delete what a text says, and said before; who still has it open sees it go. Raises Forbidden."""
        await asyncio.shield(self._clear(key, who))

    async def settle(self, key: str) -> None:
        """Empty a text whose value has ended since it began."""
        entry = self._entry(key)
        async with entry.turn:
            await self._current(entry)

    async def open(self, key: str, role: str) -> OpenLog:
        """A text as a log to follow. Raises NotFound for what no text can be called, Forbidden."""
        entry = self._entry(key)
        async with entry.turn:
            await self._admitted(entry, Role(role), "read")
        return OpenLog(TextSource(entry, Role(role)), entry.folder, _goes_on)

    def _entry(self, key: str) -> Entry:
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = Entry(key)
        self._at_hand[key] = entry
        self._at_hand.move_to_end(key)
        while len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)
        return entry

    async def _opened(self, entry: Entry) -> Updates:
        """The updates of a text, read at its first use. Call it in one's turn."""
        if entry.updates is None:
            found = await self._keeping.find(entry.key)
            epoch, contents = (found.epoch, found.contents) if found else (_new_epoch(0), [])
            entry.updates = await asyncio.to_thread(Updates.of, epoch, contents, is_new=found is None)
        return entry.updates

    async def _admitted(self, entry: Entry, role: Role, action: str) -> Updates:
        """The updates of a text, for who may. Raises Forbidden. Call it in one's turn."""
        updates = await self._current(entry)
        entries.check(entry.key, entry.guard, role, action)
        return updates

    async def _current(self, entry: Entry) -> Updates:
        """The updates of a text that counts: one whose value has ended is emptied. Call it in one's turn."""
        for _ in range(_TRIES):
            updates = await self._opened(entry)
            entry.guard = await self._access.guard(entry.key)
            if updates.since >= entry.guard.ended:
                return updates
            await self._begin_anew(entry, updates)
        raise _crowded(entry.key)

    async def _edit(self, key: str, edit: _Edit, who: Writer) -> TextChange:
        entry = self._entry(key)
        async with entry.turn:
            for _ in range(_TRIES):
                updates = await self._admitted(entry, who.role, "write")
                try:
                    news = await asyncio.to_thread(self._merged, updates, edit)
                    is_kept = not news or await self._keep(entry, updates, news, who.by)
                except BaseException:
                    await asyncio.to_thread(updates.renew)
                    raise
                if is_kept:
                    return _changed(entry)
                await asyncio.to_thread(updates.renew)
                await self._catch_up(entry, updates)
        raise _crowded(key)

    async def _clear(self, key: str, who: Writer) -> None:
        entry = self._entry(key)
        async with entry.turn:
            for _ in range(_TRIES):
                updates = await self._admitted(entry, who.role, "write")
                if updates.is_new or await self._begin_anew(entry, updates, who.by):
                    return
        raise _crowded(key)

    async def _begin_anew(self, entry: Entry, updates: Updates, by: str = "") -> bool:
        """Begin another epoch, whose first update empties the text; False where another server was faster."""
        epoch, is_kept = _new_epoch(entry.guard.ended), False
        if updates.is_new:
            entry.updates = Updates.of(epoch, [], is_new=True)
            return True
        try:
            whole = await asyncio.to_thread(updates.document.empty)
            is_kept = await self._replace(entry, updates, Updates(epoch, updates.document, [whole]), by)
        finally:
            if not is_kept:
                await asyncio.to_thread(updates.renew)
        if not is_kept:
            await self._catch_up(entry, updates)
        return is_kept

    def _told(self, key: str | None) -> None:
        """Another server wrote in a text; None: perhaps in any."""
        entries = [*self._entries.values()] if key is None else [self._entries.get(key)]
        for entry in entries:
            if entry is not None:
                spawn("a text that another server wrote in", self._read_on(entry))

    async def _read_on(self, entry: Entry) -> None:
        with suppress(Unavailable):  # it is told again once it can be read
            async with entry.turn:
                if entry.updates is not None:
                    await self._catch_up(entry, entry.updates)
                    await self._current(entry)

    async def _catch_up(self, entry: Entry, updates: Updates) -> None:
        """Read what others have kept. Call it in one's turn."""
        known = len(updates.contents)
        found = await self._keeping.find(entry.key, updates.epoch, known)
        entry.guard = await self._access.guard(entry.key)
        if found is None:
            if not updates.is_new:  # all that was kept is gone; who has it open sends it again
                entry.updates = Updates.of(_new_epoch(entry.guard.ended), [], is_new=True)
        elif found.epoch == updates.epoch and found.start == known:
            await asyncio.to_thread(updates.extend, found.contents)
        else:
            entry.updates = await asyncio.to_thread(Updates.of, found.epoch, found.contents)
        self.bells.ring(entry.folder)

    def _merged(self, updates: Updates, edit: _Edit) -> bytes:
        before = updates.document.size
        news = edit(updates.document)
        self._limits.check_text(before, updates.document.size)
        if len(news) and updates.document.size >= before:
            self._limits.check_kept(updates.size + len(news))
        return news

    async def _keep(self, entry: Entry, updates: Updates, news: bytes, by: str) -> bool:
        """Keep an update, and tell of it; False where another server was faster."""
        whole = await asyncio.to_thread(self._shortened, updates, news)
        if whole is not None:
            fresh = Updates(_new_epoch(updates.since), updates.document, [whole])
            return await self._replace(entry, updates, fresh, by)
        head = Head(entry.key, updates.epoch, self._clock.now(), by)
        is_kept = await self._keeping.add(head, len(updates.contents), news)
        if is_kept:
            updates.add(news)
            self.bells.ring(entry.folder)
        return is_kept

    async def _replace(self, entry: Entry, updates: Updates, fresh: Updates, by: str) -> bool:
        """Keep one update in the place of all, and tell of it; False where another server was faster."""
        head, count = Head(entry.key, fresh.epoch, self._clock.now(), by), len(updates.contents)
        is_kept = await self._keeping.replace(head, updates.epoch, count, *fresh.contents)
        if is_kept:
            entry.updates = fresh
            self.bells.ring(entry.folder)
        return is_kept

    def _shortened(self, updates: Updates, news: bytes) -> bytes | None:
        """All in one update, where there are too many; else None."""
        count, size = len(updates.contents) + 1, updates.size + len(news)
        if not self._limits.is_long(count, size, updates.document.size):
            return None
        whole = updates.document.whole
        return whole if self._limits.is_long(count, size, len(whole)) else None


def _crowded(key: str) -> Unavailable:
    return Unavailable(f"Too many write in the text of '{key}' at once; nothing was changed.", retry_after=1)


def _changed(entry: Entry) -> TextChange:
    updates = entry.updates
    assert updates is not None
    return TextChange(len(updates.contents), _text(updates.document.state))


def _shown(key: str, updates: Updates) -> SharedText:
    document = updates.document
    return SharedText(key=key, text=document.text, update=_text(document.whole), seq=len(updates.contents),
                      epoch=updates.epoch)


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def _new_epoch(since: int) -> str:
    return f"{since}-{secrets.token_hex(6)}"


def _goes_on() -> bool:
    """People may always write on."""
    return False
