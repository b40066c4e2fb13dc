"""Progress read from logs that grow: what is new of them, and no more of it than is needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.progress import FIRST_BYTES, READ_BYTES, LogProgress, LogProgressReader


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    reader = LogProgressReader(log)
    assert reader.read() is None
    log.write_bytes(b"Step 1 of 9\nStep 2 o")
    assert reader.read() == LogProgress(1, 9, "")
    assert reader.read() is None
    with log.open("ab") as file:
        file.write(b"f 9\n")
    assert reader.read() == LogProgress(2, 9, "")


@pytest.mark.proves("machine.progress-bars")
def test_a_bar_without_a_line_end_is_seen_at_once(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_bytes("\r 42%|████▏     | 42/100 [00:10<00:13, 4.2it/s]".encode())
    reader = LogProgressReader(log)
    assert reader.read() == LogProgress(42, 100, "")
    with log.open("ab") as file:
        file.write("\r 43%|████▎     | 43/100 [00:10<00:13, 4.2it/s]".encode())
    assert reader.read() == LogProgress(43, 100, "")


def test_a_log_that_was_cut_is_read_anew(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_text("some words\nStep 8 of 9\n")
    reader = LogProgressReader(log)
    reader.read()
    log.write_text("Step 1 of 9\n")
    assert reader.read() == LogProgress(1, 9, "")


def test_of_much_only_the_end_is_read(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_text("Step 1 of 9\n" * 50_000 + "Step 5 of 9\n" + "x" * 100 + "\n")
    assert LogProgressReader(log).read() == LogProgress(5, 9, "")


def test_what_was_cut_off_at_its_start_is_not_believed(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"Step 1 of 9\nStep 1" + b"2/40\n" + b"x" * (FIRST_BYTES - len(b"2/40\n")))
    assert LogProgressReader(log).read() is None


def test_a_gigabyte_without_a_line_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "output.log"
    with log.open("wb") as file:
        os.truncate(file.fileno(), 1 << 30)
    reader = LogProgressReader(log)
    read: list[int] = []
    pread = os.pread

    def counting(descriptor: int, count: int, start: int) -> bytes:
        read.append(count)
        return pread(descriptor, count, start)

    monkeypatch.setattr(os, "pread", counting)
    assert reader.read() is None
    for _ in range(50):
        with log.open("ab") as file:
            file.write(b"7" * 3000)
        assert reader.read() is None
    assert sum(read) <= FIRST_BYTES + 50 * READ_BYTES
    assert len(reader._rest) <= FIRST_BYTES
    with log.open("ab") as file:
        file.write(b"\nStep 2 of 9\n")
    assert reader.read() == LogProgress(2, 9, "")


def test_backspaces_begin_the_line_anew(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"1/10 [==>......] - ETA: 3s" + b"\b" * 30 + b"2/10 [====>....] - ETA: 2s" + b"\b" * 30)
    found = LogProgressReader(log).read()
    assert found is not None
    assert (found.done, found.total) == (2, 10)


def test_a_bar_of_backspaces_alone_is_read_as_it_grows(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"")
    reader = LogProgressReader(log)
    for number in range(1, 2000):
        with log.open("ab") as file:
            file.write(b"%4d/2000 done" % number + b"\x08" * 14)
    found = reader.read()
    assert found is not None
    assert found.done >= 1998
