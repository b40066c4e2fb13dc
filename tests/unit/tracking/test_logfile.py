"""Logs of every kind."""

from __future__ import annotations

import os
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_crispdm.tracking.logfile import BEHIND_BYTES, TAIL_BYTES, LogSource, tail_lines
from jupyter_crispdm.tracking.types import LogFact
from jupyter_crispdm.worker.output.loglimit import LogLimit

from .reading import Reading

LIMIT = 40_000


def reading(log: Path, since: int | None = None, epoch: str | None = None) -> Reading[LogFact]:
    return Reading(LogSource(log), LogFact, since, epoch)


def text(facts: list[LogFact]) -> str:
    return "".join(fact.text for fact in facts)


def append(log: Path, data: str | bytes) -> None:
    with log.open("ab") as file:
        file.write(data.encode() if isinstance(data, str) else data)


def test_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(100_000)))
    assert tail_lines(log, 3) == ["line 99997", "line 99998", "line 99999"]
    assert len(tail_lines(str(log), 20_000)) == 20_000
    append(log, "unfinished")
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
        reader = reading(log)
        assert len(text(reader.all())) == TAIL_BYTES
        reader.source.close()
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_the_first_piece_begins_at_a_line_near_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(100_000)))
    facts = reading(log).all()
    assert text(facts).startswith("line ")
    assert text(facts).endswith("line 99999\n")
    assert log.stat().st_size - TAIL_BYTES <= facts[0].start <= log.stat().st_size - TAIL_BYTES + 11
    assert facts[-1].end == log.stat().st_size
    assert not facts[0].gap


def test_only_new_bytes_follow(tmp_path: Path) -> None:
    log = tmp_path / "log"
    reader = reading(log)
    assert reader.all() == [LogFact("", 0, 0)], "there is no log yet"
    log.write_text("one\n")
    assert reader.all() == [LogFact("one\n", 0, 4)]
    append(log, "two\n")
    assert reader.all() == [LogFact("two\n", 4, 8)]
    word = LogFact("", 8, 8, trouble="")  # who comes again may know of a trouble
    assert reading(log, since=4).all() == [LogFact("two\n", 4, 8), word]
    assert reading(log, since=8).all() == [word]
    assert reading(log, since=8, epoch=reader.place.epoch).all() == [word]


def test_an_empty_log_says_so(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    assert reading(tmp_path / "log").all() == [LogFact("", 0, 0)]


def test_characters_cut_anywhere_arrive_whole(tmp_path: Path) -> None:
    content = "aä€😀\n" * 500
    log = tmp_path / "log"
    log.touch()
    reader, position, found, chance = reading(log, since=0), 0, "", random.Random(3)
    data = content.encode()
    while position < len(data):
        step = chance.randrange(1, 7)
        append(log, data[position : position + step])
        position += step
        found += text(reader.all())
        reader.source.close()
        reader = reading(log, reader.place.cursor, reader.place.epoch)  # somebody else goes on from the same byte
    assert found == content


@pytest.mark.proves("machine.huge-logs")
def test_what_is_not_utf8_is_shown_as_such(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"ok \xff\xfe end\n\xe2\x82")
    reader = reading(log)
    assert reader.all() == [LogFact("ok \ufffd\ufffd end\n", 0, 10)], "the character may still be completed"
    assert reader.all(over=True) == [LogFact("\ufffd", 10, 12), LogFact("", 12, 12, ended=True)]


def test_a_log_of_nothing_but_odd_bytes_makes_progress(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xf0" * 200_000)
    assert reading(log, since=0).all(over=True)[-1].end == 200_000


def rewrite(log: Path) -> None:
    log.write_text("new\n")


def rewrite_at_length(log: Path) -> None:
    os.truncate(log, 0)
    append(log, "y" * 2000)


def rotate(log: Path) -> None:
    log.rename(log.with_name("log.1"))
    log.write_text("a new file\n")


@pytest.mark.proves("machine.huge-logs")
@pytest.mark.parametrize("anew", [rewrite, rewrite_at_length, rotate])
def test_a_log_that_is_another_one_begins_anew(tmp_path: Path, anew: Callable[[Path], None]) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 1000)
    reader = reading(log)
    assert text(reader.all()) == "x" * 1000
    before = reader.place.epoch
    anew(log)
    facts = reader.all()
    assert [fact.reset for fact in facts] == [True]
    assert (facts[0].start, text(facts)) == (0, log.read_text())
    assert reader.place.epoch != before
    assert reading(log, 1000, before).all()[0].reset, "nor can anybody else go on in the old one"
    append(log, "more\n")
    assert reader.all() == [LogFact("more\n", facts[-1].end, facts[-1].end + 5)]


def test_a_log_that_is_between_two_files_is_still_the_old_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    reader = reading(log)
    reader.all()
    log.rename(tmp_path / "log.1")
    assert reader.all() == []


def test_who_asks_beyond_the_end_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("short\n")
    assert reading(log, since=10_000).all() == [LogFact("short\n", 0, 6, reset=True)]


@pytest.mark.proves("live.gap")
def test_who_is_too_far_behind_skips(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x\n" * (BEHIND_BYTES // 2 + 1000))
    first = reading(log, since=0).next()
    assert first is not None
    assert first.gap
    assert first.start >= log.stat().st_size - TAIL_BYTES
    log.write_text("x\n" * 1000)
    near = reading(log, since=0).next()
    assert near is not None
    assert (near.gap, near.start) == (False, 0)


@pytest.mark.proves("machine.huge-logs")
def test_a_log_at_its_limit_is_followed_on(tmp_path: Path) -> None:
    """Its middle is dropped again and again, its numbers go back each time: who follows has what the file has."""
    log = tmp_path / "output.log"
    log.touch()
    limit, reader, line, resets = LogLimit(str(log), LIMIT), reading(log), 0, 0
    shown, begin = b"", 0
    for _ in range(300):
        for _ in range(50):
            append(log, f"line {line}\n")
            line += 1
        limit.enforce()
        for fact in reader.all():
            if fact.reset:
                shown, begin, resets = b"", fact.start, resets + 1
            assert fact.start == begin + len(shown), "nothing is missing, nothing comes twice"
            shown += fact.text.encode()
        assert shown == log.read_bytes()[begin:]
    assert resets > 5
    assert shown.endswith(f"line {line - 1}\n".encode())


def test_a_reader_who_was_away_when_the_middle_was_dropped_is_told(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_text("x\n" * 15_000)
    limit, reader = LogLimit(str(log), LIMIT), reading(log)
    reader.all()
    place = reader.place
    append(log, "y\n" * 15_000)
    limit.enforce()
    append(log, "y\n" * 4_000)  # by now there are more bytes than before
    assert reading(log, place.cursor, place.epoch).all()[0].reset
    limit.enforce()
    fresh = reading(log)
    fresh.all()
    assert fresh.place.epoch == reading(log, *_place(fresh)).source.look(False).epoch, "also after a restart"


def _place(reader: Reading[LogFact]) -> tuple[int | None, str | None]:
    return reader.place.cursor, reader.place.epoch


def test_what_is_dropped_while_it_is_read_is_not_told(tmp_path: Path) -> None:
    """The middle goes between the look and the read: the bytes that are there now are not those that were seen."""
    log = tmp_path / "output.log"
    log.write_text("x\n" * 25_000)
    source = LogSource(log)
    state = source.look(False)
    LogLimit(str(log), LIMIT).enforce()
    assert source.read(30_000, state) is None
    assert source.look(False).epoch != state.epoch


def test_a_cut_that_was_announced_and_not_yet_made_is_another_epoch_than_the_one_after_it(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_text("x\n" * 25_000)
    counter = tmp_path / "output.log.cuts"
    epochs = []
    for size in range(3):
        counter.write_bytes(b"\0" * size)
        epochs.append(LogSource(log).look(False).epoch)
    assert len(set(epochs)) == 3


@pytest.mark.parametrize("spoil", [lambda path: path.mkdir(), lambda path: path.symlink_to("/etc/hostname")])
def test_a_counter_that_a_program_replaced_keeps_nobody_from_the_log(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    log = tmp_path / "output.log"
    log.write_text("x\n" * 25_000)
    spoil(tmp_path / "output.log.cuts")
    reader = reading(log)
    reader.all()
    LogLimit(str(log), LIMIT).enforce()
    assert log.stat().st_size <= LIMIT
    assert reader.all()[0].reset
