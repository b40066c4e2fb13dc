"""Snapshots, as a program sees them: its person's own, and what colleagues share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from jupyter_crispdm.snapshots.types import (
    LoadedWork,
    Merged,
    NewSnapshot,
    NewWork,
    Saved,
    Snapshot,
    SnapshotChange,
    SnapshotInfo,
    SnapshotList,
    Work,
    WorkChange,
    WorkList,
    WorkRename,
)

from .transport import Transport, quoted


class Snapshots:
    """Pages that save themselves, and work that is saved under a name."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Sequence[SnapshotInfo]:
        """The pages that saved themselves, saved last first."""
        return self._transport.ask("snapshots", SnapshotList).snapshots

    def get(self, page: str) -> Snapshot:
        """A page as it was saved last. Raises NotFound when nothing of it is saved."""
        return self._transport.ask(_path(page), Snapshot)

    def put(self, page: str, values: Mapping[str, Any], base: int | UnsetType | None = UNSET) -> Saved:
        """Save a page whole.

        `base` is the revision that the values come from, None where there was none. When that is no more the current
        one, Conflict is raised, with the current snapshot in its ``details["current"]``. Left out, what there is is
        replaced.

        Example
        -------
        >>> saved = client.snapshots.put("train", {"epochs": 12}, base=None)
        >>> client.snapshots.patch("train", {"epochs": 20}, base=saved.revision)
        """
        body = NewSnapshot(values=dict(values), base=base)
        return self._transport.decode(self._transport.request("PUT", _path(page), body=body), Saved)

    def patch(self, page: str, values: Mapping[str, Any], base: int | UnsetType | None = UNSET) -> Merged:
        """Save the fields that changed; the others stay. The answer says which ones others changed since `base`.

        Raises Conflict when the page that `base` is a revision of was forgotten.
        """
        body = SnapshotChange(values=dict(values), base=base)
        return self._transport.decode(self._transport.request("PATCH", _path(page), body=body), Merged)

    def delete(self, page: str) -> None:
        """Forget a page that saved itself."""
        self._transport.request("DELETE", _path(page))

    def forget(self) -> None:
        """Forget every page that saved itself; work saved under a name stays."""
        self._transport.request("DELETE", "snapshots")

    def saved(self, page: str) -> Sequence[Work]:
        """Own work of a page and what colleagues share of it, saved last first."""
        return self._transport.ask(_path(page, "saved"), WorkList).saved

    def save(
        self,
        page: str,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        note: str = "",
        shared: bool = False,
        replace: bool = True,
    ) -> Work:
        """Save work under a name; without values, what the page saved by itself.

        With `replace` false, Conflict is raised where there is work of that name.
        """
        given = UNSET if values is None else dict(values)
        body = NewWork(values=given, note=note, shared=shared, replace=replace)
        return self._transport.decode(self._transport.request("PUT", _path(page, "saved", name), body=body), Work)

    def load(self, page: str, name: str, by: str | None = None) -> LoadedWork:
        """Saved work with its values: one's own, or that a colleague shares."""
        return self._transport.ask(_path(page, "saved", name), LoadedWork, {"by": by})

    def change(self, page: str, name: str, *, note: str | None = None, shared: bool | None = None) -> Work:
        """Change the note of saved work, or whether colleagues may read it."""
        body = WorkChange(note=note, shared=shared)
        return self._transport.decode(self._transport.request("PATCH", _path(page, "saved", name), body=body), Work)

    def rename(self, page: str, name: str, to: str) -> Work:
        """Call saved work by another name."""
        path = _path(page, "saved", name, "rename")
        return self._transport.decode(self._transport.request("POST", path, body=WorkRename(name=to)), Work)

    def remove(self, page: str, name: str) -> None:
        """Delete saved work."""
        self._transport.request("DELETE", _path(page, "saved", name))


def _path(*steps: str) -> str:
    return "/".join(["snapshots", *map(quoted, steps)])
