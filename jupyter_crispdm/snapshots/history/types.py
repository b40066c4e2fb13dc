"""What travels about kept versions and layouts."""

from __future__ import annotations

from datetime import datetime

from jupyter_crispdm.base.wire import Body, Wire


class Version(Wire, frozen=True, kw_only=True):
    """A file as it was at a time. `path` is where the file is now, below the server's root; `size` is in bytes."""

    id: int
    path: str
    saved: datetime
    size: int
    by: str


class VersionList(Wire, frozen=True):
    """The kept versions of a file, newest first."""

    versions: list[Version]


class VersionQuery(Body, frozen=True):
    """Which file: its path below the server's root."""

    path: str


class Layout(Wire, frozen=True, kw_only=True):
    """A layout of JupyterLab as it was at a time.

    `workspace` is the workspace that it belongs to; `documents` are the paths of what was open, a hundred at most.
    """

    id: int
    workspace: str
    saved: datetime
    size: int
    documents: list[str]


class LayoutList(Wire, frozen=True):
    """The caller's last layouts, newest first."""

    layouts: list[Layout]
