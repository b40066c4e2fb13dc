from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import torch
from crispdm.algorithms import unet

import jupyter_crispdm.cli

DEMO = Path(jupyter_crispdm.cli.__file__).parent / "demo_project"
CONFIG = {"classes": [str(digit) for digit in range(10)], "width": 4}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a module of the demo project, as its scripts import each other."""
    monkeypatch.syspath_prepend(DEMO)
    return importlib.import_module


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "unet.pt"
    torch.save(unet.build(CONFIG).state_dict(), path)
    return path
