"""From words to commands, and from errors to one line and an exit code."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.cli import main as entry
from jupyter_crispdm.cli.jobs import stop
from jupyter_crispdm.cli.main import COMMANDS, build_parser, dispatch, split_at_dashes
from jupyter_crispdm.client.errors import ServerNotFound
from tests.unit.cli.conftest import ENVIRONMENT, ScriptedServer


@pytest.mark.proves("cli.help")
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_and_help(name: str) -> None:
    parser, command = build_parser(name)
    assert command is not None
    assert name in parser.format_help()


@pytest.mark.proves("cli.help")
def test_help_imports_no_command() -> None:
    code = (
        "import sys; from jupyter_crispdm.cli.main import build_parser; build_parser(None)\n"
        "print([name for name in ('jupyter_server', 'sqlalchemy', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_words_after_the_dashes_are_another_programs() -> None:
    assert split_at_dashes(["run", "--name", "x", "--", "python", "--", "-c"]) == (
        ["run", "--name", "x"],
        ["python", "--", "-c"],
    )
    assert split_at_dashes(["jobs"]) == (["jobs"], [])


@pytest.mark.proves("cli.errors")
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["jobs", "--frobnicate"],
        ["stop"],
        ["stop", "--all", "j1"],
        ["run"],
        ["send", "j1"],
        ["user"],
        ["user", "add"],
        ["logs"],
        ["run", "--param", "novalue", "--", "true"],
    ],
)
def test_what_is_no_command_is_a_usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry(words)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("jupyter crispdm")
    assert "--help" in error


def raising(error: BaseException) -> Any:
    def run(arguments: argparse.Namespace) -> int:
        raise error

    return run


@pytest.mark.proves("cli.errors")
@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ServerNotFound("No running server found."), 1, "jupyter crispdm: No running server found.\n"),
        (NotFound("There is no job 'j1'."), 1, "jupyter crispdm: There is no job 'j1'.\n"),
        (OSError("disk\nis \x1b[31mred"), 1, "jupyter crispdm: disk is  [31mred\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("CRISPDM_DEBUG", raising=False)
    monkeypatch.setattr(stop, "run", raising(error))
    assert entry(["stop", "j1"]) == code
    assert capsys.readouterr().err == said


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISPDM_DEBUG", "1")
    monkeypatch.setattr(stop, "run", raising(NotFound("gone")))
    with pytest.raises(NotFound):
        entry(["stop", "j1"])


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = "import sys\nfrom jupyter_crispdm.cli import main\nsys.exit(main(['user', '--help']))"
    command = f'{sys.executable} -c "{code}" | head -0'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.proves("cli.errors")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (
            ["run", "--timout=5", "--", "true"],
            "jupyter crispdm run: unknown arguments: --timout=5. Did you mean --timeout? See",
        ),
        (["run", "a.py", "--epochs", "3"], "What is meant for the command itself belongs after '--'. See"),
        (["jobs", "-x"], "jupyter crispdm jobs: unknown arguments: -x. See: jupyter crispdm jobs --help"),
    ],
)
def test_an_unknown_option_is_told_with_what_may_be_meant(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dispatch(words)
    assert ended.value.code == 2
    assert hint in capsys.readouterr().err


@pytest.mark.proves("cli.errors")
@pytest.mark.parametrize(
    "words",
    [
        ["logs", "caf\udce9"], ["send", "j1", "caf\udce9"], ["stop", "caf\udce9"], ["run", "--", "cat", "caf\udce9"],
        ["run", "--param", "name=caf\udce9", "--", "true"], ["jobs", "--state", "caf\udce9"],
    ],
)  # fmt: skip
def test_words_that_are_no_text_are_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str], server: ScriptedServer
) -> None:
    """A file's name may be written otherwise than in UTF-8; typing it was a traceback."""
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    assert entry(words) in (1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert server.asked == [] or server.sent("POST") == []


@pytest.mark.proves("cli.errors")
@pytest.mark.parametrize("url", ["http://[::1", "http://é..x", "localhost:8888", "here"])
def test_an_address_that_is_none_is_one_line(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRISPDM_URL", url)
    monkeypatch.setenv("CRISPDM_TOKEN", "t")
    assert entry(["jobs"]) == 1
    assert capsys.readouterr().err.startswith(f"jupyter crispdm: {url}/ ")
