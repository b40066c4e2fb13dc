"""The project's own Python, as trees of syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "jupyter_crispdm"


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse(path.read_text("utf-8"), str(path))


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module below a folder, by its path from there."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), tree(path)


def calls(module: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, by its dotted name; what is called on an expression begins with a dot."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or an attribute."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
