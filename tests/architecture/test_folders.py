"""Whoever opens a folder sees at a glance what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import ROOT

MOST = 15
CODE = {".py", ".ts", ".tsx"}
#: Lists that only grow, in the order of their numbers: nobody looks for anything in them.
LISTS = {"jupyter_crispdm/base/migrations/versions"}


@pytest.mark.parametrize("tree", ["jupyter_crispdm", "src", "tests/frontend"])
def test_no_folder_holds_more_files_than_one_can_take_in(tree: str) -> None:
    crowded = {
        folder.relative_to(ROOT).as_posix(): count
        for folder in [ROOT / tree, *(ROOT / tree).rglob("*/")]
        if (count := _count(folder)) > MOST and folder.relative_to(ROOT).as_posix() not in LISTS
    }
    assert crowded == {}, "give what belongs together a folder of its own"


def _count(folder: Path) -> int:
    return sum(1 for path in folder.iterdir() if path.suffix in CODE)
