from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.streams.reading import tail as tailing
from jupyter_crispdm.streams.reading.tail import Tail
from jupyter_crispdm.streams.recording.layout import segment_path
from jupyter_crispdm.streams.recording.parquet import write_part
from jupyter_crispdm.streams.types import StreamFact
from tests.unit.streams.playing import batch, record


class Reader:
    """Somebody who follows a stream, as the hub does it for them."""

    def __init__(self, tail: Tail, at: int | None = None) -> None:
        self.tail, self.at = tail, at
        self.facts: list[StreamFact] = []

    def follow(self) -> list[int]:
        """The numbers of what is new."""
        seen: list[int] = []
        while True:
            state = self.tail.look(False)
            if self.at is not None and self.at >= state.end:
                return seen
            found = self.tail.read(self.at, state)
            assert found is not None
            fact, self.at = found
            self.facts.append(fact)
            seen += [int(seq) for seq in fact.columns["seq"] if isinstance(seq, int)]
            if state.end == 0:
                return seen


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "wal").mkdir()
    return tmp_path


def tail_of(directory: Path, window: int = 100) -> Tail:
    return Tail(directory, "e", lambda: window)


def settle(directory: Path, first: int) -> None:
    """Make parquet of a segment, as a collector does now and then."""
    write_part(directory, segment_path(directory, first))
    segment_path(directory, first).unlink()


@pytest.mark.proves("live.topic-streams")
def test_a_newcomer_gets_the_window_and_then_what_comes(directory: Path) -> None:
    record(directory, batch(1, 150))
    reader = Reader(tail_of(directory))
    assert reader.follow() == list(range(51, 151))
    record(directory, batch(151, 2), batch(153, 1))
    assert reader.follow() == [151, 152, 153]
    assert reader.follow() == []


def test_before_the_first_sample_there_is_an_empty_window(directory: Path) -> None:
    reader = Reader(tail_of(directory))
    assert reader.follow() == []
    assert reader.facts[0].columns == {"seq": [], "time": []}
    record(directory, batch(1, 3))
    assert reader.follow() == [1, 2, 3]


@pytest.mark.proves("streams.missed")
def test_who_was_away_gets_exactly_what_they_missed(directory: Path) -> None:
    record(directory, batch(1, 500))
    tail = tail_of(directory)
    Reader(tail).follow()
    assert Reader(tail, at=120).follow() == list(range(121, 501))
    assert Reader(tail, at=499).follow() == [500]


@pytest.mark.proves("streams.missed")
def test_what_was_missed_is_found_in_parquet_too(directory: Path) -> None:
    record(directory, batch(1, 300))
    settle(directory, 1)
    record(directory, batch(301, 10), segment=301)
    tail = tail_of(directory)
    assert Reader(tail).follow() == list(range(211, 311))
    assert Reader(tail, at=5).follow() == list(range(6, 311))


def test_a_segment_that_becomes_parquet_while_it_is_followed_loses_nothing(directory: Path) -> None:
    record(directory, batch(1, 10))
    reader = Reader(tail_of(directory))
    reader.follow()
    record(directory, batch(11, 5))
    settle(directory, 1)
    record(directory, batch(16, 5), segment=16)
    assert reader.follow() == list(range(11, 21))


def test_segments_that_follow_each_other_are_read_in_order(directory: Path) -> None:
    record(directory, batch(1, 10))
    reader = Reader(tail_of(directory))
    reader.follow()
    record(directory, batch(11, 5))
    record(directory, batch(16, 5), segment=16)
    record(directory, batch(21, 5), segment=21)
    assert reader.follow() == list(range(11, 26))


def test_much_that_was_missed_comes_in_parts(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailing, "MOST_AT_ONCE", 50)
    record(directory, batch(1, 300))
    tail = tail_of(directory)
    Reader(tail).follow()
    reader = Reader(tail, at=100)
    assert reader.follow() == list(range(101, 301))
    assert [len(fact.columns["seq"]) for fact in reader.facts] == [50, 50, 50, 50]


@pytest.mark.proves("streams.missed")
def test_who_missed_very_much_gets_the_window_and_is_told_of_the_gap(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "MOST_MISSED", 150)
    record(directory, batch(1, 300))
    reader = Reader(tail_of(directory), at=1)
    assert reader.follow() == list(range(201, 301))
    assert reader.facts[0].gap


def test_nobody_is_told_more_than_was_seen_at_the_last_look(directory: Path) -> None:
    record(directory, batch(1, 300))
    tail = tail_of(directory)
    state = tail.look(False)
    record(directory, batch(301, 5))
    found = tail.read(150, state)
    assert found is not None
    assert found[1] == 300
    assert Reader(tail, at=found[1]).follow() == [301, 302, 303, 304, 305]


def test_memory_does_not_grow_with_the_stream(directory: Path) -> None:
    tail = tail_of(directory, window=50)
    reader = Reader(tail)
    for first in range(1, 2001, 10):
        record(directory, batch(first, 10))
        assert reader.follow()[-1] == first + 9
        assert len(tail._newest) <= 257
    for first in range(2001, 4001):
        record(directory, batch(first, 1))
    assert reader.follow()[-1] == 4000
    assert sum(map(len, tail._newest)) <= 50 + 257
    assert Reader(tail).follow() == list(range(3951, 4001))


def test_columns_that_come_and_go_are_missing_where_they_are_not(directory: Path) -> None:
    record(directory, batch(1, 2), batch(3, 2, colour=["red", None]))
    reader = Reader(tail_of(directory))
    reader.follow()
    assert reader.facts[0].columns["colour"] == [None, None, "red", None]
    assert reader.facts[0].columns["value"] == [1.0, 2.0, 3.0, 4.0]


def test_numbers_that_are_none_are_null_on_the_wire(directory: Path) -> None:
    record(directory, batch(1, 3, load=np.array([np.nan, np.inf, 1.5])))
    reader = Reader(tail_of(directory))
    reader.follow()
    fact = reader.facts[0]
    assert b'"load":[null,null,1.5]' in encode(fact)


def test_a_log_that_cannot_be_read_says_so_and_goes_on_when_it_can(directory: Path) -> None:
    record(directory, batch(1, 3))
    reader = Reader(tail_of(directory))
    reader.follow()
    path = segment_path(directory, 1)
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    assert "not a file" in reader.tail.look(False).trouble
    path.rmdir()
    path.with_suffix(".away").rename(path)
    record(directory, batch(4, 1))
    assert reader.tail.look(False).trouble == ""
    assert reader.follow() == [4]


def test_what_is_deleted_is_over(directory: Path) -> None:
    state = tail_of(directory).look(True)
    assert (state.is_over, state.end) == (True, 0)


def test_foreign_bytes_in_the_log_spoil_nothing(directory: Path) -> None:
    record(directory, batch(1, 3))
    with segment_path(directory, 1).open("ab") as file:
        file.write(b"\0" * 100)
    reader = Reader(tail_of(directory))
    assert reader.follow() == [1, 2, 3]
