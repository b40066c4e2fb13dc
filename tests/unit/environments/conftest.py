from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.environments.machine import Machine


@pytest.fixture(autouse=True)
def _own_kernel_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Kernels of the developer's machine are not seen."""
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)
