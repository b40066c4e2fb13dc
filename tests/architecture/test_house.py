"""The page of the house is true, and its rooms stand as the contract says."""

from __future__ import annotations

import ast

import pytest

from jupyter_crispdm.rooms import ROOMS
from tests.architecture.house import PAGE, layers, page
from tests.architecture.source import PACKAGE, tree

MOST_OF_APP = 150


@pytest.mark.proves("rooms.app")
def test_the_app_is_the_list_of_its_rooms() -> None:
    """It names no room but the ground and the door, which everything stands on."""
    text = (PACKAGE / "app.py").read_text()
    imported = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module}
    rooms = {name.split(".")[1] for name in imported if name.startswith("jupyter_crispdm.")}
    assert rooms == {"auth", "base", "rooms"}
    assert len(text.splitlines()) <= MOST_OF_APP


@pytest.mark.proves("words.no-list-methods")
def test_no_method_takes_the_name_of_the_type_list() -> None:
    """Those that people type may: `client.jobs.list()`, `server_state.set(…)`."""
    found = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and member.name in {"list", "dict", "set", "type"}
    }
    assert found <= {"client", "shared"}


@pytest.mark.proves("rooms.map")
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
