"""Stable ids and tidy names."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence

from ..types import SERVER_ID, EnvironmentKind
from . import FoundEnvironment

_HASH_LENGTH = 8
_SLUG_LENGTH = 40


def environment_id(found: FoundEnvironment) -> str:
    """The id of an environment: it depends on nothing but where it lies."""
    if found.kind is EnvironmentKind.server:
        return SERVER_ID
    digest = hashlib.sha256(os.fsencode(found.identity)).hexdigest()
    slug = re.sub(r"[^a-z0-9.]+", "-", found.label.lower()).strip("-.")[:_SLUG_LENGTH].strip("-.")
    return f"{slug or found.kind.value}-{digest[:_HASH_LENGTH]}"


def unique_names(environments: Sequence[FoundEnvironment]) -> list[str]:
    """A name for each: its label; where two are alike with the folder it lies in, else its id."""
    names = [readable(found.label) for found in environments]
    for better in (_with_folder, environment_id):
        taken = Counter(names)
        names = [
            better(found) if taken[name] > 1 else name
            for found, name in zip(environments, names, strict=True)
        ]
    return names


def _with_folder(found: FoundEnvironment) -> str:
    place = os.path.dirname(found.prefix)
    if os.path.basename(place) == found.label:
        place = os.path.dirname(place)
    return f"{readable(found.label)} ({readable(os.path.basename(place) or place)})"


def readable(name: str) -> str:
    """A name on one line, of printable characters; also bytes of a path that are no UTF-8 are replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
