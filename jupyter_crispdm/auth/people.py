"""What is each person's own in JupyterLab: the layout with its open tabs, and the settings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from .layouts import KeptWorkspaces

_LAYOUT = "workspaces"
_LAST_LAYOUTS = "layouts"
_SETTINGS = "lab-settings"


class People:
    """A folder for each user in the data directory, where JupyterLab keeps one for all who share a server."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "people"

    def settle(self, handler: Any, username: str) -> None:
        """Let a handler of JupyterLab's read and write this user's own."""
        # here, because the command line imports this room and needs no Lab
        from jupyterlab_server.settings_utils import SchemaHandler
        from jupyterlab_server.workspaces_handler import WorkspacesHandler

        if isinstance(handler, WorkspacesHandler):
            handler.manager = self.workspaces(username)
        elif isinstance(handler, SchemaHandler):
            handler.settings_dir = str(self._of(username) / _SETTINGS)

    def workspaces(self, username: str) -> KeptWorkspaces:
        """The user's layouts, with the last ones."""
        from .layouts import KeptWorkspaces

        return KeptWorkspaces(self._of(username) / _LAYOUT, self._of(username) / _LAST_LAYOUTS)

    def forget_layout(self, username: str) -> None:
        """Drop the user's layouts, the last ones too; Lab then opens as if for the first time. Settings stay."""
        for folder in (_LAYOUT, _LAST_LAYOUTS):
            shutil.rmtree(self._of(username) / folder, ignore_errors=True)

    def forget(self, username: str) -> None:
        """Drop all that was the user's."""
        shutil.rmtree(self._of(username), ignore_errors=True)

    def _of(self, username: str) -> Path:
        # a name of the file system's own meaning is none of a user, but of a program it may be
        name = quote(username, safe="")
        return self._folder / (f"%{name}" if set(name) <= {"."} else name)
