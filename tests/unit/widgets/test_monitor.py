"""The monitor's Python side: what is configured, and what a visitor's client may set."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import TraitError

from jupyter_crispdm.widgets import LiveMonitor
from jupyter_crispdm.widgets.keeping.fields import fields_of

CHANGE = {"time": 1.0, "anomaly": 0.7, "display": 0.1}


@pytest.mark.proves("widgets.live-monitor")
def test_it_shows_a_stream_pushed_with_its_controls() -> None:
    monitor = LiveMonitor(stream="line-1", controls=True)
    told = {name: monitor.get_state()[name] for name in ("stream", "controls", "period", "shared", "thresholds")}
    assert told == {"stream": "line-1", "controls": True, "period": None, "shared": False, "thresholds": []}


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="no option 'treshold'"):
        LiveMonitor(treshold=0.5)


@pytest.mark.proves("monitor.kept")
def test_what_a_visitor_chose_is_kept_and_put_back() -> None:
    chosen = LiveMonitor()
    chosen.period, chosen.thresholds, chosen.shared = 2, [CHANGE], True
    kept = {field.name: field.value() for field in fields_of(chosen, "page")}
    assert len(kept) == 3
    later = LiveMonitor()
    for field in fields_of(later, "page"):
        assert field.put(kept[field.name]) == ""
    assert (later.period, later.thresholds, later.shared) == (2.0, [CHANGE], True)


@pytest.mark.parametrize("period", [-1, 3601, float("nan"), float("inf")])
def test_a_period_is_a_time(period: float) -> None:
    with pytest.raises(TraitError):
        LiveMonitor(period=period)


def test_no_period_is_as_the_samples_come() -> None:
    assert LiveMonitor(period=0).period is None


@pytest.mark.parametrize(
    "change",
    [{"anomaly": 2}, {"display": -0.1}, {"anomaly": "high"}, {"time": float("nan")}, {"anomaly": None}],
)
def test_a_threshold_is_between_0_and_1(change: dict[str, Any]) -> None:
    with pytest.raises(TraitError):
        LiveMonitor(thresholds=[change])


def test_of_many_changes_the_newest_stay_and_of_each_what_is_known() -> None:
    monitor = LiveMonitor(thresholds=[{**CHANGE, "time": at, "more": "x" * 1000} for at in range(500)])
    assert len(monitor.thresholds) == 200
    assert monitor.thresholds[-1] == {**CHANGE, "time": 499.0}
