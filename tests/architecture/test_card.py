"""The repository and the package are what the card of the product says."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

TOP = ("jupyter_crispdm", "labextension", "src", "notebooks", "tests", "setup.py", "package.json", "README.md")
BUILT_ON = ("jupyterlab", "jupyter-server", "ipywidgets", "voila", "bqplot")


@pytest.mark.proves("card.top-level")
def test_the_top_level_is_there() -> None:
    assert [name for name in TOP if not (ROOT / name).exists()] == []


@pytest.mark.proves("card.built-on")
def test_it_is_built_on_what_the_card_names() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    needed = re.findall(r'^ *"([\w-]+)', project.split("\ndependencies = [")[1].split("\n]")[0], re.MULTILINE)
    assert [name for name in BUILT_ON if name.replace("-", "_") not in {one.replace("-", "_") for one in needed}] == []
    assert "torch" not in needed
    assert re.search(r'^torch = \["torch', project, re.MULTILINE)


@pytest.mark.proves("card.built-on", "house.torch")
def test_the_server_process_imports_no_torch() -> None:
    code = "import sys, jupyter_crispdm.app, jupyter_crispdm.serving.inference.main; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


@pytest.mark.proves("machine.rebuild")
def test_the_demo_runs_what_tests_do_not_build() -> None:
    makefile = (ROOT / "Makefile").read_text()
    started = r"^demo: \$\(STAMPS\)/demo\b.*\n\t@\$\(DEMO\)/bin/python -m jupyter_crispdm demo"
    assert re.search(started, makefile, re.MULTILINE)
    rule = makefile.split("$(STAMPS)/demo: ")[1].split("\n\n")[0]
    needs = rule.split("\n\t@test")[0]
    assert not re.search(r"\$\(STAMPS\)/(dev|build|install)\b", needs)
    assert "cp -R $(PARTS) $(DEMO_SOURCE)" in rule
