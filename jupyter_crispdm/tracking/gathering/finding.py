"""Files of other trackers that belong to a run: below its own directory, and below the folder that its job works in.

There may be anything in that folder. A file there is the run's when it was made since the run began and no other run
works there, or when a process of the run has it open; and it stays with the run that had it first. The search is
bounded, follows no links, and costs no more than a small part of the time.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..ranks import GATHERED
from .kinds import Kind, kind_of

_DEEPEST = 6
_MOST_ENTRIES = 5000
_MOST_CLAIMS = 20_000
_MOST_FOUND = 500
_LEAST_PAUSE = 0.5
_SHARE_OF_TIME = 0.005
_CLOCK_SECONDS = 0.05  # by which times of files lag behind the clock
_OURS = frozenset({"metrics", GATHERED, "attempts", "artifacts", "media", "system", "columns", "output.log",
                   "cluster.log", "metrics.jsonl", "events.jsonl", "media.jsonl", "control.jsonl"})  # fmt: skip
_NEVER = frozenset({"node_modules", "__pycache__", "site-packages", "crispdm-runs", "lost+found", "proc", "sys"})


class File(NamedTuple):
    """A file that is to be read; `key` names it in the state."""

    key: str
    path: Path
    below: Path
    kind: Kind


class Claims:
    """Which run works in which folder, and has which file. `working` tells of more runs, as they are just now."""

    def __init__(self, working: Callable[[], Mapping[Path, Path]] = dict) -> None:
        self._working = working
        self._guard = threading.Lock()
        self._folders: dict[Path, Path] = {}
        self._files: dict[str, Path] = {}

    def enter(self, run: Path, folder: Path) -> None:
        """A run works in a folder from now on."""
        with self._guard:
            self._folders[run] = folder

    def leave(self, run: Path) -> None:
        """A run is over; its files stay its own."""
        with self._guard:
            self._folders.pop(run, None)

    def has_rivals(self, run: Path, file: Path) -> bool:
        """Whether another run works in the folder of a file, or in one around it."""
        with self._guard:
            folders = {**self._folders, **self._working()}
        return any(file.is_relative_to(folder) for one, folder in folders.items() if one != run)

    def take(self, run: Path, file: Path) -> bool:
        """Have a file; False when it is another's."""
        with self._guard:
            owner = self._files.setdefault(str(file), run)
            if len(self._files) > _MOST_CLAIMS:
                self._files.pop(next(iter(self._files)))
            return owner == run


def _nothing_open() -> Collection[str]:
    return ()


class Finder:
    """Looks for the files of one run, now and then."""

    def __init__(
        self,
        run: Path,
        folder: Path | None,
        started: float | None,
        opened: Callable[[], Collection[str]] = _nothing_open,
        claims: Claims | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run, self._folder, self._started = run, folder, started or 0.0
        self._opened, self._claims, self._clock = opened, claims or Claims(), clock
        self._known: set[str] = set()
        self._old: set[str] | None = None
        self._due = -1.0
        if folder is not None:
            self._claims.enter(run, folder)

    def keep(self, keys: Collection[str]) -> None:
        """These are the run's already, as its state says."""
        self._known |= set(keys)
        for key in keys:
            if os.path.isabs(key):
                self._claims.take(self._run, Path(key))

    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._clock() >= self._due

    def look(self, *, now: bool = False) -> list[File]:
        """Files that were not known before; none while it is not time to look again, unless it has to be `now`."""
        began = self._clock()
        if began < self._due and not now:
            return []
        found = [*self._own(), *self._in_folder()][: max(0, _MOST_FOUND - len(self._known))]
        self._known |= {file.key for file in found}
        self._due = began + max(_LEAST_PAUSE, (self._clock() - began) / _SHARE_OF_TIME)
        return found

    def close(self) -> None:
        """The run is over."""
        self._claims.leave(self._run)

    def _own(self) -> Iterator[File]:
        for path in _walk(self._run, _OURS):
            kind = kind_of(path)
            if kind is not None and path not in self._known:
                yield File(path, self._run / path, self._run, kind)

    def _in_folder(self) -> list[File]:
        if self._folder is None or self._folder == self._run:
            return []
        found = [file for path in self._walk_folder() if (file := self._file(self._folder, path)) is not None]
        first, self._old = self._old is None, self._old or set()
        new = []
        for file in found:
            if not self._is_of_now(file.path):
                self._old |= {file.key} if first else set()
            elif file.key not in self._old or file.key in self._opened():
                new.append(file)
        return [file for file in new if self._is_ours(file.path)]

    def _walk_folder(self) -> Iterator[str]:
        assert self._folder is not None
        runs = self._run.parent  # of other jobs, each of which has its own
        return _walk(self._folder, [str(runs.relative_to(self._folder))] if runs.is_relative_to(self._folder) else ())

    def _file(self, folder: Path, path: str) -> File | None:
        kind, whole = kind_of(path), folder / path
        known = kind is None or str(whole) in self._known
        return None if known or kind is None else File(str(whole), whole, folder, kind)

    def _is_of_now(self, path: Path) -> bool:
        """Whether it was written since the run began, by somebody whose files are ours to read."""
        try:
            found = os.lstat(path)
        except OSError:
            return False
        return found.st_mtime >= self._started - _CLOCK_SECONDS and found.st_uid == os.geteuid()

    def _is_ours(self, path: Path) -> bool:
        if self._claims.has_rivals(self._run, path) and str(path) not in self._opened():
            return False
        return self._claims.take(self._run, path)


def _walk(folder: Path, without: Collection[str]) -> Iterator[str]:
    """The paths of files below a folder, those nearest to it first; without hidden ones, and following no links."""
    left = _MOST_ENTRIES
    waiting: deque[tuple[str, int]] = deque([("", 0)])
    while waiting and left > 0:
        at, depth = waiting.popleft()
        try:
            with os.scandir(folder / at) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    path = f"{at}/{entry.name}" if at else entry.name
                    if entry.name.startswith(".") or entry.name in _NEVER or path in without:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if depth < _DEEPEST:
                            waiting.append((path, depth + 1))
                    elif entry.is_file(follow_symlinks=False) and _is_text(path):
                        yield path
        except OSError:
            continue


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return len(path) < 1000
