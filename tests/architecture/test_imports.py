"""Which module needs which, beside what the contracts in pyproject.toml say."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp
import pytest

from jupyter_crispdm.rooms import ROOMS

GRAPH = grimp.build_graph("jupyter_crispdm", exclude_type_checking_imports=True)


@pytest.mark.proves("rooms.arrows")
def test_no_module_needs_itself() -> None:
    needed = {module: GRAPH.find_modules_directly_imported_by(module) for module in GRAPH.modules}
    TopologicalSorter(needed).prepare()  # a circle is an error that names it


FILES = ["types", "settings", "commands", "store", "manager", "topics", "handlers", "room"]
"""What each room consists of: a file needs those before it, of its own room and of those below."""
PLAIN = {"types": {"types"}, "settings": {"settings"}, "commands": set[str]()}
"""What travels, and what may be set or typed, is told without anything that works."""


@pytest.mark.parametrize("room", ROOMS)
def test_the_files_of_a_room_need_only_those_below_them(room: str) -> None:
    needed = {
        name: [module for module in GRAPH.find_modules_directly_imported_by(f"{room}.{name}") if not _is_ground(module)]
        for name in FILES
        if f"{room}.{name}" in GRAPH.modules
    }
    upwards = {f"{name} → {module}" for name, modules in needed.items() for module in modules if _is_up(name, module)}
    assert upwards == set()


def _is_up(name: str, module: str) -> bool:
    other = module.rpartition(".")[2]
    if name in PLAIN:
        return other not in PLAIN[name]
    return other in FILES and FILES.index(other) > FILES.index(name)


def _is_ground(module: str) -> bool:
    return module.startswith("jupyter_crispdm.base.")
