"""``Upload-Metadata``: what a client says of the file, read as what a stranger may have made up.

`filename` is its name and `path` the folder it goes into; `relativePath` is where it lies in a folder that is uploaded
whole: the folders on that way are made. `overwrite` replaces a file of the same name, `rename` gives another name then;
without them that is a conflict. Whatever else is said is kept, and means nothing here.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from enum import Enum

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.wire import Wire

from ..spelling import Steps, check_name, steps

FIELD = "Upload-Metadata"
LONGEST = 16 * 1024
DEEPEST = 64
_KEY = re.compile(r"[!-+\--~]+")  # ASCII that is seen, without the comma
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_TRUE = frozenset({"", "1", "true", "yes"})
_FALSE = frozenset({"0", "false", "no"})


class Taken(str, Enum):
    """What is done where there is a file of that name: nothing, or it is replaced, or the new one gets another name."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"
    RENAME = "rename"


class Wanted(Wire, frozen=True):
    """Where a file is to go: into a folder that is there, through folders that are made, under a name."""

    folder: str
    inner: tuple[str, ...]
    name: str
    taken: Taken

    @property
    def path(self) -> str:
        """The whole path."""
        return "/".join(filter(None, (self.folder, *self.inner, self.name)))


def read_metadata(text: str) -> dict[str, str]:
    """The pairs of the header, their values decoded. Raises BadRequest that names the key."""
    if len(text) > LONGEST:
        raise BadRequest(f"'{FIELD}' is over {LONGEST:,} characters.", field=FIELD)
    if not (text.isascii() and text.isprintable()):  # it is told again as it came
        raise BadRequest(f"'{FIELD}' may hold ASCII only.", field=FIELD)
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, encoded = pair.partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise BadRequest(f"'{FIELD}' has a key that is odd or given twice.", field=FIELD)
        found[key] = _decoded(key, encoded.strip())
    return found


def read_wanted(said: Mapping[str, str]) -> Wanted:
    """Where the file is to go. Raises BadRequest that names the key."""
    folder = steps(said.get("path", ""), "path")
    inner = _inner(said)
    name = _named(said["filename"], "filename") if "filename" in said else inner[-1] if inner else ""
    if not name:
        raise BadRequest("'filename' is missing: the file needs a name.", field="filename")
    return Wanted("/".join(folder), inner[:-1], name, _taken(said))


def _inner(said: Mapping[str, str]) -> Steps:
    """The steps of the way within a folder that is uploaded whole, the file's own name last."""
    text = said.get("relativePath", "")
    if text in ("", "null", "undefined"):  # what pages send for a file that came alone
        return ()
    found = tuple(text.split("/"))
    if len(found) > DEEPEST:
        raise BadRequest(f"'relativePath' is deeper than {DEEPEST} folders.", field="relativePath")
    steps(text.removesuffix("/") + "/", "relativePath")
    return tuple(_named(step, "relativePath") for step in found)


def _named(name: str, field: str) -> str:
    check_name(name, field)
    if not name.strip() or _RESERVED.fullmatch(name):
        raise BadRequest(f"'{field}' has a name that some systems keep for themselves.", field=field)
    return name


def _taken(said: Mapping[str, str]) -> Taken:
    if _switch(said, "overwrite"):
        return Taken.OVERWRITE
    return Taken.RENAME if _switch(said, "rename") else Taken.REFUSE


def _switch(said: Mapping[str, str], key: str) -> bool:
    text = said.get(key, "false").lower()
    if text not in _TRUE | _FALSE:
        raise BadRequest(f"'{key}' must be true or false.", field=key)
    return text in _TRUE


def _decoded(key: str, encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"'{key}' is no text in base64.", field=key) from error
