"""Every behaviour that is promised is proven by a test that names it, or it says why not; and no test names another."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.proofs import in_python, in_typescript, proofs
from tests.architecture.source import PACKAGE, ROOT, tree
from tests.requirements import REQUIREMENTS

ROWS = {row.id: row for row in REQUIREMENTS}
SOURCE = re.compile(r"(mission [\w.]+|surface|issue \d+): [\w .'-]+|faults: \d+|issue \d+")
#: What the sources consist of: none of it may be left out.
MISSION = ("card", *(f"A.{number}" for number in range(1, 11)), "B", "C", "D")
FAULTS = range(1, 54)
ISSUES = (2, 3, 7, 8, 9)  # those that were built; their "done when" is promised


def test_no_id_has_two_rows() -> None:
    assert [id for id, times in Counter(row.id for row in REQUIREMENTS).items() if times > 1] == []


def test_each_row_is_whole() -> None:
    for row in REQUIREMENTS:
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", row.id), row
        assert SOURCE.fullmatch(row.source), row
        assert row.says.endswith("."), row
        assert row.deferred is None or row.elsewhere is None, row
        assert row.deferred is None or re.match(r"issue \d+|no issue yet", row.deferred), row


def test_what_proves_it_elsewhere_is_there() -> None:
    targets = (ROOT / "Makefile").read_text()
    for row in REQUIREMENTS:
        if row.elsewhere is not None and row.elsewhere != "by hand":
            target = row.elsewhere.removeprefix("make ")
            assert (ROOT / row.elsewhere).is_file() or re.search(rf"^{target}:", targets, re.MULTILINE), row


def test_nothing_of_the_sources_is_left_out() -> None:
    told = {row.source for row in REQUIREMENTS}
    begun = {source.partition(":")[0] for source in told}
    assert [part for part in MISSION if f"mission {part}" not in begun] == []
    assert [number for number in FAULTS if f"faults: {number}" not in told] == []
    assert [issue for issue in ISSUES if f"issue {issue}" not in begun] == []


@pytest.mark.proves("manifest.complete")
def test_every_behaviour_is_proven_or_says_why_not() -> None:
    named = {id for id, _ in proofs()}
    assert [row.id for row in REQUIREMENTS if row.proven and row.id not in named] == []


@pytest.mark.proves("manifest.complete")
def test_nothing_is_deferred_that_a_test_proves() -> None:
    assert [proof for proof in proofs() if proof[0] in ROWS and ROWS[proof[0]].deferred is not None] == []


def test_tests_name_known_behaviours_only() -> None:
    assert [proof for proof in proofs() if proof[0] not in ROWS] == []


@pytest.mark.proves("manifest.names")
def test_every_name_that_users_type_has_a_row() -> None:
    told = {name for row in REQUIREMENTS for name in row.names}
    standing = {name for row in REQUIREMENTS if row.deferred is None for name in row.names}
    typed = {*routes(), *commands(), *settings(), *exports(), *client_methods(), *topics()}
    assert sorted(typed - told) == []
    assert sorted(typed - standing) == []


def test_a_name_that_stands_is_one_of_the_products() -> None:
    typed = {*routes(), *commands(), *settings(), *exports(), *client_methods(), *topics()}
    standing = {name for row in REQUIREMENTS if row.deferred is None for name in row.names}
    assert sorted(name for name in standing - typed if not name.startswith("variable ")) == []


def routes() -> Iterator[str]:
    """`GET jobs/{id}` of every route in the committed reference."""
    document = json.loads((ROOT / "docs/reference/openapi.json").read_text())
    for path, verbs in document["paths"].items():
        place = path.removeprefix("/crispdm/api/").removeprefix("/crispdm/")
        yield from (f"{verb.upper()} {place}" for verb in verbs if verb != "head")


def commands() -> Iterator[str]:
    """`run`, `run --env` and `run COMMAND` of the committed reference."""
    page = (ROOT / "docs/reference/commands.md").read_text()
    for part in page.split("\n## ")[1:]:
        name = noun = part.split("\n", 1)[0]
        yield name
        for line in part.splitlines():
            if usage := re.match(rf"`jupyter crispdm ({noun}(?: [a-z]+)?)\b", line):
                name = usage[1]
                yield name
            elif (word := re.match(r"\| `([^`]+)` \|", line)) and "means" not in line:
                yield f"{name} {_word(word[1])}"


def _word(cell: str) -> str:
    options = re.findall(r"--[\w-]+", cell)
    return options[-1] if options else cell.split()[0]


def settings() -> Iterator[str]:
    """`setting gpus` of every trait in the committed reference."""
    page = (ROOT / "docs/reference/settings.md").read_text()
    yield from (f"setting {name}" for name in re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def exports() -> Iterator[str]:
    """What Python code imports."""
    yield from (name for name in _all(PACKAGE / "__init__.py") if not name.startswith("_"))
    yield from ("tracking.read_run", "streaming.Stream")
    yield from (f"crispdm.{name}" for name in _all(PACKAGE / "worker/site/crispdm/__init__.py"))
    yield from (f"widgets.{name}" for name in _all(PACKAGE / "widgets/__init__.py"))


def _all(path: Path) -> list[str]:
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    raise AssertionError(f"{path} says not what it exports")


def client_methods() -> Iterator[str]:
    """`client.jobs.submit` of every noun of the client."""
    nouns = ("jobs", "environments", "models", "deployments", "runs", "schedules", "snapshots", "files", "state",
             "streams")
    for noun in nouns:
        folder = PACKAGE / "client" / noun
        for node in tree(folder / "noun.py" if folder.is_dir() else folder.with_suffix(".py")).body:
            if isinstance(node, ast.ClassDef) and node.name == noun.capitalize():
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                        yield f"client.{noun}.{method.name}"


def topics() -> Iterator[str]:
    """`topic jobs/{id}` of every family of topics in the committed reference."""
    document = json.loads((ROOT / "docs/reference/openapi.json").read_text())
    yield from (f"topic {pattern}" for pattern in document["x-topics"])


@pytest.mark.parametrize("mark", ["@pytest.mark.proves", "@pytest.mark.proves()", "@pytest.mark.proves(name)",
                                  "@pytest.mark.proves(*names)", '@pytest.mark.proves("a.b", name)'])  # fmt: skip
def test_a_mark_that_names_nothing_is_a_mistake(mark: str) -> None:
    with pytest.raises(ValueError, match="name the behaviours"):
        list(in_python(ast.parse(f"{mark}\ndef test_it(): pass"), "x.py"))


def test_marks_are_read_from_functions_and_classes() -> None:
    inside = '  @pytest.mark.proves("a.d")\n  async def test_it(self): pass'
    text = f'@pytest.mark.proves("a.b", "a.c")\nclass TestIt:\n{inside}'
    assert list(in_python(ast.parse(text), "x.py")) == [
        ("a.b", "x.py::TestIt"), ("a.c", "x.py::TestIt"), ("a.d", "x.py::test_it")]  # fmt: skip


def test_a_comment_stands_above_its_test() -> None:
    text = "// proves: a.b, a.c\nit('does', () => {});"
    assert [id for id, _ in in_typescript(text, "x.test.ts")] == ["a.b", "a.c"]
    with pytest.raises(ValueError, match="above no test"):
        list(in_typescript("// proves: a.b\n\nit('does', () => {});", "x.test.ts"))
