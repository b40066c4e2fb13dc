"""The demo's folder: a project like anybody's, with its own environment, data and settings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jupyter_crispdm.base.ports import is_free

from ..settings import PROJECT_DATA

SOURCE = Path(__file__).parents[1] / "demo_project"
PACKAGE = Path(__file__).parents[2]
SERVING_PORT = 8503
PUBLISHED = ("train.py", "train_text.py", "prepare.py")
"""What a viewer may run from the dashboard, with parameters of their own."""

DASHBOARD_PARTS = (Path("dashboards", "phases"), Path("dashboards", "forms"))
DASHBOARD_FILES = (".ipynb", ".svg")


@dataclass(frozen=True)
class Project:
    """Where everything of the demo lies."""

    folder: Path

    @property
    def data(self) -> Path:
        """The server's data directory, so that nothing outside the folder is touched."""
        return self.folder / PROJECT_DATA

    @property
    def environment(self) -> Path:
        """The environment that the demo makes for its jobs."""
        return self.folder / ".venv"

    @property
    def pictures(self) -> Path:
        """Held-out pictures to try the model on."""
        return self.folder / "pictures"

    @property
    def settings(self) -> Path:
        """What a Jupyter server that is started in the folder reads."""
        return self.data / "jupyter_server_config.json"

    def write(self, environment: Path | None = None, serving_port: int | None = None) -> None:
        """Make the folder. What the user has changed in it stays as it is, but for the server's settings.

        An `environment` that lies elsewhere is offered to jobs; `serving_port` None chooses one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        copy_missing(sorted(SOURCE.glob("*.*")), self.folder)
        copy_missing(dashboards(), self.folder / "dashboards")
        for parts in DASHBOARD_PARTS:
            copy_missing(sorted((SOURCE / parts).glob("*.py")), self.folder / parts)
        self.settings.write_text(json.dumps(self._settings(environment, serving_port), indent=2) + "\n")

    def _settings(self, environment: Path | None, serving_port: int | None) -> dict[str, dict[str, object]]:
        lab = self.data / "lab"
        port = self._usual_port() if serving_port is None else serving_port
        elsewhere = [str(environment)] if environment else []
        return {
            "ServerApp": {"root_dir": str(self.folder)},
            "CrispdmApp": {
                "data_dir": str(self.data),
                "serving_port": port,
                "environment_paths": elsewhere,
                "published_scripts": list(PUBLISHED),
                "shared_folders": {"pictures": "read"},
                "proxy_allow": [f"http://127.0.0.1:{port}"] if port else [],
            },
            "LabApp": {
                "workspaces_dir": str(lab / "workspaces"),
                "user_settings_dir": str(lab / "user-settings"),
            },
        }

    def _usual_port(self) -> int:
        """The usual port, unless another program has it; a front of ours is found again by the server."""
        ours = (self.data / "serving" / "front.json").exists()
        return SERVING_PORT if ours or is_free(SERVING_PORT) else 0


def dashboards() -> list[Path]:
    """The notebooks that come with the package, and the pictures of their cards: inside it when installed, beside it
    in a clone."""
    for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        if found := sorted(file for file in folder.glob("*") if file.suffix in DASHBOARD_FILES):
            return found
    return []


def copy_missing(files: Iterable[Path], folder: Path) -> None:
    """Copy the files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        target = folder / file.name
        if file.is_file() and not target.exists():
            shutil.copyfile(file, target)
