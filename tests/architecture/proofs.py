"""Which tests prove which behaviours, read from their sources: nothing is imported, nothing is run.

A Python test names them by a mark, `@pytest.mark.proves("jobs.stop-all", …)`, a TypeScript test by a comment on the
line above it, `// proves: jobs.stop-all, …`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, dotted, modules

Proof = tuple[str, str]
"""An id, and the place of the test that names it."""

COMMENT = re.compile(r"\s*// proves: (.+)")
TEST = re.compile(r"\s*(?:describe|it|test)\b")


def proofs() -> list[Proof]:
    """All of the project."""
    tests = ROOT / "tests"
    found = [proof for path, module in modules(tests) for proof in in_python(module, path)]
    for path in sorted((tests / "frontend").rglob("*.test.ts*")):
        found += in_typescript(path.read_text("utf-8"), path.relative_to(tests).as_posix())
    return found


def in_python(module: ast.Module, path: str) -> Iterator[Proof]:
    """Those of a Python module. Raises ValueError for a mark that names nothing, or names it other than by a text."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for mark in node.decorator_list:
                for id in _named(mark, path):
                    yield id, f"{path}::{node.name}"


def _named(mark: ast.expr, path: str) -> list[str]:
    if not dotted(mark.func if isinstance(mark, ast.Call) else mark).endswith("mark.proves"):
        return []
    given = mark.args if isinstance(mark, ast.Call) else []
    ids = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if not ids or len(ids) != len(given):
        raise ValueError(f"{path}:{mark.lineno}: name the behaviours as texts")
    return ids


def in_typescript(text: str, path: str) -> Iterator[Proof]:
    """Those of a TypeScript module. Raises ValueError for a comment that stands above no test."""
    lines = text.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if comment := COMMENT.fullmatch(line):
            if not TEST.match(below):
                raise ValueError(f"{path}: '{line.strip()}' stands above no test")
            for id in comment[1].split(","):
                yield id.strip(), f"{path}: {below.strip()}"
