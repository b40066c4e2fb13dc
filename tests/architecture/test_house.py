"""The page of the house is true, and its rooms stand as the contract says."""

from __future__ import annotations

import ast

import pytest

from jupyter_crispdm.rooms import ROOMS
from tests.architecture.house import PAGE, layers, page
from tests.architecture.source import PACKAGE, tree


def test_the_table_of_the_house_is_true() -> None:
    assert PAGE.read_text() == page(), "run: make api"


def test_the_list_of_rooms_stands_as_the_contract_says() -> None:
    ours = [room.rpartition(".")[2] for room in ROOMS]
    assert ours == [name for name in reversed(layers()) if (PACKAGE / name / "room.py").is_file()]


def test_every_folder_says_what_it_is() -> None:
    silent = [
        path.parent.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("__init__.py")
        if not ast.get_docstring(tree(path)) and "migrations" not in path.parts
    ]
    assert silent == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_in_the_same_files_what_it_is(room: str) -> None:
    names = {path.name for path in (PACKAGE / room.rpartition(".")[2]).glob("*.py")}
    assert "room.py" in names
    assert "topics.py" not in names or "types.py" in names, "what a topic tells is typed"
