"""A log in pieces of whole lines, and a line as it is read."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from jupyter_crispdm.worker.output.pieces import LONGEST_LINE, PIECE_BYTES, Piece, line_after, lines_of, pieces, read


def cut(path: Path, begin: int = 0, end: int | None = None) -> list[Piece]:
    file = os.open(path, os.O_RDONLY)
    try:
        return list(pieces(file, begin, path.stat().st_size if end is None else end))
    finally:
        os.close(file)


def test_pieces_hold_whole_lines_and_together_everything(tmp_path: Path) -> None:
    luck = random.Random(1)
    lines = [b"x" * luck.choice([0, 1, 50, 4000, 90_000]) + b"\n" for _ in range(200)]
    log = tmp_path / "log"
    log.write_bytes(b"".join(lines) + b"unfinished")
    found = cut(log)
    assert len(found) > 2
    assert b"".join(piece.data for piece in found) == log.read_bytes()
    assert [piece.at for piece in found[1:]] == [piece.end for piece in found[:-1]]
    assert all(piece.data.endswith(b"\n") for piece in found[:-1])
    assert max(len(piece.data) for piece in found) <= PIECE_BYTES


def test_a_log_without_lines_is_cut(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(3 * PIECE_BYTES + 5)
    assert [len(piece.data) for piece in cut(log)] == [PIECE_BYTES] * 3 + [5]
    assert [len(line) for _, line in lines_of(bytes(2 * LONGEST_LINE + 1))] == [LONGEST_LINE, LONGEST_LINE, 1]


@pytest.mark.parametrize(("begin", "first"), [(0, 0), (1, 4), (3, 4), (4, 4), (5, 9), (11, 11)])
def test_reading_begins_at_a_line(tmp_path: Path, begin: int, first: int) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"one\ntwo!\nlast")
    file = os.open(log, os.O_RDONLY)
    try:
        assert line_after(file, begin, 13) == first
    finally:
        os.close(file)
    assert b"".join(piece.data for piece in cut(log, begin)) == b"one\ntwo!\nlast"[first:]


def test_lines_with_their_places() -> None:
    assert list(lines_of(b"a\n\nbc\nd")) == [(0, b"a"), (2, b""), (3, b"bc"), (6, b"d")]
    assert list(lines_of(b"")) == []


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"plain", "plain"),
        (b"\x1b[1;31mred\x1b[0m fox", "red fox"),
        (b"10%\r20%\r 30%", " 30%"),
        (b"windows\r", "windows"),
        ("Größe\xa0ß".encode(), "Größe\xa0ß"),
        (b"bad \xff byte\x07\tand a bell", "bad \N{REPLACEMENT CHARACTER} byte\tand a bell"),
        (b"\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
    ],
)
def test_a_line_as_it_is_read(line: bytes, text: str) -> None:
    assert read(line) == text
