"""What a worker is told to load is loaded by the module of its format, or refused in one sentence."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm import predictors
from crispdm.algorithms import mlp
from crispdm.predictors._needed import needed

CONFIG = {"sizes": [2, 3]}


def test_weights_are_loaded_into_the_architecture_that_is_named(tmp_path: Path) -> None:
    torch.save(mlp.build(CONFIG).state_dict(), tmp_path / "model.pt")
    header = {"algorithm": "mlp", "path": str(tmp_path / "model.pt"), "metadata": {"config": CONFIG}}
    for form in ({}, {"format": "torch"}, {"format": "safetensors"}):
        predictors.ready({**header, **form})
        predictor = predictors.load({**header, **form})
        assert predictor.infer({"features": np.zeros((1, 2), np.float32)})["outputs"].shape == (1, 3)


@pytest.mark.parametrize("format", ["__init__", "_needed", "os", "../x", "Torch", 3])
def test_no_module_but_those_of_the_formats_is_imported(format: Any) -> None:
    with pytest.raises(ValueError, match="'format' must be one of torch, safetensors"):
        predictors.ready({"format": format})


@pytest.mark.proves("models.missing-library")
def test_a_package_that_is_missing_is_told_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    told = "^onnxruntime is not installed in this environment: pip install onnxruntime$"
    with pytest.raises(ValueError, match=told):
        needed("onnxruntime")
    with pytest.raises(ValueError, match=r"scikit-learn is not installed .*: pip install scikit-learn"):
        needed("no_such_package.part", "scikit-learn")


def test_a_package_that_is_broken_is_told_with_its_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def broken(name: str, *rest: Any) -> Any:
        if name == "tomllib":
            raise ImportError("libfoo.so.1: cannot open shared object file")
        return whole(name, *rest)

    monkeypatch.setattr("importlib.import_module", broken)
    with pytest.raises(ValueError, match=r"tomllib cannot be imported in this environment: libfoo\.so\.1"):
        needed("tomllib")
