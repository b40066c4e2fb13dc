"""Chooses where shared values are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database

from ..entries import Limits
from ..text.keeping import DatabaseKeeping, Keeping
from ..text.limits import Limits as TextLimits
from .contentfiles import ContentFiles
from .database import DatabaseBackend
from .port import Backend, Contents

_TEXTS = TextLimits()


class Kept(NamedTuple):
    """What keeps values and locks, what keeps contents, what keeps texts, and how much there may be."""

    backend: Backend
    contents: Contents
    texts: Keeping
    limits: Limits


def make(url: str, database: Database, folder: Path, limits: Limits, clock: Clock, texts: TextLimits = _TEXTS) -> Kept:
    """By the address of a Redis, or without one the database. Raises SetupError for an address that is none."""
    if not url:
        return Kept(DatabaseBackend(database, clock), ContentFiles(folder), DatabaseKeeping(database, texts), limits)
    from .redis.backend import RedisBackend  # most servers have no use for it
    from .redis.contents import MOST, RedisContents
    from .redis.line import Line
    from .redis.texts import RedisTexts

    line = Line(url)
    smaller = replace(limits, content=min(limits.content or MOST, MOST))
    return Kept(RedisBackend(line, clock), RedisContents(line), RedisTexts(line, texts), smaller)
