"""The values that a job was submitted with, as its program reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.jobs.submitting.preparation import SITE

_PRINT = "import crispdm, json; print(json.dumps(crispdm.parameters()))"


def said(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {"PYTHONPATH": str(SITE), **variables}
    return subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.proves("desk.parameters")
def test_a_program_reads_what_was_chosen_for_it(tmp_path: Path) -> None:
    file = tmp_path / "parameters.json"
    file.write_text(json.dumps({"rate": 0.1, "name": "数据", "deep": [1, {"a": None}]}))
    done = said(_PRINT, CRISPDM_PARAMETERS_FILE=str(file))
    assert json.loads(done.stdout) == {"rate": 0.1, "name": "数据", "deep": [1, {"a": None}]}


@pytest.mark.proves("desk.parameters")
def test_outside_a_job_there_are_none() -> None:
    assert json.loads(said(_PRINT).stdout) == {}


@pytest.mark.parametrize("text", ["[1]", "{", "\x00", None])
def test_a_training_does_not_go_on_without_what_was_chosen(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "parameters.json"
    if text is not None:
        file.write_text(text)
    done = said(_PRINT, CRISPDM_PARAMETERS_FILE=str(file))
    assert done.returncode == 1
    assert "Error" in done.stderr
