"""What a worker is told to load is loaded by the module of its format, or refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from crispdm import predictors
from crispdm.algorithms import mlp
from crispdm.predictors._needed import needed

from tests.unit.worker.conftest import SITE, interpreter

__all__ = ["interpreter"]

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
    monkeypatch.setitem(sys.modules, "sklearn", None)
    for need in (lambda: needed("sklearn"), lambda: predictors.ready({"format": "skops"})):
        with pytest.raises(ValueError, match=r"^scikit-learn is not installed in .*: pip install scikit-learn$"):
            need()


@pytest.mark.proves("models.missing-library")
def test_an_environment_without_torch_says_so_for_each_format_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("crispdm.") and "tensors" not in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    for form in ("torch", "safetensors", "torchscript", "exported"):
        with pytest.raises(ValueError, match=r"^torch is not installed in this environment: pip install torch$"):
            predictors.ready({"format": form, "algorithm": "mlp"})


def test_a_package_that_is_broken_is_told_with_its_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brokenpackage.py").write_text("raise ImportError('libfoo.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"cannot be imported in this environment: libfoo\.so\.1"):
        needed("brokenpackage")


@pytest.mark.proves("models.missing-library")
def test_every_python_from_3_8_on_can_say_what_is_missing(interpreter: str) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "for name in ('numpy', 'torch', 'sklearn', 'onnxruntime'): sys.modules[name] = None\n"
        "from crispdm import predictors\n"
        "for format in ('torch', 'onnx', 'skops', 'exported', 'torchscript'):\n"
        "    try: predictors.ready({'format': format, 'algorithm': 'mlp'})\n"
        "    except ValueError as error: print(error)\n"
    )
    run = subprocess.run([interpreter, "-I", "-S", "-c", code, str(SITE)], capture_output=True, text=True, timeout=60)
    told = run.stdout.splitlines()
    assert len(told) == 5, run.stderr
    assert all(line.split(" is not installed in this environment: pip install ")[0] in line for line in told)


@pytest.mark.parametrize("folder", ["predictors", "algorithms"])
def test_every_python_from_3_8_on_can_read_what_a_worker_runs(folder: str, interpreter: str) -> None:
    files = [str(path) for path in (SITE / "crispdm" / folder).glob("*.py")]
    code = "import sys\nfor path in sys.argv[1:]: compile(open(path, encoding='utf-8').read(), path, 'exec')"
    subprocess.run([interpreter, "-I", "-S", "-c", code, *files], check=True, timeout=60)
