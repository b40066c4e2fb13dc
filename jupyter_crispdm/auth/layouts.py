"""JupyterLab's layouts of one person, of which the last twenty are kept: a lost layout was lost for good."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from jupyterlab_server.workspaces_handler import WorkspacesManager

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.regular import read_regular

KEPT = 20
LARGEST = 1024 * 1024
MOST_DOCUMENTS = 100
_MINUTE = 60_000
_LISTED, _SUPERSEDED = ".json", ".superseded"
_log = logging.getLogger(__name__)


class KeptLayout(NamedTuple):
    """A layout as it was; `id` is when it was saved, in milliseconds since the epoch. `documents` are paths."""

    id: int
    workspace: str
    size: int
    documents: tuple[str, ...] = ()


class KeptWorkspaces(WorkspacesManager):
    """Workspaces as JupyterLab keeps them, in a folder, with the last ones in another.

    Lab saves its layout at every change of a tab. So the newest of each minute counts; those before it are listed no
    more, but stay for a while for whoever has a list with them in front.
    """

    def __init__(self, workspaces: Path, kept: Path, clock: Clock | None = None) -> None:
        super().__init__(str(workspaces))
        self._kept, self._clock = kept, clock or SystemClock()

    def save(self, space_name: str, raw: str) -> Path:
        """Save a workspace, and keep it. That it cannot be kept is no reason not to save it."""
        path: Path = super().save(space_name, raw)
        with suppress(OSError):
            self._keep(raw)
        return path

    def layouts(self) -> list[KeptLayout]:
        """The kept layouts, newest first; one that cannot be read is left out."""
        return [layout for id, path in self._files() for layout in _described(id, path)]

    def restore(self, id: int) -> KeptLayout:
        """Make a kept layout the workspace's again; what the workspace is now is kept. Raises NotFound."""
        for path in (self._path(id), self._path(id, _SUPERSEDED)):
            for found in _described(id, path):
                self.save(found.workspace, _read(path))
                return found
        raise NotFound(f"There is no layout {id}.", field="id")

    def _keep(self, raw: str) -> None:
        if len(raw) > LARGEST:
            return
        self._kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = self._files()
        now = int(self._clock.now() * 1000)
        if before and _same(before[0][1], raw):
            return
        self._write(self._path(max(now, before[0][0] + 1 if before else 0)), raw)
        for id, path in before[:1]:
            if id // _MINUTE == now // _MINUTE:
                path.replace(self._path(id, _SUPERSEDED))
        for _, path in [*self._files()[KEPT:], *self._files(_SUPERSEDED)[KEPT:]]:
            path.unlink(missing_ok=True)

    def _write(self, path: Path, raw: str) -> None:
        """Lab's handler waits for it on the loop, so it does not wait for the disk: one that is cut is left out."""
        unfinished = path.with_suffix(".new")
        unfinished.write_text(raw, encoding="utf-8")
        unfinished.replace(path)

    def _path(self, id: int, suffix: str = _LISTED) -> Path:
        return self._kept / f"{id}{suffix}"

    def _files(self, suffix: str = _LISTED) -> list[tuple[int, Path]]:
        """The kept layouts by when they were saved, newest first."""
        with suppress(FileNotFoundError):
            named = [path for path in self._kept.iterdir() if path.suffix == suffix and path.stem.isdecimal()]
            return sorted(((int(path.stem), path) for path in named), reverse=True)
        return []


def _described(id: int, path: Path) -> Iterator[KeptLayout]:
    try:
        raw = _read(path)
        parsed: Any = json.loads(raw)
        workspace = unquote(str(parsed["metadata"]["id"])).removeprefix("/")
        yield KeptLayout(id, workspace, len(raw.encode()), _documents(parsed.get("data")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.info("A kept layout cannot be read: %s", error)


def _documents(data: Any) -> tuple[str, ...]:
    """The paths of what was open: Lab keeps for each document what opens it again."""
    openers = [one.get("data") for one in data.values() if isinstance(one, dict)] if isinstance(data, dict) else []
    paths = [one.get("path") for one in openers if isinstance(one, dict) and "factory" in one]
    return tuple(dict.fromkeys(path for path in paths if isinstance(path, str)))[:MOST_DOCUMENTS]


def _same(path: Path, raw: str) -> bool:
    with suppress(OSError, ValueError):
        return _read(path) == raw
    return False


def _read(path: Path) -> str:
    return read_regular(path).decode()
