"""What is said while an installation takes its time."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import progress

SCRIPT = str(Path(__file__).parents[3] / "scripts/progress.py")


@pytest.mark.proves("demo.signs-of-life")
def test_a_silent_command_is_still_told_about() -> None:
    out = io.StringIO()
    code = progress.run("Waiting", [sys.executable, "-c", "input()"], out, silence=0.01)
    told = out.getvalue().splitlines()
    assert code == 1
    assert told[0] == "Waiting …"
    assert told[-1].startswith("  failed with code 1 after")


def test_silence_is_a_line_with_what_it_is_at() -> None:
    out = io.StringIO()
    status = progress.Status("Building", out, silence=0)
    status.take("compiling one.ts\n")
    status.take("WARNING: of no interest\n")
    status.take(None)
    status.end(0)
    assert "s: compiling one.ts" in out.getvalue()
    assert out.getvalue().rstrip().endswith(" s")
    assert "WARNING" not in out.getvalue()


def test_lines_come_with_gaps_between_them() -> None:
    code = "print('one', flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [line for line in progress.lines_of(process.stdout, 0.005) if line is not None]
    assert lines == ["one\n"]


def test_the_last_words_and_the_code_of_a_failure_are_handed_on() -> None:
    code = "print('no such package'); raise SystemExit(3)"
    command = [sys.executable, SCRIPT, "Failing", "--", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "no such package" in done.stderr
    assert "Failing …" in done.stdout


@pytest.mark.parametrize("words", [[], ["title"], ["title", "no", "dashes"]])
def test_a_wrong_call_shows_how_it_is_called(words: list[str]) -> None:
    done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "scripts/progress.py" in done.stderr


def test_everything_is_shown_when_it_is_asked_for() -> None:
    command = [sys.executable, SCRIPT, "Loud", "--", sys.executable, "-c", "print('all of it')"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"V": "1"})
    assert done.stdout == "all of it\n"
