"""Logs of every kind."""

from __future__ import annotations

import os
import random
import tracemalloc
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.logfile import BEHIND_BYTES, TAIL_BYTES, LogReader, Piece, tail_lines


def everything(reader: LogReader, last: bool = False) -> list[Piece]:
    pieces = []
    while piece := reader.read(last):
        pieces.append(piece)
    return pieces


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(100_000)))
    assert tail_lines(log, 3) == ["line 99997", "line 99998", "line 99999"]
    assert len(tail_lines(str(log), 20_000)) == 20_000
    with log.open("a") as file:
        file.write("unfinished")
    assert tail_lines(log, 2) == ["line 99999", "unfinished"]
    assert tail_lines(log, 0) == []


@pytest.mark.parametrize(
    ("content", "lines"), [("", []), ("\n", [""]), ("a", ["a"]), ("a\n\nb\n", ["a", "", "b"])]
)
def test_last_lines_of_short_logs(tmp_path: Path, content: str, lines: list[str]) -> None:
    log = tmp_path / "log"
    log.write_text(content)
    assert tail_lines(log, 10) == lines


def test_last_lines_of_nothing(tmp_path: Path) -> None:
    assert tail_lines(tmp_path / "missing", 5) == []


@pytest.mark.proves("machine.huge-logs")
def test_a_log_without_newlines_costs_no_memory(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(1 << 30)  # sparse: a gigabyte of nothing
    tracemalloc.start()
    try:
        assert sum(map(len, tail_lines(log, 1000))) <= 4 << 20
        reader = LogReader(log)
        assert len(text(everything(reader))) == TAIL_BYTES
        reader.close()
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_the_first_piece_begins_at_a_line_near_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(100_000)))
    pieces = everything(LogReader(log))
    assert text(pieces).startswith("line ")
    assert text(pieces).endswith("line 99999\n")
    assert log.stat().st_size - TAIL_BYTES <= pieces[0].start <= log.stat().st_size - TAIL_BYTES + 11
    assert pieces[-1].end == log.stat().st_size
    assert not pieces[0].gap


def test_only_new_bytes_follow(tmp_path: Path) -> None:
    log = tmp_path / "log"
    reader = LogReader(log)
    assert reader.read() is None
    log.write_text("one\n")
    assert reader.read() == Piece("one\n", 0, 4)
    assert reader.read() is None
    with log.open("a") as file:
        file.write("two\n")
    assert reader.read() == Piece("two\n", 4, 8)
    assert LogReader(log, since=4).read() == Piece("two\n", 4, 8)
    assert LogReader(log, since=8).read() is None


def test_characters_cut_anywhere_arrive_whole(tmp_path: Path) -> None:
    content = "aä€😀\n" * 500
    log = tmp_path / "log"
    log.touch()
    reader, position, found, chance = LogReader(log, since=0), 0, "", random.Random(3)
    data = content.encode()
    while position < len(data):
        step = chance.randrange(1, 7)
        with log.open("ab") as file:
            file.write(data[position : position + step])
        position += step
        found += text(everything(reader))
        reader.close()
        reader = LogReader(log, since=reader.position)  # somebody else goes on from the same byte
    assert found == content


@pytest.mark.proves("machine.huge-logs")
def test_what_is_not_utf8_is_shown_as_such(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"ok \xff\xfe end\n\xe2\x82")
    reader = LogReader(log)
    assert reader.read() == Piece("ok \ufffd\ufffd end\n", 0, 10)
    assert reader.read() is None  # the character may still be completed
    assert reader.read(last=True) == Piece("\ufffd", 10, 12)
    assert reader.read(last=True) is None


def test_a_log_of_nothing_but_odd_bytes_makes_progress(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xf0" * 200_000)
    pieces = everything(LogReader(log, since=0), last=True)
    assert pieces[-1].end == 200_000


@pytest.mark.proves("machine.huge-logs")
def test_a_log_that_was_cut(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 1000)
    reader = LogReader(log)
    everything(reader)
    log.write_text("new\n")
    assert reader.read() == Piece("new\n", 0, 4, gap=True)
    assert reader.read() is None


def test_a_log_that_was_cut_and_has_grown_beyond(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 1000)
    reader = LogReader(log)
    everything(reader)
    os.truncate(log, 0)
    with log.open("a") as file:
        file.write("y" * 2000)
    pieces = everything(reader)
    assert text(pieces) == "y" * 2000
    assert pieces[0].gap


@pytest.mark.proves("machine.huge-logs")
def test_a_log_that_was_rotated(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    reader = LogReader(log)
    assert reader.read() == Piece("old\n", 0, 4)
    log.rename(tmp_path / "log.1")
    assert reader.read() is None
    log.write_text("a new file\n")
    assert reader.read() == Piece("a new file\n", 0, 11, gap=True)


def test_who_asks_beyond_the_end_gets_what_there_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("short\n")
    assert LogReader(log, since=10_000).read() == Piece("short\n", 0, 6, gap=True)


@pytest.mark.proves("live.gap")
def test_who_is_too_far_behind_skips(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x\n" * (BEHIND_BYTES // 2 + 1000))
    first = LogReader(log, since=0).read()
    assert first is not None
    assert first.gap
    assert first.start >= log.stat().st_size - TAIL_BYTES
    log.write_text("x\n" * 1000)
    near = LogReader(log, since=0).read()
    assert near is not None
    assert (near.gap, near.start) == (False, 0)


def test_the_wire_mentions_a_gap_only_where_there_is_one() -> None:
    assert Piece("a", 0, 1).wire() == {"text": "a", "start": 0, "end": 1}
    assert Piece("a", 0, 1, gap=True).wire()["gap"] is True
