from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.streams.reading.past import Past
from jupyter_crispdm.streams.recording.layout import segment_path
from jupyter_crispdm.streams.recording.parquet import write_part
from tests.unit.streams.playing import BEGAN, batch, record


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    record(tmp_path, batch(1, 1000))
    write_part(tmp_path, segment_path(tmp_path, 1))
    segment_path(tmp_path, 1).unlink()
    record(tmp_path, batch(1001, 500), segment=1001)
    return tmp_path


@pytest.mark.proves("streams.window")
def test_the_window_holds_the_newest_also_across_files(directory: Path) -> None:
    window = Past(directory).window(700, None)
    assert window.columns["seq"] == list(range(801, 1501))
    assert (window.seq, window.trouble) == (1500, "")


@pytest.mark.proves("streams.window")
def test_from_a_number_on_there_is_only_what_came_after_it(directory: Path) -> None:
    past = Past(directory)
    assert past.window(700, 1498).columns["value"] == [1499.0, 1500.0]
    assert (past.window(700, 1500).seq, past.window(700, 1500).columns["seq"]) == (1500, [])


@pytest.mark.proves("streams.history")
def test_a_past_hour_is_thinned_and_keeps_its_extremes(directory: Path) -> None:
    history = Past(directory).between(BEGAN + 100, BEGAN + 1400, 50)
    values = history.columns["value"]
    assert len(values) <= 60
    assert (values[0], values[-1]) == (100.0, 1400.0)


@pytest.mark.proves("streams.history")
def test_a_torn_file_is_told_and_the_rest_is_read(directory: Path) -> None:
    (directory / "00000000000000000001-00000000000000001000.parquet").write_bytes(b"PAR1 torn")
    history = Past(directory).between(None, None, 10_000)
    assert history.columns["seq"] == list(range(1001, 1501))
    assert "00000000000000000001-00000000000000001000.parquet" in history.trouble


def test_before_the_first_sample_there_is_nothing(tmp_path: Path) -> None:
    window = Past(tmp_path).window(10, None)
    assert (window.seq, window.columns) == (0, {"seq": [], "time": []})
