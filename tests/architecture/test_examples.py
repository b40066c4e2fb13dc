"""The property tests of `make test` try the same examples whatever ran before them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.architecture.source import ROOT


def drawn() -> list[tuple[float, str]]:
    seen = []

    @settings(max_examples=100, derandomize=True, database=None)
    @given(st.floats(0.1, 1e6), st.text(max_size=12))
    def see(number: float, text: str) -> None:
        seen.append((number, text))

    see()
    return seen


def test_no_example_depends_on_which_modules_are_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    own = ", ".join(f"{number}.5, 'said {number}'" for number in range(100))
    (tmp_path / "imported_later.py").write_text(f"CONSTANTS = [{own}]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("imported_later")
    assert drawn() == before


def test_how_many_examples_are_tried_is_told_by_examples_so_that_fuzz_tries_more() -> None:
    own = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if path.name != Path(__file__).name and re.search(r"max_examples=(?!examples\()", path.read_text())
    ]
    assert own == []
