"""All alarms of a stream, and the file that says what became of them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.streams.alarms.book import AlarmBook, Watched
from jupyter_crispdm.streams.alarms.condition import Limits
from jupyter_crispdm.streams.alarms.journal import Journal
from jupyter_crispdm.streams.types import EVENT_ID
from tests.unit.streams.batches import batch

OVER = Watched("alert", "probability", Limits(over=0.5))


def book(directory: Path, *watched: Watched) -> AlarmBook:
    found = AlarmBook(Journal(directory))
    found.watch(watched or [OVER], 0, 0.0)
    return found


def lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "alarms.jsonl").read_bytes().splitlines()]


def look(watching: AlarmBook, first: int, *probability: float) -> None:
    watching.look(batch(first, len(probability), probability=probability), {})


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every file that a test opened is closed."""
    opened: list[Journal] = []
    init = Journal.__init__

    def noting(self: Journal, directory: Path) -> None:
        init(self, directory)
        opened.append(self)

    monkeypatch.setattr(Journal, "__init__", noting)
    yield
    for journal in opened:
        journal.close()


def test_an_alarm_is_a_line_when_it_is_raised_and_one_when_it_is_cleared(tmp_path: Path) -> None:
    look(book(tmp_path), 7, 0.1, 0.9, 0.2)
    raised, cleared = lines(tmp_path)
    assert raised == {
        "id": raised["id"], "kind": "raised", "seq": 8, "time": 1008.0, "value": 8 / 7, "probability": 0.9,
        "detector": "alert", "message": "probability is 0.9, over 0.5",
    }  # fmt: skip
    assert EVENT_ID.fits(raised["id"])
    assert (cleared["id"], cleared["kind"], cleared["seq"]) == (raised["id"], "cleared", 9)
    assert cleared["message"] == "probability is back: 0.2"


def test_numbers_that_are_missing_are_null(tmp_path: Path) -> None:
    watching = book(tmp_path, Watched("low", "level", Limits(under=1)))
    watching.look(batch(1, 1, level=[0.0], value=[float("nan")]), {})
    [line] = lines(tmp_path)
    assert (line["value"], line["probability"], line["message"]) == (None, None, "level is 0, under 1")


def test_what_a_detector_found_goes_before_a_column(tmp_path: Path) -> None:
    watching = book(tmp_path, Watched("zscore", "The distance", Limits(over=4)))
    watching.look(batch(1, 3), {"zscore": np.array([1.0, np.nan, 5.0])})
    [line] = lines(tmp_path)
    assert (line["seq"], line["detector"], line["message"]) == (3, "zscore", "The distance is 5, over 4")


def test_a_column_that_is_not_there_or_holds_texts_raises_nothing(tmp_path: Path) -> None:
    watching = book(tmp_path)
    watching.look(batch(1, 3), {})
    watching.look(batch(4, 2, probability=["high", None]), {})
    assert lines(tmp_path) == []


def test_alarms_of_two_conditions_have_ids_of_their_own(tmp_path: Path) -> None:
    other = Watched("other", "probability", Limits(over=0.7))
    look(book(tmp_path, OVER, other), 1, 0.9, 0.6, 0.1, 0.9)
    found = lines(tmp_path)
    assert [(line["detector"], line["kind"], line["seq"]) for line in found if line["detector"] == "other"] == [
        ("other", "raised", 1), ("other", "cleared", 2), ("other", "raised", 4),
    ]  # fmt: skip
    assert len({line["id"] for line in found}) == 4


def test_who_begins_anew_knows_what_is_open(tmp_path: Path) -> None:
    look(book(tmp_path), 1, 0.9)
    look(book(tmp_path), 2, 0.9, 0.9)
    look(book(tmp_path), 4, 0.1, 0.9)
    assert [line["kind"] for line in lines(tmp_path)] == ["raised", "cleared", "raised"]
    assert lines(tmp_path)[0]["id"] == lines(tmp_path)[1]["id"]


def test_what_is_not_watched_any_more_is_cleared(tmp_path: Path) -> None:
    watching = book(tmp_path)
    look(watching, 1, 0.9)
    watching.watch([], 1, 1001.0)
    assert [(line["kind"], line["seq"]) for line in lines(tmp_path)] == [("raised", 1), ("cleared", 1)]
    assert lines(tmp_path)[1]["message"] == "It is not watched any more."


def test_a_condition_that_stays_goes_on_and_another_limit_is_looked_at_anew(tmp_path: Path) -> None:
    patient = Watched("alert", "probability", Limits(over=0.5, samples=3))
    watching = book(tmp_path, patient)
    look(watching, 1, 0.9, 0.9)
    watching.watch([patient, Watched("b", "b", Limits())], 2, 0.0)
    look(watching, 3, 0.9)
    assert [line["seq"] for line in lines(tmp_path)] == [3]
    watching.watch([Watched("alert", "probability", Limits(over=0.95))], 3, 0.0)
    look(watching, 4, 0.9)
    assert [line["kind"] for line in lines(tmp_path)] == ["raised", "cleared"]


@pytest.mark.parametrize("torn", [b"{", b'{"id":"1","kind":"rai', b"\xff\xfe"])
def test_a_line_that_was_cut_off_goes_and_the_rest_stays(tmp_path: Path, torn: bytes) -> None:
    look(book(tmp_path), 1, 0.9)
    with (tmp_path / "alarms.jsonl").open("ab") as file:
        file.write(torn)
    look(book(tmp_path), 2, 0.1)
    assert [line["kind"] for line in lines(tmp_path)] == ["raised", "cleared"]


def test_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "alarms.jsonl").write_bytes(b'hello\n{"id": 3}\n\n[]\n\xff\n')
    look(book(tmp_path), 1, 0.9)
    assert Journal(tmp_path).open_alarms().keys() == {"alert"}


@pytest.mark.parametrize("room", [0, 1, 50])
def test_alarms_that_find_no_room_are_written_when_there_is_some(
    tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = book(tmp_path)
    write = os.write
    left = [room]

    def full(file: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written, left[0] = write(file, data[: left[0]]), 0
        return written

    monkeypatch.setattr(os, "write", full)
    look(watching, 1, 0.9)
    look(watching, 2, 0.1)
    assert "The disk is full" in watching.trouble
    assert (tmp_path / "alarms.jsonl").read_bytes() == b""
    monkeypatch.setattr(os, "write", write)
    watching.write()
    assert watching.trouble == ""
    assert [line["kind"] for line in lines(tmp_path)] == ["raised", "cleared"]


def test_an_alarm_storm_is_a_few_lines(tmp_path: Path) -> None:
    watching = book(tmp_path, Watched("alert", "probability", Limits(over=0.5, quiet=60)))
    storm: Sequence[float] = [0.9, 0.1] * 50
    for start in range(0, 600, 100):
        look(watching, 1 + start, *storm)
    assert len(lines(tmp_path)) == 2 * 10  # 600 samples, one a second: one alarm a minute
