"""Each setting of the door counts wherever it is written: a config file, or an option in any of its spellings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOOK = """
import json, sys
from jupyter_crispdm.cli.server.lab import lab_app
from jupyter_crispdm.cli.settings import data_directory, settings
server = lab_app().initialize_server(argv=sys.argv[1:])
door, here = server.identity_provider, settings()
(app,) = server.extension_manager.extension_apps["jupyter_crispdm"]
print("SAW " + json.dumps({
    "published": [door.published, app.published],
    "session_days": [door.session_days, app.session_days],
    "data_dir": [door.database.url.database, app.data_dir],
    "command": [str(data_directory(here)), here.published, here.session_days],
}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "root").mkdir()
    return tmp_path


def look(home: Path, *options: str) -> dict[str, Any]:
    """What both classes, and the commands that need no server, say of the settings."""
    places = {name: str(home / name.lower()) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")}
    environment = {**os.environ, **places, "JUPYTER_CONFIG_DIR": str(home / "config")}
    environment.pop("JUPYTER_CONFIG_PATH", None)
    argv = ["--no-browser", "--allow-root", f"--ServerApp.root_dir={home / 'root'}", "--CrispdmApp.serving_port=0"]
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *argv, *options], env=environment, cwd=home / "root", capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if line.startswith("SAW ")]
    assert said, done.stderr
    return dict(json.loads(said[0].removeprefix("SAW ")))


@pytest.mark.proves("settings.ways", "settings.published")
@pytest.mark.parametrize(
    ("options", "published"),
    [
        ([], ["dashboards/*.ipynb"]),
        (["--CrispdmApp.published=dash.ipynb"], ["dash.ipynb"]),
        (["--CrispdmApp.published=a.ipynb", "--CrispdmApp.published=b/*.ipynb"], ["a.ipynb", "b/*.ipynb"]),
        (["--CrispdmApp.published=['a.ipynb', 'b.ipynb']"], ["a.ipynb", "b.ipynb"]),
        (["--CrispdmApp.published=[]"], []),
    ],
)
def test_dashboards_published_by_an_option(home: Path, options: list[str], published: list[str]) -> None:
    assert look(home, *options)["published"] == [published, published]


@pytest.mark.proves("settings.ways", "settings.data-dir", "settings.session-days")
def test_the_other_settings_by_options(home: Path) -> None:
    seen = look(home, f"--CrispdmApp.data_dir={home / 'own'}", "--CrispdmApp.session_days=2")
    assert seen["session_days"] == [2, 2]
    assert seen["data_dir"] == [str(home / "own/crispdm.db"), str(home / "own")]


@pytest.mark.proves("settings.ways")
@pytest.mark.parametrize("file", ["jupyter_server_config", "jupyter_lab_config", "jupyter_jupyter_crispdm_config"])
@pytest.mark.parametrize("kind", ["py", "json"])
def test_every_setting_by_a_file(home: Path, file: str, kind: str) -> None:
    own = str(home / "own")
    written: dict[str, Any] = {"published": ["dash.ipynb"], "session_days": 2.0, "data_dir": own}
    text = json.dumps({"CrispdmApp": written})
    if kind == "py":
        text = "".join(f"c.CrispdmApp.{name} = {value!r}\n" for name, value in written.items())
    (home / f"config/{file}.{kind}").write_text(text)
    seen = look(home)
    assert seen["published"] == [["dash.ipynb"]] * 2
    assert seen["session_days"] == [2, 2]
    assert seen["data_dir"] == [f"{own}/crispdm.db", own]
    assert seen["command"] == [own, ["dash.ipynb"], 2]
