"""Files of other trackers that belong to a run: below its own directory, and below the folder that its job works in.

There may be anything in that folder. A file there is the run's when it was made since the run began and no other run
works there, or when a process of the run has it open; and it stays with the run that had it first. The search is
bounded, follows no links, and costs no more than a small part of the time.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
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
        self._ended: dict[Path, float] = {}

    def enter(self, run: Path, folder: Path) -> None:
        """A run works in a folder from now on."""
        with self._guard:
            self._folders[run] = folder
            self._ended.pop(run, None)

    def leave(self, run: Path, now: float) -> None:
        """A run is over; its files stay its own, until another run writes them."""
        with self._guard:
            self._folders.pop(run, None)
            self._ended[run] = now
            if len(self._ended) > _MOST_CLAIMS:
                self._ended.pop(next(iter(self._ended)))

    def has_rivals(self, run: Path, file: Path) -> bool:
        """Whether another run works in the folder of a file, or in one around it."""
        with self._guard:
            folders = {**self._folders, **self._working()}
        return any(file.is_relative_to(folder) for one, folder in folders.items() if one != run)

    def take(self, run: Path, file: Path, written: float = 0.0) -> bool:
        """Have a file that was last written then; False when it is another's."""
        with self._guard:
            owner = self._files.setdefault(str(file), run)
            if owner != run and written > self._ended.get(owner, math.inf):
                owner = self._files[str(file)] = run
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
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run, self._folder, self._started = run, folder, started or 0.0
        self._opened, self._claims, self._clock = opened, claims or Claims(), clock
        self._now = now
        self._known: set[str] = set()
        self._old: dict[str, tuple[int, int]] | None = None  # of files from before: which, and how long
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
        self._claims.leave(self._run, self._now())

    def _own(self) -> Iterator[File]:
        for path in _walk(self._run, _OURS):
            kind = kind_of(path)
            if kind is not None and path not in self._known:
                yield File(path, self._run / path, self._run, kind)

    def _in_folder(self) -> list[File]:
        if self._folder is None or self._folder == self._run:
            return []
        found = [file for path in self._walk_folder() if (file := self._file(self._folder, path)) is not None]
        first, self._old = self._old is None, {} if self._old is None else self._old
        new = []
        for file in found:
            stat = _look_at(file.path)
            if stat is None or stat.st_uid != os.geteuid():
                continue
            if file.kind.make is None:
                new.append(file)
            elif stat.st_mtime < self._started - _CLOCK_SECONDS:
                if first:
                    self._old[file.key] = stat.st_ino, stat.st_size
            elif not self._is_from_before(file.key, stat) and self._is_ours(file.path, stat.st_mtime):
                new.append(file)
        return new

    def _walk_folder(self) -> Iterator[str]:
        assert self._folder is not None
        runs = self._run.parent  # of other jobs, each of which has its own
        return _walk(self._folder, [str(runs.relative_to(self._folder))] if runs.is_relative_to(self._folder) else ())

    def _file(self, folder: Path, path: str) -> File | None:
        kind, whole = kind_of(path), folder / path
        known = kind is None or str(whole) in self._known
        return None if known or kind is None else File(str(whole), whole, folder, kind)

    def _is_from_before(self, key: str, now: os.stat_result) -> bool:
        """Whether it was there before the run, and was not begun anew, nor is written by the run itself."""
        before = (self._old or {}).get(key)
        is_anew = before is None or now.st_ino != before[0] or now.st_size < before[1]
        return not is_anew and key not in self._opened()

    def _is_ours(self, path: Path, written: float) -> bool:
        if self._claims.has_rivals(self._run, path) and str(path) not in self._opened():
            return False
        return self._claims.take(self._run, path, written)


def _look_at(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _walk(folder: Path, without: Collection[str]) -> Iterator[str]:
    """The paths of files below a folder, those nearest to it first; without hidden ones, and following no links."""
    left = _MOST_ENTRIES
    waiting: deque[tuple[str, int]] = deque([("", 0)])
    while waiting and left > 0:
        at, depth = waiting.popleft()
        try:
            with os.scandir(folder / at) as entries:
                for entry in sorted(islice(entries, left), key=lambda entry: entry.name):
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
