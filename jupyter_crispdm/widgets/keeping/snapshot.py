"""Where a dashboard's work is kept, asked once when it begins."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import ClientError, connect

from ..visitor import knows_its_user
from .keeper import Keeper

_RENDERED = "/voila/render/"
_LONGEST = 200
_DIGEST = 8


def page_name(wish: str | None = None) -> str:
    """The name that a notebook's work is kept under: its path, the same in Voila as in Lab; a wish comes first.

    Voila tells the kernel the address, Lab the file. Lab's lies anywhere, so the folder and the file's name must do.
    """
    path = wish or _rendered(os.environ.get("SCRIPT_NAME", "")) or _in_lab(os.environ.get("JPY_SESSION_NAME", ""))
    wanted = path.strip("/").replace("/", ":") or "dashboard"
    name = re.sub(r"[^A-Za-z0-9_.:-]", "-", wanted).lstrip("-_.:")[:_LONGEST]
    if name == wanted:
        return name
    told_apart = hashlib.sha256(wanted.encode("utf-8", "replace")).hexdigest()[:_DIGEST]
    return f"{name[: _LONGEST - _DIGEST - 1] or 'page'}-{told_apart}"


def keeper_of(page: str) -> Keeper:
    """A keeper with what the server has kept of a page; an empty one where it cannot be asked."""
    if not knows_its_user():
        return Keeper()
    try:
        with connect() as client:
            found: Any = client.snapshots.get(page)
    except (ClientError, CrispdmError):
        return Keeper()
    return Keeper(found.values, found.revision)


def _rendered(address: str) -> str:
    return unquote(address.partition(_RENDERED)[2])


def _in_lab(file: str) -> str:
    return "/".join(PurePosixPath(file).parts[-2:]) if file else ""
