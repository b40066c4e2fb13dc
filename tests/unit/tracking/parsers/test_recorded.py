"""The metrics in what real libraries print: those that are there, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.tracking.parsers.recording import RECORDED, expected, logs, read, summary

SMALL = [path for path in logs() if path.stat().st_size <= 1500]
OLD = Path(__file__).parents[1] / "data"


def _named(path: Path) -> str:
    return path.relative_to(RECORDED).as_posix()


@pytest.mark.proves("training.log-formats")
@pytest.mark.parametrize("path", logs(), ids=_named)
def test_recorded_output_shows_its_series_and_no_other(path: Path) -> None:
    assert repr(summary(read(path.read_bytes()))) == repr(expected()[_named(path)])


@pytest.mark.proves("training.log-formats")
def test_the_logs_are_of_thirty_kinds_and_more() -> None:
    with_metrics = [name for name, series in expected().items() if series and not name.startswith("none/")]
    assert len(with_metrics) >= 80
    assert len({name.split("/")[1].split(".")[0] for name in with_metrics}) >= 75


@pytest.mark.proves("training.log-false-friends")
@pytest.mark.parametrize("path", sorted((RECORDED / "none").glob("*.log")), ids=_named)
def test_what_only_looks_like_metrics_is_left_alone(path: Path) -> None:
    assert summary(read(path.read_bytes())) == {}


@pytest.mark.parametrize("path", SMALL, ids=_named)
def test_a_log_may_come_cut_at_any_byte_and_be_read_on_by_another(path: Path) -> None:
    data = path.read_bytes()
    whole = repr(read(data))
    for cut in range(len(data) + 1):
        assert repr(read(data, cut)) == whole, data[:cut][-60:]


@settings(max_examples=examples(60))
@given(st.data())
def test_a_log_may_come_in_any_pieces(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(logs()))
    content = path.read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=12).map(sorted))
    assert repr(read(content, *cuts)) == repr(read(content))


@pytest.mark.parametrize("path", logs(), ids=_named)
def test_steps_of_a_series_never_go_back(path: Path) -> None:
    last: dict[str, int] = {}
    for point in read(path.read_bytes()):
        if point.step is not None:
            assert point.step >= last.get(point.name, point.step), point
            last[point.name] = point.step


@pytest.mark.parametrize("name", ["keras.log", "keras-terminal.log", "keras2.log", "keras-verbose2.log"])
def test_keras_of_either_generation_tells_its_epochs(name: str) -> None:
    points = read((OLD / name).read_bytes())
    losses = [(point.step, point.value) for point in points if point.name == "val_loss"]
    assert losses == [(epoch + 1, 0.2) for epoch in range(len(losses))]
    assert len(losses) >= 2
