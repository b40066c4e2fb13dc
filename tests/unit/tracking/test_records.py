"""Rows are taken apart by their names, whatever order the names come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_crispdm.tracking.reading import records
from jupyter_crispdm.tracking.reading.records import MOST_NAMES, RECORD, Fresh, parts_of

Names = Callable[[np.random.Generator], NDArray[Any]]


def _one(chance: np.random.Generator) -> NDArray[Any]:
    return np.full(1000, 4)


def _in_turn(chance: np.random.Generator) -> NDArray[Any]:
    return np.arange(1000) % 7


def _at_random(chance: np.random.Generator) -> NDArray[Any]:
    return chance.integers(0, 5, 1000)


def _one_after_the_other(chance: np.random.Generator) -> NDArray[Any]:
    return np.arange(1000) // 90


def _a_late_one_that_takes_over(chance: np.random.Generator) -> NDArray[Any]:
    return np.concatenate([np.zeros(150), chance.integers(0, 2, 50), np.ones(800)])


def _too_many(chance: np.random.Generator) -> NDArray[Any]:
    return chance.choice([0, MOST_NAMES - 1, MOST_NAMES, 4_000_000_000], 1000)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a hundred rows, and no room to spare."""
    monkeypatch.setattr(records, "_BLOCK_ROWS", 100)
    monkeypatch.setattr(records, "_SPARE_ROWS", 1)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "names", [_one, _in_turn, _at_random, _one_after_the_other, _a_late_one_that_takes_over, _too_many]
)
@pytest.mark.parametrize("span", [(0, 1000), (0, 0), (3, 4), (37, 911), (990, 2000), (1000, 1100)])
def test_each_name_has_its_rows_in_their_order(tmp_path: Path, names: Names, span: tuple[int, int]) -> None:
    chance = np.random.default_rng(1)
    rows = np.zeros(1000, RECORD)
    rows["name"], rows["step"], rows["value"] = names(chance), np.arange(1000), chance.normal(size=1000)
    rows["time"] = np.where(chance.random(1000) < 0.1, np.nan, 5.0)
    rows.tofile(tmp_path / "rows")
    wanted = rows[slice(*span)]
    with (tmp_path / "rows").open("rb") as file:
        found = parts_of(file, *span)
    assert set(found) == {number for number in wanted["name"].tolist() if number < MOST_NAMES}
    for number, series in found.items():
        mine = wanted[wanted["name"] == number]
        for field in ("step", "value", "time"):
            np.testing.assert_array_equal(getattr(series, field), mine[field])


def test_rows_of_ever_new_names_take_room_for_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    empty = records._empty

    def counted(rows: int) -> Any:
        asked.append(rows)
        return empty(rows)

    monkeypatch.setattr(records, "_BLOCK_ROWS", 100)
    monkeypatch.setattr(records, "_SPARE_ROWS", 1)
    monkeypatch.setattr(records, "_empty", counted)
    rows = np.zeros(20_000, RECORD)
    rows["name"] = np.arange(20_000) // 100
    rows.tofile(tmp_path / "rows")
    with (tmp_path / "rows").open("rb") as file:
        assert len(parts_of(file, 0, 20_000)) == 200
    assert sum(asked) <= 6 * 20_000, "a hostile file must not claim more than a few times what it holds"


def test_the_newest_rows_are_told_by_their_numbers() -> None:
    rows = np.zeros(6, RECORD)
    rows["name"], rows["step"] = [0, 1, 0, 1, 0, 2], np.arange(6)
    fresh = Fresh(100, rows.tobytes() + b"half a row")
    assert (fresh.start, fresh.stop, fresh.highest_name) == (100, 106, 2)
    assert {number: one.step.tolist() for number, one in fresh.parts(101, 105).items()} == {1: [1, 3], 0: [2, 4]}
    assert fresh.parts(106, 106) == {}
    assert (Fresh().start, Fresh().stop, Fresh().highest_name, Fresh().parts(0, 0)) == (0, 0, -1, {})
