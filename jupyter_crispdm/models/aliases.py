"""Names that point to a version and may be moved: set, taken back, removed, and who did so when."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.base.tasks import Listeners

from .history import before, current, pointed, removed
from .shelf import Shelf
from .types import ALIAS, LATEST, AliasHistory, ModelVersion, SpanStart

AliasCallback = Callable[[str, str, int | None], object]


class Aliases:
    """The aliases of all models."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._listeners: Listeners[[str, str, int | None]] = Listeners("aliases of models")

    def on_change(self, callback: AliasCallback) -> None:
        """Call `callback(name, alias, version)` whenever an alias has moved; the version is None once it is gone."""
        self._listeners.add(callback)

    def gone(self, name: str, aliases: list[str]) -> None:
        """Tell that aliases went with the version that they pointed to."""
        for alias in aliases:
            self._listeners.tell(name, alias, None)

    async def history(self, name: str) -> AliasHistory:
        """Which version bore which alias from when until when. Raises NotFound."""
        spans, model = await self._shelf.spans(name), await self._shelf.store.show(name)
        known = {version.version for version in model.versions} if model else set[int]()
        back = {alias: before(spans, alias, known) for alias in sorted({span.alias for span in spans})}
        return AliasHistory(name, spans[::-1], {alias: to for alias, to in back.items() if to is not None})

    async def point(self, name: str, alias: str, number: int, by: str = "") -> ModelVersion:
        """Point an alias to a version. Raises BadRequest, NotFound."""
        ALIAS.check(alias, "alias")
        if alias == LATEST:
            raise BadRequest(f"The alias '{LATEST}' always is the newest version; it cannot be set.", field="alias")
        async with self._shelf.lock:
            await self._shelf.get(name, number)
            return await self._point(name, alias, number, by, SpanStart.set)

    async def roll_back(self, name: str, alias: str, by: str, if_version: int | None = None) -> ModelVersion:
        """Point an alias to the version before. Raises NotFound; Conflict where there is none, or it has moved."""
        async with self._shelf.lock:
            spans, model = await self._shelf.spans(name), await self._shelf.show(name)
            if all(span.alias != alias for span in spans):
                raise _no_alias(name, alias)
            here = current(spans).get(alias)
            if if_version is not None and here != if_version:
                raise Conflict(f"'{alias}' does not point to version {if_version} any more.", alias=alias, version=here)
            number = before(spans, alias, {version.version for version in model.versions})
            if number is None:
                raise Conflict(f"'{alias}' of '{name}' has no version before this one.", alias=alias, version=here)
            return await self._point(name, alias, number, by, SpanStart.rollback)

    async def remove(self, name: str, alias: str, by: str = "") -> None:
        """Remove an alias. Raises NotFound."""
        async with self._shelf.lock:
            spans = await self._shelf.spans(name)
            if alias not in current(spans):
                raise _no_alias(name, alias)
            await self._shelf.set_history(name, removed(spans, alias, by, self._shelf.now()))
        self._listeners.tell(name, alias, None)

    async def _point(self, name: str, alias: str, number: int, by: str, how: SpanStart) -> ModelVersion:
        spans = await self._shelf.spans(name)
        moved = pointed(spans, alias, number, by, self._shelf.now(), how)
        if moved != spans:
            await self._shelf.set_history(name, moved)
            self._listeners.tell(name, alias, number)
        return await self._shelf.get(name, number)


def _no_alias(name: str, alias: str) -> NotFound:
    return NotFound(f"The model '{name[:100]}' has no alias '{alias[:50]}'.", alias=alias[:50])
