"""The settings that a server started here would have, for commands that need none running."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp
    from jupyter_crispdm.auth.manager import UserManager


PROJECT_DATA = ".crispdm"
"""A folder with such a directory is a project with users, jobs, models and settings of its own."""


def use_project(folder: Path) -> None:
    """Let a project's own settings come before the user's, as if `JUPYTER_CONFIG_PATH` named them.

    Only when it is ours: settings decide which programs run, and a foreign folder shall not.
    """
    data = folder / PROJECT_DATA
    if not data.is_dir() or (hasattr(os, "geteuid") and data.stat().st_uid != os.geteuid()):
        return
    known = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    paths = [str(data), *(path for path in known if path not in ("", str(data)))]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)


def settings(**overrides: Any) -> CrispdmApp:
    """The extension's settings from Jupyter's configuration files; what is None does not override."""
    from jupyter_core.application import JupyterApp
    from traitlets.config.application import Application

    from jupyter_crispdm.app import CrispdmApp

    class Reader(JupyterApp):
        """Reads the files that a Jupyter server reads."""

        name = "jupyter-server"

        def load_all(self) -> None:
            """The files of our extension and of Lab, then those of the server, which win."""
            for name in (CrispdmApp(parent=self).config_file_name, "jupyter_lab_config"):
                Application.load_config_file(self, name, path=self.config_file_paths)
            self.load_config_file()

    use_project(Path.cwd())
    reader = Reader()
    reader.load_all()
    given = {name: value for name, value in overrides.items() if value is not None}
    return CrispdmApp(config=reader.config, **given)


def data_directory(app: CrispdmApp) -> Path:
    """Where the server keeps its data."""
    return Path(app.data_dir).expanduser().resolve()


@asynccontextmanager
async def opened_door(data_dir: str | None) -> AsyncIterator[UserManager]:
    """Users and tokens of the server whose data directory it is."""
    from jupyter_crispdm.auth.manager import opened_users

    app = settings(data_dir=data_dir)
    directory = data_directory(app)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with opened_users(directory, app.database_url or None) as users:
        yield users
