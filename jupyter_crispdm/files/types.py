"""What the room of files says and hears."""

from __future__ import annotations

from enum import Enum

from jupyter_crispdm.base.wire import Wire


class Access(str, Enum):
    """What somebody may do in a folder; who may write may also read."""

    READ = "read"
    WRITE = "write"


class FolderKind(str, Enum):
    """Whose a folder is: one's own, everybody's, or all of the server's root directory."""

    HOME = "home"
    SHARED = "shared"
    ROOT = "root"


class Folder(Wire, frozen=True):
    """A folder that a person reaches, with all that lies in it; the path is relative to the root directory."""

    path: str
    name: str
    access: Access
    kind: FolderKind


class FolderList(Wire, frozen=True):
    """The folders that somebody has; bytes that are free on the disk, and of their home the limit and what it takes."""

    folders: list[Folder]
    free: int
    quota: int | None
    used: int
