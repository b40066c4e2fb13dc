"""What eslint cannot see of the browser side: circles among its modules, and rooms that are named in two places."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SRC = ROOT / "src"
#: What is loaded together with a module: imports of types vanish, `import(…)` comes later.
IMPORT = re.compile(r"^(?:import|export)\s(?!type\b)[^;]*?from '(\.[^']+)';", re.MULTILINE)


def _modules() -> dict[str, Path]:
    """Every module of the browser side, by its path from `src`."""
    return {path.relative_to(SRC).as_posix(): path for path in SRC.rglob("*.ts*")}


def _imports(path: Path) -> set[str]:
    """The modules that a module is loaded with, by their paths from `src`."""
    return {
        _resolved(path.parent / name).relative_to(SRC).as_posix()
        for name in IMPORT.findall(path.read_text("utf-8"))
    }


def _resolved(path: Path) -> Path:
    plain = path.resolve()
    places = [Path(f"{plain}{ending}") for ending in (".ts", ".tsx", "/index.ts", "/index.tsx")]
    return next(place for place in places if place.exists())


def test_no_module_needs_itself() -> None:
    graph = {name: _imports(path) for name, path in _modules().items()}
    assert len(graph) > 150
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_a_circle_would_be_found(tmp_path: Path) -> None:
    """The search sees imports over several lines, and leaves out those of types and those that come later."""
    text = "import {\n  a,\n  b\n} from './a';\nimport type { C } from './c';\nexport * from './e';\n"
    assert IMPORT.findall(text + "const d = await import('./d');\n") == ["./a", "./e"]


def test_the_rooms_are_named_in_one_list() -> None:
    """A new room of the browser is its own folders and one line; `tests/frontend/toyroom` shows one."""
    rooms = {path.stem for path in (SRC / "rooms").glob("*.ts")} - {"index", "room"}
    assert len(rooms) >= 5
    files = {f"rooms/{room}.ts" for room in rooms}
    naming = {name for name, path in _modules().items() if _imports(path) & files}
    assert naming == {"rooms/index.ts"}
    assert _imports(SRC / "rooms/index.ts") == files
