"""The demo's programs: what they may be told, and what they leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.cli.demonstration.project import SOURCE
from jupyter_crispdm.jobs.submitting.preparation import SITE


def run(tmp_path: Path, script: str, parameters: object, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the demo as a job would."""
    file = tmp_path / "parameters.json"
    file.write_text(json.dumps(parameters))
    environ = {
        **os.environ, "PYTHONPATH": str(SITE), "CRISPDM_PARAMETERS_FILE": str(file), "CRISPDM_RUN_DIR": str(tmp_path),
    }
    command = [sys.executable, str(SOURCE / script), *words]
    return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120)


@pytest.mark.proves("desk.phases")
def test_scenes_are_written_as_they_were_chosen(tmp_path: Path) -> None:
    chosen = {"scenes": 4, "least": 3, "most": 2, "small": 20, "large": 20, "seed": 7}
    done = run(tmp_path, "prepare.py", chosen)
    assert done.returncode == 0, done.stderr
    left = {path.name: path for path in (tmp_path / "artifacts").iterdir()}
    assert left["scenes.png"].read_bytes().startswith(b"\x89PNG")
    data = json.loads(left["data.json"].read_text())
    assert len(data["scenes"]) == 4
    assert all(0 < digits <= 3 for digits in data["scenes"])
    assert sum(sum(counts.values()) for counts in data["split"].values()) == 1797
    assert [path.name for path in tmp_path.glob("*.png")] == [], "nothing is left in the project's folder"
    assert "4 scenes" in done.stdout


@pytest.mark.proves("desk.parameters")
def test_a_word_of_the_command_line_comes_before_a_parameter(tmp_path: Path) -> None:
    done = run(tmp_path, "prepare.py", {"scenes": 30, "least": 1, "most": 1}, "--scenes", "1")
    assert "1 scenes with" in done.stdout, done.stderr


@pytest.mark.proves("desk.parameters")
@pytest.mark.parametrize(
    "chosen",
    [
        {"scenes": 31}, {"scenes": "many"}, {"scenes": [1]}, {"seed": -1}, {"scenes": 1e999}, {"help": ""},
        {"output": "/etc/passwd"}, {"": 1}, {"scenes=1 --seed": 2}, {"scenes": "1\n--seed=5"},
    ],
)
def test_what_cannot_be_chosen_is_refused_before_anything_is_done(tmp_path: Path, chosen: dict[str, object]) -> None:
    done = run(tmp_path, "prepare.py", chosen)
    assert done.returncode == 2, done.stdout
    assert "error:" in done.stderr
    assert not (tmp_path / "artifacts").exists()


@pytest.mark.proves("desk.phases")
@pytest.mark.parametrize("held_out", [2, 4])
def test_a_training_hands_its_model_over_however_few_scenes_are_held_out(tmp_path: Path, held_out: int) -> None:
    pytest.importorskip("torch")
    tiny = {"epochs": 1, "steps": 1, "batch": 2, "width": 4, "threads": 1}
    done = run(tmp_path, "train.py", {**tiny, "held_out": held_out})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "artifacts" / "preview.png").is_file()
    assert '"kind": "model"' in (tmp_path / "events.jsonl").read_text()
