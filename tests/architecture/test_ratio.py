"""How much of the code its tests show."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT

#: Lines of tests a line of code. A new view brings the tests of its refusals, keys and late answers along, a new room
#: those of odd input, of races and of what fails below it. Keep some lines in reserve for those who build beside you,
#: and never write lines for its sake. What reads the logs and files of others is proven by what those wrote, recorded
#: beside the tests, which are no lines of Python: that is why the server's floor was 1.2 before and is lower now.
LEAST_TYPESCRIPT, LEAST_PYTHON = 0.77, 1.14


def _lines(paths: list[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def test_the_browser_side_has_tests_in_proportion() -> None:
    source = [path for path in (ROOT / "src").rglob("*.ts*") if path.name != "generated.ts"]
    tests = list((ROOT / "tests/frontend").rglob("*.ts*"))
    assert len(source) > 150
    ratio = _lines(tests) / _lines(source)
    assert ratio >= LEAST_TYPESCRIPT, f"{ratio:.3f} lines of tests a line of src: show what it does when it is refused"


def test_the_server_has_tests_in_proportion() -> None:
    source, tests = [*PACKAGE.rglob("*.py")], [*(ROOT / "tests").rglob("*.py")]
    assert len(source) > 400
    ratio = _lines(tests) / _lines(source)
    assert ratio >= LEAST_PYTHON, f"{ratio:.3f} lines of tests a line of Python: show what it does when it fails"
