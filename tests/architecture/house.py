"""The table of the house: what the packages say of themselves, in the order of the contract in pyproject.toml."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT, tree

PAGE = ROOT / "docs/architecture.md"
HEAD = "| room | what it is |\n|---|---|\n"
TAIL = "| `src/` |"
CONTRACT = re.compile(r'name = "Rooms import only downwards"\ntype = "layers"\nlayers = \[\n(.*?)\n\]', re.DOTALL)
LAYER = re.compile(r'^    "\(?jupyter_crispdm\.(\w+)\)?"', re.MULTILINE)
APART = ["worker"]
"""Imports nothing of the house, so that it stands in no layer."""


def layers() -> list[str]:
    """What stands above what, highest first; rooms to come are left out."""
    found = CONTRACT.search((ROOT / "pyproject.toml").read_text())
    assert found
    names = LAYER.findall(found[1])
    return [name for name in names if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()]


def about(path: Path) -> str:
    """The first sentence of a package or a module about itself."""
    text = ast.get_docstring(tree(path / "__init__.py" if path.is_dir() else path))
    assert text, path
    return text.partition("\n")[0]


def rows(name: str) -> list[str]:
    """The lines of the table: a module, or a package with its wings below it."""
    place = PACKAGE / name
    if not place.is_dir():
        return [f"| `{name}.py` | {about(place.with_suffix('.py'))} |"]
    packages = [path.parent for path in sorted(place.rglob("__init__.py")) if ast.get_docstring(tree(path))]
    named = sorted(packages, key=lambda path: path.parts)
    return [f"| `{path.relative_to(PACKAGE).as_posix()}/` | {about(path)} |" for path in named]


def page() -> str:
    """docs/architecture.md with the table as it should be: between its head and the line of `src/`."""
    text = PAGE.read_text()
    before, head, rest = text.partition(HEAD)
    _, tail, after = rest.partition(TAIL)
    table = "".join(f"{row}\n" for name in [*layers(), *APART] for row in rows(name))
    return before + head + table + tail + after
