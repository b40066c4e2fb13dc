"""The Python side of the widgets: what is configured, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from traitlets import TraitError

from jupyter_crispdm.widgets import (
    EnvironmentPicker,
    JobTable,
    LogView,
    MediaView,
    ModelTable,
    NotebookFrame,
    PredictForm,
    TrainingPlot,
)

WIDGETS: list[Any] = [
    JobTable, LogView, MediaView, PredictForm, TrainingPlot, EnvironmentPicker, ModelTable, NotebookFrame
]  # fmt: skip


@pytest.mark.proves("widgets.job-table", "widgets.log-view")
@pytest.mark.parametrize("widget", WIDGETS)
def test_the_view_is_found_in_our_extension(widget: Any) -> None:
    state = widget().get_state()
    assert (state["_model_module"], state["_view_module"]) == ("jupyter-crispdm", "jupyter-crispdm")
    assert state["_view_name"] in {widget.__name__, f"{widget.__name__}View"}


@pytest.mark.proves("door.widget-values")
@pytest.mark.parametrize("widget", WIDGETS)
def test_an_unknown_option_is_refused_by_its_name(widget: Any) -> None:
    with pytest.raises(TypeError, match=f"{widget.__name__} has no option 'jobb'"):
        widget(jobb="x")


def test_the_plot_knows_the_versions_of_the_plot_library_that_is_installed() -> None:
    import bqplot

    versions = TrainingPlot().get_state()["_versions"]
    assert versions["bqplot"] == bqplot.Figure().get_state()["_model_module_version"]
    assert versions["bqscales"] == bqplot.LinearScale().get_state()["_model_module_version"]


@pytest.mark.proves("training.interval", "door.widget-values")
@pytest.mark.parametrize("value", [None, 5, 0.5, "epoch"])
def test_the_period_is_a_number_of_seconds_or_an_epoch_or_none(value: float | str | None) -> None:
    assert TrainingPlot(period=value).period == value


@pytest.mark.proves("curves.widget")
def test_the_plot_keeps_how_it_is_shown() -> None:
    plot = TrainingPlot(jobs=["a", "b"], smoothing=0.5, axis="epoch", range=(1, 2), log_scale=True, tools=False)
    state = plot.get_state()
    assert (state["jobs"], state["smoothing"], state["axis"]) == (["a", "b"], 0.5, "epoch")
    assert [*state["range"]] == [1.0, 2.0]
    plot.set_trait("range", None)
    assert plot.get_state()["range"] is None


@pytest.mark.parametrize(("name", "value"), [("smoothing", 1), ("period", "week"), ("axis", "weeks"), ("range", (1,))])
def test_the_plot_takes_nothing_that_it_cannot_show(name: str, value: object) -> None:
    with pytest.raises(TraitError, match=name):
        TrainingPlot(**{name: value})


@pytest.mark.proves("widgets.predict-form")
def test_examples_travel_as_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (example,) = PredictForm(examples=[tmp_path / "a.png"]).get_state()["_examples"]
    assert example["name"] == "a.png"
    assert example["url"].startswith("data:image/png;base64,")


@pytest.mark.proves("door.widget-values")
def test_examples_that_are_no_small_pictures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    (tmp_path / "big.png").write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(ValueError, match=r"'a\.svg' is no picture"):
        PredictForm(examples=[tmp_path / "a.svg"])
    with pytest.raises(ValueError, match=r"'big\.png' is over"):
        PredictForm(examples=[tmp_path / "big.png"])
    with pytest.raises(FileNotFoundError):
        PredictForm(examples=[tmp_path / "none.png"])


@pytest.mark.proves("widgets.environment-picker", "door.widget-values")
def test_the_environment_is_an_id_that_can_be_one() -> None:
    picker = EnvironmentPicker("server")
    picker.value = "venv-vision"
    for bad in ("x" * 201, "a\nb", "\x00"):
        with pytest.raises(TraitError, match="The id of an environment"):
            picker.value = bad
    assert picker.value == "venv-vision"
