from __future__ import annotations

import subprocess
import sys

import pytest
from crispdm import algorithms
from crispdm.algorithms import unet


def test_algorithms_are_listed_without_what_they_share() -> None:
    assert {"cnn", "mlp", "textrnn", "unet"} <= set(algorithms.names())
    assert not [name for name in algorithms.names() if name.startswith("_")]


def test_an_algorithm_is_imported_by_its_name() -> None:
    assert algorithms.get("unet") is unet


@pytest.mark.parametrize("name", ["", "resnet", "_options", "unet.build", "..", "os", "../unet"])
def test_nothing_else_is_imported(name: str) -> None:
    with pytest.raises(ValueError, match="'algorithm' must be one of "):
        algorithms.get(name)


def test_torch_is_not_imported_before_an_algorithm_is() -> None:
    code = "import crispdm.algorithms, sys; crispdm.algorithms.names(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
