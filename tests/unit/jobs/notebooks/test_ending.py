from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.jobs.notebooks.ending import death, ending, system_exit


@pytest.mark.proves("notebooks.exit")
@pytest.mark.parametrize(
    ("written", "code", "text"),
    [
        ("", 0, ""),
        ("None", 0, ""),
        ("0", 0, ""),
        ("3", 3, ""),
        ("-1", 255, ""),
        ("256", 0, ""),
        ("True", 1, ""),
        ("no data", 1, "no data"),
        ("9" * 5000, 1, "9" * 5000),
    ],
)
def test_an_exit_means_what_python_makes_of_it(written: str, code: int, text: str) -> None:
    end = system_exit(written)
    assert (end.code, end.text) == (code, text)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"status": "ok", "payload": []}, None),
        ({"status": "ok"}, None),
        ({"status": "ok", "payload": None}, None),
        ({"status": "ok", "payload": ["odd", {"source": "page"}]}, None),
        ({"status": "error", "ename": "ValueError", "evalue": "3"}, None),
        ({"status": "error", "ename": "SystemExit", "evalue": "3"}, 3),
        ({"status": "ok", "payload": [{"source": "ask_exit", "keepkernel": False}]}, 0),
        ({"status": "ok", "payload": [{"source": "ask_exit", "keepkernel": True}]}, 0),
        ({"status": "ok", "payload": [{"source": "ask_exit", "keepkernel": 4}]}, 4),
    ],
)
def test_a_reply_tells_whether_the_run_goes_on(content: dict[str, Any], code: int | None) -> None:
    end = ending({"content": content})
    assert (None if end is None else end.code) == code
    assert ending(None) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "the kernel died"),
        (0, "the kernel died with exit code 0"),
        (-9, "the kernel was ended by SIGKILL"),
        (-63, "the kernel was ended by signal 63"),
    ],
)
def test_a_kernel_s_death_has_a_reason(status: int | None, words: str) -> None:
    assert death(status) == words
