"""How much of the browser side its tests show."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.source import ROOT

#: Lines of tests a line of TypeScript. A new view brings the tests of its refusals, keys and late answers along;
#: keep some lines in reserve for those who build beside you, and never write lines for its sake.
LEAST = 0.8


def _lines(paths: list[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def test_the_browser_side_has_tests_in_proportion() -> None:
    source = [path for path in (ROOT / "src").rglob("*.ts*") if path.name != "generated.ts"]
    tests = list((ROOT / "tests/frontend").rglob("*.ts*"))
    assert len(source) > 150
    ratio = _lines(tests) / _lines(source)
    assert ratio >= LEAST, f"{ratio:.3f} lines of tests a line of src: show what the new code does when it is refused"
