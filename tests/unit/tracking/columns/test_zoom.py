"""A range of a curve, whatever lies within it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking import RunReader, Series, TrackingManager, manager
from jupyter_crispdm.tracking.columns import track
from jupyter_crispdm.tracking.columns.keeping import keep
from jupyter_crispdm.tracking.columns.store import Columns
from tests.examples import examples

from ..conftest import Writer
from .conftest import noise, write_rows

LENGTH = 300_000


def zoomed(run: Path, axis: str = "step", begin: float = -np.inf, end: float = np.inf, points: int = 500) -> Series:
    reader = RunReader(run)
    try:
        return reader.zoom(axis, begin, end, points)[1]["m0"]
    finally:
        reader.close()


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """A run whose columns hold the most of it."""
    run = tmp_path_factory.mktemp("jobs") / "one"
    value = noise(LENGTH)
    value[123_456] = np.nan
    write_rows(run, value[: LENGTH - 5000])
    keep(run)
    write_rows(run, value[LENGTH - 5000 :], step=LENGTH - 5000)
    return run, value


@pytest.mark.proves("columns.zoom")
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=st.integers(-10, LENGTH + 10), length=st.integers(0, LENGTH), points=st.integers(20, 3000))
def test_any_range_shows_its_ends_and_its_extremes(
    long_run: tuple[Path, np.ndarray], begin: int, length: int, points: int
) -> None:
    run, value = long_run
    low, high = min(max(0, begin - 1), LENGTH - 1), max(min(LENGTH, begin + length + 2), 1)
    reader = RunReader(run)
    found = reader.zoom("step", begin, begin + length, points)[1]["m0"]
    reader.close()
    assert (found.step[0], found.step[-1]) == (low, high - 1)
    assert len(found) <= max(points, 3) * 1.2 + 2
    assert np.all(np.diff(found.step) > 0)
    np.testing.assert_array_equal(found.value, value[found.step])
    np.testing.assert_array_equal(found.time, 1000.0 + found.step)
    part = value[low:high]
    assert np.isnan(found.value).any() == np.isnan(part).any()
    if np.isfinite(part).any():
        assert (np.nanmin(found.value), np.nanmax(found.value)) == (np.nanmin(part), np.nanmax(part))


@pytest.mark.proves("columns.zoom")
def test_a_range_of_any_length_reads_about_as_much(
    long_run: tuple[Path, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = [0]
    original = Columns._read

    def counted(self: Columns, into: np.ndarray, at: int) -> None:
        read[0] += into.nbytes
        original(self, into, at)

    monkeypatch.setattr(Columns, "_read", counted)
    cost = []
    for share in (1.0, 0.5, 0.2, 0.1):
        read[0] = 0
        zoomed(long_run[0], "step", 0.0, share * LENGTH, 500)
        cost.append(read[0])
    assert max(cost) < 1 << 20, "of 7 MB of points"


def test_a_range_of_time(long_run: tuple[Path, np.ndarray]) -> None:
    found = zoomed(long_run[0], "time", 1100.0, 1110.0)
    assert found.step.tolist() == list(range(99, 112))


def test_a_narrow_range_has_every_point_of_it(long_run: tuple[Path, np.ndarray]) -> None:
    found = zoomed(long_run[0], "step", 200_000, 200_100)
    assert found.step.tolist() == list(range(199_999, 200_102))


def test_a_range_between_two_points_has_both(run: Path) -> None:
    Writer(run, "1-a").log("m0", 1.0, 2.0, step=10)
    assert zoomed(run, "step", 10.2, 10.7).step.tolist() == [10, 11]


@pytest.mark.parametrize("searched", [1 << 22, 1000])
def test_steps_that_go_back(run: Path, searched: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track, "_MOST_SEARCHED", searched)
    value = noise(200_000)
    value[50_500], value[150_600] = 1e6, -1e6
    write_rows(run, value[:100_000])
    write_rows(run, value[100_000:])
    keep(run)
    found = zoomed(run, "step", 50_000, 51_000, 300)
    assert set(found.step.tolist()) <= set(range(50_000, 51_001))
    assert {1e6, -1e6} <= set(found.value.tolist())


def test_a_curve_without_times_is_found_by_its_steps(run: Path) -> None:
    (run / "metrics.jsonl").write_text("".join(f'{{"m0": {number}}}\n' for number in range(100)))
    assert zoomed(run, "step", 50, 60).step.tolist() == list(range(49, 62))
    reader = RunReader(run)
    assert reader.zoom("time", 0, 1e12, 100)[1] == {}
    reader.close()


def test_many_series_share_what_an_answer_may_hold(run: Path) -> None:
    write_rows(run, noise(400_000), 1000)
    reader = RunReader(run)
    _, found = reader.zoom("step", -np.inf, np.inf, 100_000)
    reader.close()
    assert len(found) == 1000
    assert sum(map(len, found.values())) <= 1 << 20


def test_the_whole_run_from_its_start_is_read_from_the_columns(long_run: tuple[Path, np.ndarray]) -> None:
    run, value = long_run
    reader = RunReader(run)
    cursor, found = reader.since(0, 1000)
    reader.close()
    assert cursor == LENGTH
    assert len(found["m0"]) <= 1200
    assert np.nanmax(found["m0"].value) == np.nanmax(value)


def test_a_long_stretch_after_a_cursor_stays_in_bounds(run: Path) -> None:
    value = noise(900_000)
    value[600_000] = 1e9
    write_rows(run, value)
    reader = RunReader(run)
    _, found = reader.since(1000, 200)
    reader.close()
    assert len(found["m0"]) <= 240
    assert found["m0"].value.max() == 1e9
    assert found["m0"].step[0] == 1000


async def test_the_manager_answers_a_range(run: Path) -> None:
    Writer(run, "1-a").log("loss", *map(float, range(100)))
    answer = await TrackingManager().zoom(run, "step", 10, 20, None, ["loss"])
    assert answer.cursor == 100
    assert answer.series["loss"].step == list(range(9, 22))
    assert (await TrackingManager().zoom(run, "time", 1000.0, None)).series["loss"].step == [99]
    assert (await TrackingManager().zoom(run, "step", names=["other"])).series == {}


@pytest.mark.proves("columns.bounded")
async def test_whoever_wants_every_point_asks_on_from_the_cursor(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "MOST_ROWS", 1000)
    write_rows(run, noise(2500), 2)
    found: list[int] = []
    cursor, before = 0, -1
    while cursor != before:
        before = cursor
        answer = await TrackingManager().since(run, cursor, None, ["m1"])
        assert all(len(one.step) <= 500 for one in answer.series.values())
        found += [step for one in answer.series.values() for step in one.step]
        cursor = answer.cursor
    assert (found, cursor) == (list(range(1250)), 2500)
    assert (await TrackingManager().since(run, 9999)).cursor == 2500
    assert len((await TrackingManager().since(run, 0, 100)).series["m0"].step) == 100

