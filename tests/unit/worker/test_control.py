"""What travels to a supervisor: orders in lines, and text into the program's input."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.worker.control import (
    FIFO,
    FILE,
    LINE_BYTES,
    CommandFifo,
    CommandFile,
    Stdin,
    _Lines,
    append,
    encode_end,
    encode_input,
    encode_stop,
)

STOP = {"do": "stop", "grace": [1.0, 2.0]}


@given(st.text(), st.data())
def test_a_text_arrives_as_it_was_however_the_lines_are_cut(text: str, data: st.DataObject) -> None:
    wire = b"".join(encode_input(text)) + encode_end()
    places = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=5)))
    lines, found = _Lines(), []
    for start, end in zip([0, *places], [*places, len(wire)], strict=True):
        found += lines.add(wire[start:end])
    assert "".join(order["text"] for order in found[:-1]) == text
    assert found[-1] == {"do": "eof"}


@pytest.mark.parametrize("letter", ["a", "ü", "\u2028", "😀", "\0", '"', "\\", "\n"])
def test_no_line_is_so_long_that_lines_of_two_writers_mix(letter: str) -> None:
    assert max(map(len, encode_input(letter * 5000))) <= LINE_BYTES


def test_no_text_is_no_order() -> None:
    assert list(encode_input("")) == []


@pytest.mark.parametrize(
    "junk",
    [
        b"", b"{", b"null", b"[1]", b'"stop"', b"3", b"\xff\xfe", b'{"do": "stop"', b"[" * 4000, b'{"a":' * 800,
        b"9" * 4500, b"NaN",
    ],
)  # fmt: skip
def test_a_line_that_is_no_order_is_left_out_and_the_next_is_read(junk: bytes) -> None:
    """Brackets inside brackets ended the supervision, and with it the job."""
    assert _Lines().add(junk + b"\n" + encode_stop(1, 2)) == [STOP]


def test_a_line_without_an_end_is_dropped_before_it_fills_the_memory() -> None:
    lines = _Lines()
    for _ in range(3):
        assert lines.add(b"x" * LINE_BYTES) == []
    assert len(lines._partial) <= LINE_BYTES
    assert lines.add(b"\n" + encode_stop(1, 2)) == [STOP]


def test_a_fifo_tells_what_came_and_does_not_wait_for_more(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FIFO)
    orders = CommandFifo(str(tmp_path))
    assert orders.read() == []
    writer = os.open(tmp_path / FIFO, os.O_WRONLY)
    os.write(writer, encode_end() + b'{"do": "st')
    assert orders.read() == [{"do": "eof"}]
    os.write(writer, b'op", "grace": [1.0, 2.0]}\n')
    os.close(writer)
    assert orders.read() == [STOP]
    assert orders.read() == []
    os.close(orders.descriptor)


def test_a_file_of_orders_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    append(tmp_path, encode_input("before"))
    orders = CommandFile(str(tmp_path))
    assert [order["text"] for order in orders.read()] == ["before"]
    assert orders.read() == []
    append(tmp_path, [encode_stop(1, 2), encode_end()])
    assert orders.read() == [STOP, {"do": "eof"}]


def test_half_a_line_that_a_full_disk_left_spoils_no_other(tmp_path: Path) -> None:
    orders = CommandFile(str(tmp_path))
    (tmp_path / FILE).write_bytes(b'{"do": "inp')
    assert orders.read() == []
    append(tmp_path, [encode_stop(1, 2)])
    assert orders.read() == [STOP]


def test_a_file_system_that_is_away_loses_no_order(tmp_path: Path) -> None:
    orders = CommandFile(str(tmp_path))
    away = tmp_path / "away"
    append(tmp_path, [encode_stop(1, 2)])
    (tmp_path / FILE).rename(away)
    assert orders.read() == []
    away.rename(tmp_path / FILE)
    assert orders.read() == [STOP]


def test_orders_are_their_accounts_alone(tmp_path: Path) -> None:
    append(tmp_path, [encode_end()])
    (tmp_path / "other").mkdir()
    CommandFile(str(tmp_path / "other"))
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in (FILE, f"other/{FILE}")} == {0o600}


Pipe = tuple[FileIO, Stdin]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """The program's end of its input, and ours."""
    reading, writing = os.pipe()
    with FileIO(reading) as program:
        stdin = Stdin(writing)
        yield program, stdin
    if stdin.open:
        os.close(writing)


def test_what_a_program_does_not_read_waits_and_then_comes_in_order(pipe: Pipe) -> None:
    program, stdin = pipe
    text = "".join(f"{number}\n" for number in range(30_000))
    assert stdin.put(text)
    assert stdin.pending
    stdin.end()
    assert not stdin.put("too late"), "the end was announced"
    assert stdin.open, "what waits goes first"
    read = bytearray()
    while piece := program.read(1 << 16):
        read += piece
        stdin.flush()
    assert read.decode() == text
    assert not stdin.open


def test_an_end_comes_at_once_where_nothing_waits(pipe: Pipe) -> None:
    program, stdin = pipe
    stdin.end()
    assert program.read(1) == b""
    stdin.end()
    assert not stdin.pending
    assert not stdin.empty


def test_a_program_that_never_reads_is_given_no_more_than_a_megabyte(pipe: Pipe) -> None:
    _, stdin = pipe
    taken = 0
    while stdin.put("x" * 100_000):
        taken += 100_000
        assert taken < 4 << 20
    assert taken >= 1 << 20
    assert stdin.open, "one text too many ends nothing"


def test_a_program_that_closed_its_input_takes_nothing(pipe: Pipe) -> None:
    program, stdin = pipe
    program.close()
    assert not stdin.put("hello")
    assert not stdin.open
    stdin.end()


def test_a_program_is_known_to_wait_when_all_was_read_and_more_can_come(pipe: Pipe) -> None:
    program, stdin = pipe
    assert stdin.empty
    stdin.put("line\n")
    assert not stdin.empty
    program.read(100)
    assert stdin.empty


def test_letters_that_are_none_are_replaced_and_not_refused(pipe: Pipe) -> None:
    program, stdin = pipe
    assert stdin.put("caf\udce9\n")
    assert program.read(100) == b"caf?\n"


@pytest.mark.parametrize("times", [(0.5, 1e9), (0, 0)])
def test_times_arrive_as_numbers(times: tuple[float, float]) -> None:
    found: list[dict[str, Any]] = _Lines().add(encode_stop(*times))
    assert found == [{"do": "stop", "grace": [*times]}]
