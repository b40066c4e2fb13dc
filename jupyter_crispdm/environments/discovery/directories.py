"""Directory listings and small files, remembered as long as their modification time stands still."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

from jupyter_crispdm.base.files.regular import regular_file

T = TypeVar("T")

_SETTLED = 2.0
_MOST_ENTRIES = 20_000
_MOST_BYTES = 65_536
_LOG = logging.getLogger(__name__)


def folder_names(path: str) -> tuple[str, ...]:
    """Names of the directories in a directory, sorted."""
    with os.scandir(path) as entries:
        return tuple(sorted(entry.name for entry in islice(entries, _MOST_ENTRIES) if _is_folder(entry)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or into what may not be read
        return False


def small_text(path: str) -> str:
    """The beginning of a text file; odd bytes are replaced."""
    with regular_file(os.path.realpath(path)) as file:
        return file.read(_MOST_BYTES).decode("utf-8", errors="replace")


class Directories:
    """Remembers what a reader made of a path.

    A path that changed in the last two seconds is read again: its next change may bear the same time stamp.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._memo: dict[tuple[Callable[[str], Any], str], tuple[int, Any]] = {}

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._memo = {}

    def read(self, path: str, reader: Callable[[str], T]) -> T | None:
        """What `reader` makes of a path, or None where there is no such path or it cannot be read.

        Anybody may have written what lies there: a reader's mistake with one path is logged, and stays with it.
        """
        key = (reader, path)
        try:
            changed = os.stat(path).st_mtime_ns
            known = self._memo.get(key)
            if known is not None and known[0] == changed:
                value: T = known[1]
                return value
            value = reader(path)
        except (OSError, ValueError):  # no such path; one with a null byte
            self._memo.pop(key, None)
            return None
        except Exception:
            _LOG.warning("%a cannot be read.", path, exc_info=True)
            value = None  # type: ignore[assignment]
        if self._now() - changed / 1e9 > _SETTLED:
            self._memo[key] = (changed, value)
        return value

    def folders(self, path: str) -> tuple[str, ...]:
        """Names of the directories in a directory."""
        return self.read(path, folder_names) or ()

    def text(self, path: str) -> str | None:
        """The content of a small text file."""
        return self.read(path, small_text)
