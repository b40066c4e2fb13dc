"""An inference server whose directory was deleted under it: nobody else could end it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import eventually_sync


def test_an_inference_server_ends_with_its_directory_and_leaves_its_successors_files_alone(tmp_path: Path) -> None:
    directory = tmp_path / "serving"
    command = [sys.executable, "-m", "jupyter_crispdm.serving", "--directory", str(directory), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as inference:
        eventually_sync((directory / "front.json").exists, 60)
        shutil.rmtree(directory)
        directory.mkdir()
        successor = {"pid": 1, "address": "http://127.0.0.1:1"}
        (directory / "front.json").write_text(json.dumps(successor))
        assert inference.wait(60) == 0
    assert json.loads((directory / "front.json").read_text()) == successor
    assert not (directory / "state.json").exists()
