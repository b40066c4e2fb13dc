"""What the home page shows of each published dashboard: read from the notebook, which may hold anything."""

from __future__ import annotations

import json
import os
import posixpath
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_crispdm.base.account import account_of
from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from .dashboards import is_asset, published
from .pictures import is_small_picture

_LARGEST = 32 << 20
_LARGEST_PICTURE = 4 << 20
_TITLE, _DESCRIPTION, _NAME = 120, 400, 64
_MOST_KNOWN = 1_000
BROKEN = "This notebook cannot be read."


@dataclass(frozen=True)
class Card:
    """A published dashboard as people see it. `picture` is a path below the root, or a `data:` address."""

    path: str
    title: str
    description: str = ""
    picture: str = ""
    by: str = ""
    broken: bool = False


class Cards:
    """Reads what notebooks say of themselves, and reads it again only when one has changed.

    The metadata ``crispdm: {"title", "description", "picture", "published_by"}`` is a claim of whoever wrote the
    notebook. Where it does not say who published it, the file's owner did.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Path, tuple[tuple[int, ...], Card]] = OrderedDict()
        self._lock = threading.Lock()

    def all(self, root: Path, patterns: Sequence[str]) -> list[Card]:
        """The cards of what is published below `root`, by title; reads files, so not for the event loop."""
        cards = [self._card(root, board.path, board.title, patterns) for board in published(root, patterns)]
        return sorted(cards, key=lambda card: (card.title.casefold(), card.path))

    def _card(self, root: Path, path: str, name: str, patterns: Sequence[str]) -> Card:
        file = root / path
        try:
            now = file.stat()
        except OSError:
            return Card(path, name, BROKEN, broken=True)
        stamp = (now.st_mtime_ns, now.st_size, now.st_ino, now.st_uid)
        with self._lock:
            known = self._known.get(file)
        if known is not None and known[0] == stamp:
            card = known[1]
        else:
            card = _read(file, path, name, account_of(now.st_uid))
            self._remember(file, stamp, card)
        return _with_picture(card, root, patterns)

    def _remember(self, file: Path, stamp: tuple[int, ...], card: Card) -> None:
        with self._lock:
            self._known[file] = stamp, card
            self._known.move_to_end(file)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)


def _read(file: Path, path: str, name: str, owner: str) -> Card:
    try:
        said = _metadata(file)
    except (OSError, ValueError, RecursionError):
        return Card(path, name, BROKEN, by=owner, broken=True)
    title = _line(said.get("title"), _TITLE) or name
    by = _line(said.get("published_by"), _NAME) or owner
    return Card(path, title, _line(said.get("description"), _DESCRIPTION), _text(said.get("picture")), by)


def _metadata(file: Path) -> Mapping[str, Any]:
    """Our part of a notebook's metadata. Raises OSError, ValueError for what is no notebook."""
    with regular_file(file.resolve()) as opened:
        content = opened.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Unreadable(file, "is too large")
    notebook = json.loads(content)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("no notebook")
    metadata = notebook.get("metadata")
    said = metadata.get("crispdm") if isinstance(metadata, dict) else None
    return said if isinstance(said, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: object, most: int) -> str:
    """A text in one line, without what cannot be seen, and not longer than that."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in _text(value)[: 4 * most]).split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _with_picture(card: Card, root: Path, patterns: Sequence[str]) -> Card:
    """The card with a picture only where it may be shown: small data, or a file that is served beside dashboards."""
    said = card.picture
    if said.startswith("data:"):
        return card if is_small_picture(said) else replace(card, picture="")
    path = posixpath.join(PurePosixPath(card.path).parent.as_posix(), said).removeprefix("./") if said else ""
    shown = bool(path) and is_asset(path, patterns) and _is_small(root / path)
    return replace(card, picture=path if shown else "")


def _is_small(file: Path) -> bool:
    try:
        return file.is_file() and os.stat(file).st_size <= _LARGEST_PICTURE
    except (OSError, ValueError):
        return False
