"""Looking through a log: what is found where, and where it goes on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.worker.output import scan

TRACE = (
    'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    main()\n'
    "    ^^^^^^\nValueError: the loss is nan\n"
)


def ask(log: Path, do: str = "search", seconds: float = 600.0, **asked: Any) -> dict[str, Any]:
    file = os.open(log, os.O_RDONLY)
    try:
        plain = {"do": do, "file": file, "begin": 0, "end": log.stat().st_size, "limit": 1000, "seconds": seconds}
        search = {"text": "", "regex": False, "case": False}
        return (scan.search if do == "search" else scan.errors)({**plain, **search, **asked})
    finally:
        os.close(file)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


def test_lines_that_hold_a_text(log: Path) -> None:
    log.write_text("Loss 1\nnothing\nthe loss, the LOSS\nend")
    answer = ask(log, text="loss")
    assert answer["found"] == [
        {"at": 0, "places": [[0, 4]], "text": "Loss 1"},
        {"at": 15, "places": [[4, 8], [14, 18]], "text": "the loss, the LOSS"},
    ]
    assert answer["next"] is None
    assert answer["whole"] == log.read_text().index("end")
    assert [one["at"] for one in ask(log, text="loss", case=True)["found"]] == [15]
    assert ask(log, text="loss", case=True)["found"][0]["places"] == [[4, 8]]
    assert ask(log, text="l.ss")["found"] == []


@pytest.mark.parametrize(("text", "case"), [("größe", False), ("Größe", True), ("GRÖSSE 3", False)])
def test_text_that_is_not_ascii(log: Path, text: str, case: bool) -> None:
    log.write_text("x\nGröße 3 und GRÖSSE 3\n", encoding="utf-8")
    found = ask(log, text=text, case=case)["found"]
    assert [one["at"] for one in found] == [2]


def test_what_is_read_is_searched_not_what_colours_it(log: Path) -> None:
    log.write_bytes(b"\x1b[31mre\x1b[0md 31\n10% old\r 99% done\n")
    assert ask(log, text="red")["found"] == [{"at": 0, "places": [[0, 3]], "text": "red 31"}]
    assert [one["places"] for one in ask(log, text="31")["found"]] == [[[4, 6]]]
    assert ask(log, text="old")["found"] == []
    assert ask(log, text="done")["found"][0]["places"] == [[5, 9]]


@pytest.mark.parametrize("case", [False, True])
@pytest.mark.parametrize("cut", range(5))
def test_a_text_is_found_wherever_a_colour_stands_in_it(log: Path, case: bool, cut: int) -> None:
    for sequence in (b"\x1b[1;31m", b"\x1b(B\x1b[m", b"\x1b]8;;http://x\x07"):
        log.write_bytes(b"none\x1b[0m\n" * 100 + b"a Loss"[:cut] + sequence + b"a Loss"[cut:] + b" 1\n")
        assert [one["text"] for one in ask(log, text="Loss", case=case)["found"]] == ["a Loss 1"]


def test_a_pattern(log: Path) -> None:
    log.write_text("epoch 1 loss 0.25\nepoch 12 loss 3\n")
    found = ask(log, text=r"epoch (\d+).*loss \d$", regex=True)["found"]
    assert [one["at"] for one in found] == [18]
    assert ask(log, text="x*", regex=True)["found"] == []  # nothing is no place
    assert ask(log, text="EPOCH", regex=True)["found"]
    assert not ask(log, text="EPOCH", regex=True, case=True)["found"]
    with pytest.raises(re.error):
        ask(log, text="(", regex=True)


def test_it_goes_on_where_the_limit_ended_it(log: Path) -> None:
    log.write_text("".join(f"hit {n}\nmiss\n" for n in range(1000)))
    begin: int | None = 0
    places: list[int] = []
    while begin is not None:
        answer = ask(log, text="hit", begin=begin, limit=300)
        assert len(answer["found"]) <= 300
        places += [one["at"] for one in answer["found"]]
        begin = answer["next"]
    text = log.read_text()
    assert len(places) == len(set(places)) == 1000
    assert all(text.startswith("hit ", at) for at in places)


@pytest.mark.parametrize("do", ["search", "errors"])
def test_it_goes_on_where_the_time_ended_it(log: Path, do: str) -> None:
    log.write_text("".join(f"ERROR no {n}\n" for n in range(200_000)))
    begin: int | None = 0
    calls, count = 0, 0
    while begin is not None:
        answer = ask(log, do, seconds=0.0, begin=begin, text="ERROR", limit=1000)
        assert answer["next"] is None or answer["next"] > begin
        calls, count, begin = calls + 1, count + len(answer["found"]), answer["next"]
    assert calls > 100
    assert count == 200_000


def test_a_line_that_grows_is_looked_at_again(log: Path) -> None:
    log.write_text("one\nhalf a li")
    first = ask(log, text="half")
    assert (first["next"], first["whole"]) == (None, 4)
    log.write_text("one\nhalf a line\n")
    again = ask(log, text="line", begin=first["whole"])
    assert [one["at"] for one in again["found"]] == [4]
    assert again["whole"] == 16


def test_much_of_a_long_line_is_not_told(log: Path) -> None:
    log.write_text("a" * 30_000 + "needle" + "b" * 30_000 + "\n")
    (found,) = ask(log, text="needle")["found"]
    assert found["places"] == [[30_000, 30_006]]
    assert len(found["text"]) == 400
    assert "needle" in found["text"]
    log.write_text("ab" * 10_000)
    assert len(ask(log, text="a")["found"][0]["places"]) == 50


def test_a_traceback_is_one_error_with_what_it_raised(log: Path) -> None:
    log.write_text("begin\n" + TRACE + "\nDuring handling of the above exception, another occurred:\n\n" + TRACE)
    found = ask(log, "errors")["found"]
    assert [(one["kind"], one["text"]) for one in found] == [("traceback", "ValueError: the loss is nan")] * 2
    assert log.read_text()[found[0]["at"] :].startswith("Traceback")


def test_a_traceback_of_one_of_several_processes(log: Path) -> None:
    log.write_text("".join(f"[rank1]: {line}\n" for line in TRACE.splitlines()))
    assert [one["text"] for one in ask(log, "errors")["found"]] == ["ValueError: the loss is nan"]


def test_a_traceback_that_is_cut_off_tells_its_head(log: Path) -> None:
    log.write_text("Traceback (most recent call last):\n" + '  File "x.py", line 1\n' * 3)
    assert [one["text"] for one in ask(log, "errors")["found"]] == ["Traceback (most recent call last):"]


def test_a_log_without_errors(log: Path) -> None:
    log.write_text("epoch 1: loss 0.2, val_error 0.1\n" * 5000)
    assert ask(log, "errors") == {"found": [], "next": None, "whole": log.stat().st_size}


def test_it_is_a_program_that_needs_nothing_but_the_standard_library(log: Path) -> None:
    log.write_text(TRACE)
    asked = {"do": "errors", "begin": 0, "end": log.stat().st_size, "limit": 5, "seconds": 600.0}
    with log.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-I", "-S", scan.__file__],
            input=json.dumps({**asked, "file": file.fileno()}) + "\n",
            pass_fds=[file.fileno()], capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    assert json.loads(done.stdout)["found"][0]["text"] == "ValueError: the loss is nan"
    asked |= {"do": "search", "text": "(", "regex": True, "case": False}
    with log.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-I", "-S", scan.__file__],
            input=json.dumps({**asked, "file": file.fileno()}) + "\n",
            pass_fds=[file.fileno()], capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    assert "unterminated" in json.loads(done.stdout)["error"]


@pytest.mark.parametrize("do", ["search", "errors"])
def test_a_log_that_was_cut_meanwhile_ends_where_it_ends(log: Path, do: str) -> None:
    log.write_text("ERROR: gone\n")
    assert [one["at"] for one in ask(log, do, text="ERROR", end=10**9)["found"]] == [0]
    assert ask(log, do, text="ERROR", begin=10**6) == {"found": [], "next": None, "whole": 10**6}


@pytest.mark.parametrize("do", ["search", "errors"])
def test_bytes_that_are_no_text_spoil_nothing(log: Path, do: str) -> None:
    log.write_bytes(bytes(range(256)) * 20 + b"\nERROR: \xff\xfe lost \x00 it\n" + b"\x1b[" * 5000 + b"\nERROR: last\n")
    found = ask(log, do, text="ERROR: l")["found"] if do == "search" else ask(log, do)["found"]
    assert found[-1]["text"] == "ERROR: last"
    json.dumps(found).encode()
