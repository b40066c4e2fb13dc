"""Which dashboards are published, decided on decoded paths that must be written in the one plain way."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

_ASSETS = frozenset({
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".mp4", ".webm", ".css", ".woff2",
})
_MOST = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dashboard:
    """A published notebook."""

    path: str
    title: str


def is_published(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path below the server's root is a published dashboard."""
    parts = _plain_parts(path)
    return parts is not None and any(_matches(parts, pattern.split("/")) for pattern in patterns)


def is_asset(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path is a picture or style sheet that lies with, or below, a published dashboard.

    With a dashboard in the root itself only files directly beside it count, never the whole tree.
    """
    parts = _plain_parts(path)
    if parts is None or PurePosixPath(path).suffix.lower() not in _ASSETS:
        return False
    return any(_lies_with(parts, pattern.split("/")[:-1]) for pattern in patterns if pattern)


def published(root: Path, patterns: Sequence[str]) -> list[Dashboard]:
    """The published dashboards below `root`, by title; reads directories, so not for the event loop."""
    found: set[str] = set()
    for pattern in patterns:
        try:
            for file in root.glob(pattern):
                path = file.relative_to(root).as_posix()
                if is_published(path, patterns) and file.is_file():
                    found.add(path)
                if len(found) >= _MOST:
                    break
        except (ValueError, NotImplementedError, RecursionError) as error:  # the other patterns hold all the same
            _log.warning("The pattern %r in 'published' publishes nothing: %s", pattern, error)
    return sorted((Dashboard(path, _title(path)) for path in found), key=lambda d: (d.title.lower(), d.path))


def _plain_parts(path: str) -> list[str] | None:
    parts = path.split("/")
    plain = all(part and not part.startswith(".") and part.isprintable() for part in parts)
    return parts if plain and "\\" not in path else None


def _matches(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _lies_with(parts: list[str], directory: list[str]) -> bool:
    if not directory:
        return len(parts) == 1
    if "**" in directory:
        return any(_matches(parts[:depth], directory) for depth in range(1, len(parts)))
    return len(parts) > len(directory) and _matches(parts[: len(directory)], directory)


def _title(path: str) -> str:
    words = PurePosixPath(path).stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] or path
