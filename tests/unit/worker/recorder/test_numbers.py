"""Names, steps and numbers that are reported, of whatever library they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import read_run

from ..conftest import SITE
from .programs import good, run


def test_many_names_in_one_call(tmp_path: Path) -> None:
    good("for n in range(3): crispdm.log({'m%d' % m: m + n for m in range(300)})", tmp_path)
    series = read_run(tmp_path)
    assert [series[f"m{m}"].value.tolist() for m in (0, 63, 64, 299)] == [[m, m + 1, m + 2] for m in (0, 63, 64, 299)]
    assert series["m299"].step.tolist() == [0, 1, 2]


def test_counted_steps_go_on_after_given_ones_whatever_calls_share_a_name(tmp_path: Path) -> None:
    program = """
for _ in range(3): crispdm.log(a=1.0)
crispdm.log({"a": 1.0}, step=2**70); crispdm.log({"a": 1.0}, step=9); crispdm.log(a=1.0); crispdm.log(a=1.0)
crispdm.log({"a": 1.0, "b": 1.0}); crispdm.log(a=1.0); crispdm.log(b=1.0)
"""
    assert "must fit into 64 bits" in run(program, tmp_path).stderr
    series = read_run(tmp_path)
    assert series["a"].step.tolist() == [0, 1, 2, 9, 10, 11, 12, 13]
    assert series["b"].step.tolist() == [0, 1]


@pytest.mark.proves("crispdm.log")
def test_steps_go_on_from_the_highest(tmp_path: Path) -> None:
    program = """
crispdm.log(loss=1); crispdm.log({"loss": 1, "other": 1}); crispdm.log({"loss": 1}, step=10)
crispdm.log({"loss": 1}, step=7); crispdm.log(loss=1); crispdm.log({"other": 1})
crispdm.log({}); crispdm.log()
"""
    good(program, tmp_path)
    series = read_run(tmp_path)
    assert series["loss"].step.tolist() == [0, 1, 10, 7, 11]
    assert series["other"].step.tolist() == [0, 1]


def test_many_different_combinations_of_names(tmp_path: Path) -> None:
    program = "for n in range(1500): crispdm.log({'all': n, 'n%d' % n: n})"
    good(program, tmp_path)
    series = read_run(tmp_path)
    assert len(series) == 1501
    assert series["all"].step.tolist() == list(range(1500))


def test_numbers_of_other_libraries(tmp_path: Path) -> None:
    program = """
import decimal, fractions
class Tensor:
    def item(self): return 2.5
odd = {"nan": float("nan"), "inf": float("inf")}
crispdm.log({"tensor": Tensor(), "decimal": decimal.Decimal("1.5"), "bool": True}, step=3.0, **odd)
"""
    good(program, tmp_path)
    values = {name: one.value[0] for name, one in read_run(tmp_path).items()}
    assert (values["tensor"], values["decimal"], values["bool"], values["inf"]) == (2.5, 1.5, 1.0, np.inf)
    assert np.isnan(values["nan"])


def test_numpy_scalars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-W", "error", "-c"]
    program = """
import numpy as np, crispdm
arrays = {"zero": np.array(4.0), "one": np.array([5.0])}
crispdm.log({"f32": np.float32(0.5), "i64": np.int64(3), **arrays}, step=np.int32(2))
"""
    environment = {**os.environ, "PYTHONPATH": str(SITE), "CRISPDM_RUN_DIR": str(tmp_path)}
    subprocess.run([*command, program], env=environment, check=True, timeout=60)
    series = read_run(tmp_path)
    assert {name: one.value[0] for name, one in series.items()} == {"f32": 0.5, "i64": 3, "zero": 4, "one": 5}
    assert series["f32"].step.tolist() == [2]
