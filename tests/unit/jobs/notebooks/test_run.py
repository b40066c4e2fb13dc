from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import NoSuchKernel

from jupyter_crispdm.jobs.notebooks.run import kernel_for, kernel_manager


def book(language: str, kernel: str) -> Any:
    metadata = {"kernelspec": {"name": kernel, "language": language, "display_name": kernel}}
    return nbformat.v4.new_notebook(metadata=metadata)  # type: ignore[no-untyped-call]


@pytest.fixture
def r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An activated environment with a kernel for R."""
    folder = tmp_path / "env/share/jupyter/kernels/ir"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": ["R"], "display_name": "R", "language": "R"}))
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "env"))


def test_python_runs_in_the_environment_s_kernel() -> None:
    assert kernel_for(book("python", "whatever"), "crispdm-vision") == "crispdm-vision"
    assert kernel_for(nbformat.v4.new_notebook(), "crispdm-vision") == "crispdm-vision"  # type: ignore[no-untyped-call]


@pytest.mark.usefixtures("r")
def test_r_runs_in_the_kernel_that_lies_in_the_environment(tmp_path: Path) -> None:
    assert kernel_for(book("R", "ir"), "crispdm-vision") == "ir"
    spec = kernel_manager("ir", str(tmp_path)).kernel_spec
    assert spec is not None
    assert spec.argv == ["R"]


@pytest.mark.parametrize("name", ["ir", "", "../ir"])
def test_a_kernel_that_is_not_there(name: str) -> None:
    with pytest.raises(NoSuchKernel):
        kernel_for(book("R", name), "crispdm-vision")
