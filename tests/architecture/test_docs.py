"""The pages are true as far as a program can tell: their links lead somewhere, their commands and code can be read."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import crispdm
import pytest

from jupyter_crispdm import widgets
from jupyter_crispdm.cli.main import COMMANDS, PASS_ON, TAKE_COMMAND, build_parser, split_at_dashes

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.proves("house.docs")
@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    targets = {found[1] for found in LINK.finditer(page.read_text()) if "://" not in found[1]}
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.proves("house.docs")
@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_are_such_that_the_command_line_takes(page: Path) -> None:
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    for line in (line for line in lines if line.startswith("jupyter crispdm ")):
        words = shlex.split(line, comments=True)[2:]
        words, rest = split_at_dashes(words)
        parser, _ = build_parser(words[0])
        if words[0] not in PASS_ON:
            _, unknown = parser.parse_known_args([word for word in words if word != ">"][: _redirected(words)])
            assert unknown == [], line
        assert not rest or words[0] in TAKE_COMMAND, line


def _redirected(words: list[str]) -> int:
    return words.index(">") if ">" in words else len(words)


@pytest.mark.proves("house.docs")
@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_code_can_be_read(page: Path) -> None:
    for block in blocks(page, "python"):
        ast.parse(block)


def test_every_page_for_users_is_in_their_index() -> None:
    folder = ROOT / "docs/users"
    index = (folder / "index.md").read_text()
    names = {page.name for page in folder.glob("*.md")} - {"index.md"}
    assert [name for name in sorted(names) if f"({name})" not in index] == []


@pytest.mark.proves("house.docs")
def test_every_widget_call_and_command_is_told_about() -> None:
    dashboards, metrics = (ROOT / f"docs/users/{name}.md" for name in ("dashboards", "metrics"))
    assert [name for name in widgets.__all__ if f"`{name}`" not in dashboards.read_text()] == []
    told = metrics.read_text()
    assert [name for name in crispdm.__all__ if name != "run_dir" and f"`{name}(" not in told] == []
    commands = (ROOT / "docs/reference/commands.md").read_text()
    assert [name for name in COMMANDS if f"## {name}\n" not in commands] == []


def test_no_page_names_a_place_of_the_machine_it_was_written_on() -> None:
    places = re.compile(r"(?<![\w.])/(home|root|work|tmp/pytest)/")
    assert [name for name, page in zip(NAMES, PAGES, strict=True) if places.search(page.read_text())] == []
