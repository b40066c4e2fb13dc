"""Paths of files as people and programs write them: one plain way to spell each, and no other.

A path is relative to the server's root directory, in steps with slashes between them. Whatever a file system, a browser
or another program could read as something else is refused, not mended: steps back, doubled slashes, backslashes,
control characters, hidden names.
"""

from __future__ import annotations

import unicodedata

from jupyter_crispdm.base.errors import BadRequest

Steps = tuple[str, ...]
LONGEST_NAME = 255
LONGEST_PATH = 3000
_ODD = frozenset({"Cc", "Cs", "Zl", "Zp"})


def steps(path: str, field: str = "path") -> Steps:
    """The steps of a path; none of them for the root. Raises BadRequest that names the field.

    Examples
    --------
    >>> steps("/people/anna/")
    ('people', 'anna')
    """
    plain = path.removeprefix("/").removesuffix("/")
    if not plain:
        return ()
    if len(plain) > LONGEST_PATH:
        raise BadRequest(f"'{field}' is too long for a path.", field=field)
    found = tuple(plain.split("/"))
    for step in found:
        check_name(step, field)
    return found


def check_name(name: str, field: str = "name") -> str:
    """One step of a path: the name of a file or folder that everybody may see. Raises BadRequest."""
    if not name or name.startswith("."):
        raise BadRequest(f"'{field}' has a step that is empty or begins with a dot.", field=field)
    if "/" in name or "\\" in name or any(unicodedata.category(sign) in _ODD for sign in name):
        raise BadRequest(f"'{field}' has a sign that no name of a file may have.", field=field)
    if len(name.encode()) > LONGEST_NAME:
        raise BadRequest(f"'{field}' has a name of more than {LONGEST_NAME} bytes.", field=field)
    return name


def is_plain(name: str) -> bool:
    """Whether a name found on the disk is one that people see and can ask for."""
    try:
        check_name(name)
    except BadRequest:
        return False
    return True


def folded(path: Steps) -> Steps:
    """What a file system without a sense of case and of composed letters takes for the same path."""
    return tuple(unicodedata.normalize("NFC", unicodedata.normalize("NFC", step).casefold()) for step in path)
