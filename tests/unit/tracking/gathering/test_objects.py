"""Lines of JSON, of trackers of one's own and of others, and what only looks like them."""

from __future__ import annotations

import math

import pytest

from jupyter_crispdm.tracking.gathering.formats.objects import LinesOfMetrics
from jupyter_crispdm.tracking.points import Point

from .recording import fed, series


@pytest.mark.proves("training.found-lines")
def test_detectron_and_mmengine_write_a_step_with_their_numbers() -> None:
    data = (
        b'{"data_time": 0.1, "eta_seconds": 22.1, "iteration": 19, "loss_cls": 0.69, "lr": 0.0005, "total_loss": 2.1}\n'
        b'{"lr": 0.01, "loss": 0.5, "epoch": 1, "iter": 10, "step": 10}\n'
    )
    assert series(fed(LinesOfMetrics(), data)) == {
        "loss_cls": [(19, 0.69)], "lr": [(19, 0.0005), (10, 0.01)], "total_loss": [(19, 2.1)], "loss": [(10, 0.5)],
        "epoch": [(10, 1.0)], "iter": [(10, 10.0)],
    }  # fmt: skip


def test_inner_objects_give_their_names_a_stroke_and_texts_are_no_numbers() -> None:
    data = b'{"step": 2, "val": {"loss": 0.5, "by": {"cat": 1}}, "name": "x", "ok": true, "list": [1], "none": null}\n'
    assert series(fed(LinesOfMetrics(), data)) == {"val/loss": [(2, 0.5)], "val/by/cat": [(2, 1.0)]}


def test_numbers_that_json_does_not_have_are_read_as_programs_write_them() -> None:
    said = series(fed(LinesOfMetrics(), b'{"step": 1, "a": NaN, "b": "Infinity", "c": -Infinity, "d": 1e999}\n'))
    assert math.isnan(said["a"][0][1])
    assert (said["b"], said["c"], said["d"]) == ([(1, math.inf)], [(1, -math.inf)], [(1, math.inf)])


@pytest.mark.proves("training.found-no-data")
def test_objects_without_a_step_are_data_unless_the_file_is_named_for_metrics() -> None:
    data = b'{"loss": 0.5, "text": "x"}\n'
    assert series(fed(LinesOfMetrics(), data)) == {}
    assert series(fed(LinesOfMetrics(sure=True), data)) == {"loss": [(None, 0.5)]}


def test_what_is_no_such_file_is_not_read_on_and_bad_lines_among_good_ones_are_passed_over() -> None:
    reader = LinesOfMetrics()
    fed(reader, b"not json\n" * 30)
    assert reader.is_other
    mixed = LinesOfMetrics()
    said = series(fed(mixed, b'{"step": 1, "loss": 1}\n' + b"[[[\n" * 30 + b'{"step": 2, "loss": 2}\n\n[]\n'))
    assert said == {"loss": [(1, 1.0), (2, 2.0)]}
    assert not mixed.is_other


@pytest.mark.parametrize("step", ["1e400", "true", '"3"', "null", str(10**30)])
def test_a_step_that_is_none_is_not_one(step: str) -> None:
    assert series(fed(LinesOfMetrics(), b'{"step": %s, "loss": 1}\n' % step.encode())) == {}


def test_times_are_taken_where_they_are_told() -> None:
    data = b'{"step": 1, "timestamp": 1764000000.5, "x": 1}\n{"step": 2, "ts": 1764000000500, "x": 1}\n'
    data += b'{"step": 3, "x": 1}\n'
    times = [one.time for one in fed(LinesOfMetrics(), data) if isinstance(one, Point)]
    assert times == [1764000000.5, 1764000000.5, 7.0]


def test_a_very_deep_or_very_long_line_costs_nothing() -> None:
    deep = b'{"step": 1, "a": ' + b'{"a": ' * 5000 + b"1" + b"}" * 5001 + b"\n"
    wide = b'{"step": 1, ' + b", ".join(b'"n%d": 1' % n for n in range(3000)) + b"}\n"
    assert series(fed(LinesOfMetrics(), deep)) == {}
    assert len(series(fed(LinesOfMetrics(), wide))) == 500


@pytest.mark.parametrize("size", [1, 10])
def test_where_lines_are_cut_makes_no_difference(size: int) -> None:
    data = b'{"step": 1, "loss": 1}\n{"step": 2, "loss": 2}\n'
    assert fed(LinesOfMetrics(), data, size) == fed(LinesOfMetrics(), data)


def test_a_reader_goes_on_from_the_state_of_another() -> None:
    first, second = LinesOfMetrics(), LinesOfMetrics()
    fed(first, b"no\n" * 20)
    second.restore(first.state())
    assert second.is_other
