from __future__ import annotations

import sys

import pytest

from jupyter_crispdm.worker.reasons import ended_with, killed, why
from tests.unit.worker.conftest import StartJob

_PYTHON = """epoch 1
Traceback (most recent call last):
  File "train.py", line 1, in <module>
    import nothing
ModuleNotFoundError: No module named 'nothing'
"""
_CHAINED = """Traceback (most recent call last):
  File "a.py", line 2, in <module>
    int("x")
ValueError: invalid literal

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 4, in <module>
    raise Refused("no data")
shop.Refused: no data
some last cleaning up
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (_PYTHON, "ModuleNotFoundError: No module named 'nothing'"),
        (_CHAINED, "shop.Refused: no data"),
        ("Traceback (most recent call last):\n  File \"a\", line 1\n    f()\nKeyboardInterrupt\n", "KeyboardInterrupt"),
        ('  File "a.py", line 1\n    def\n       ^\nSyntaxError: invalid syntax\n', "SyntaxError: invalid syntax"),
        ("\x1b[31mValueError: \x1b[0mred\n", "ValueError: red"),
        ("Error in library(nope) : there is no package called 'nope'\nExecution halted\n",
         "Error in library(nope) : there is no package called 'nope'"),
        ("/a.js:1\nthrow new Error('x')\n^\n\nError: x\n    at Object.<anonymous> (/a.js:1:7)\n\nNode.js v20.1.0\n",
         "Error: x"),
        ("run.sh: line 3: nope: command not found\n", "run.sh: line 3: nope: command not found"),
        ("run.sh: 3: nope: not found\n", "run.sh: 3: nope: not found"),
        ("fatal: not a git repository\n", "fatal: not a git repository"),
        ("ERROR: LoadError: UndefVarError: x not defined\nStacktrace:\n [1] top-level scope\n",
         "ERROR: LoadError: UndefVarError: x not defined"),
        ("panic: runtime error: index out of range\n\ngoroutine 1 [running]:\n",
         "panic: runtime error: index out of range"),
        ("epoch 3: loss 0.3\nvalidation error 0.1\nError rate: 3 %\n", None),
        ("", None),
        ("\xff\xfe\x00", None),
    ],
)  # fmt: skip
def test_the_line_that_says_why(log: str, reason: str | None) -> None:
    assert why(log.encode()) == reason


def test_a_reason_is_short() -> None:
    reason = why(b"Traceback (most recent call last):\nValueError: " + b"x" * 5000)
    assert reason is not None
    assert len(reason) == 300


def test_signals_are_said_in_words() -> None:
    assert killed("SIGSEGV") == "killed by SIGSEGV (segmentation fault)"
    assert killed("SIGUSR1") == "killed by SIGUSR1"
    assert ended_with(135) == "exited with code 135: killed by SIGBUS (bus error)"
    assert ended_with(3) == "exited with code 3"


def test_a_job_says_why_it_failed_in_its_own_words(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "import nothing_of_that_name"])
    ended = job.exit()
    assert (ended["exit_code"], ended["reason"]) == (1, "ModuleNotFoundError: No module named 'nothing_of_that_name'")


def test_a_job_that_a_signal_ended_says_what_the_signal_means(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"])
    ended = job.exit()
    assert (ended["signal"], ended["reason"]) == ("SIGSEGV", "killed by SIGSEGV (segmentation fault)")
