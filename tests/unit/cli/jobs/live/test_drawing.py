"""Plots and frames."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from jupyter_crispdm.cli.jobs.live.braille import Line, plot
from jupyter_crispdm.cli.jobs.live.points import Point
from jupyter_crispdm.cli.jobs.live.runs import Run
from jupyter_crispdm.cli.jobs.live.screen import View, frame, number
from tests.examples import examples


def line(*values: float, style: str = "cyan") -> Line:
    return Line([Point(float(step), step, value) for step, value in enumerate(values)], style)


def letters(*lines: Line, width: int = 2, height: int = 1) -> list[str]:
    drawn = plot(lines, width, height)
    assert drawn is not None
    return ["".join(cell.letter for cell in row) for row in drawn.rows]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    assert letters(line(0, 1, 2, 3)) == ["⡠⠊"]
    assert letters(line(3, 2, 1, 0)) == ["⠑⢄"]
    assert letters(line(1, 1, 1, 1)) == ["⠒⠒"]


def test_few_points_are_joined_and_many_keep_their_peaks() -> None:
    assert letters(line(0, 3), width=4)[0].count("⠀") == 0
    peaks = [0.0] * 1000
    peaks[500] = 9.0
    rows = letters(line(*peaks), width=10, height=3)
    assert any(letter != "⠀" for letter in rows[0])


def test_what_comes_later_has_the_colour_where_lines_cross() -> None:
    drawn = plot([line(0, 1, style="cyan"), line(1, 0, style="red")], 1, 1)
    assert drawn is not None
    assert (drawn.rows[0][0].style, drawn.low, drawn.high, drawn.first, drawn.last) == ("red", 0, 1, 0, 1)


def test_without_a_number_there_is_nothing_to_draw() -> None:
    assert plot([line(math.nan, math.inf)], 10, 5) is None
    assert plot([], 10, 5) is None
    assert plot([line(1.0)], 0, 5) is None


@settings(max_examples=examples(100))
@given(st.lists(st.floats(), max_size=30), st.integers(1, 12), st.integers(1, 6))
def test_whatever_was_logged_the_plot_has_its_size(values: list[float], width: int, height: int) -> None:
    drawn = plot([line(*values)], width, height)
    if drawn is not None:
        assert [len(row) for row in drawn.rows] == [width] * height


def a_run(name: str = "fit", state: str = "running", **fields: object) -> Run:
    return Run(name, name, state, Path("/nowhere"), 0.0, 100.0, **fields)  # type: ignore[arg-type]


def shown(view: View, width: int = 100, height: int = 40) -> str:
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    console.print(frame(view, width, height))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def a_view(**fields: object) -> View:
    curves = {
        "train/loss": list(line(3, 2, 1).points), "val/loss": list(line(3, 2.5, 2).points),
        "accuracy": list(line(0.1, 0.9).points),
    }  # fmt: skip
    runs = [a_run(progress=(3.0, 10.0, "epoch 3")), a_run("old", "failed", ended=160.0, reason="out of memory")]
    given = {"curves": curves, "log": ["epoch 3", "\x1b[31mred\x1b[0m"], "now": 220.0, **fields}
    return View(runs, **given)  # type: ignore[arg-type]


def test_a_frame_has_the_runs_the_curves_by_metric_the_log_and_the_verdict() -> None:
    text = shown(a_view(verdict=("overfit", "val/loss rises.")))
    for part in ("running", "30%", "2m", "failed", "out of memory", "━ train/loss 1  ━ val/loss 2", "━ accuracy 0.9",
                 "Over-fitted", "val/loss rises.", "epoch 3", "red", "q quit"):  # fmt: skip
        assert part in text, part
    assert "\x1b" not in text


@pytest.mark.parametrize(("width", "height"), [(40, 10), (60, 20), (80, 24), (120, 30), (200, 60), (300, 20)])
def test_it_fits_into_any_terminal(width: int, height: int) -> None:
    lines = shown(a_view(verdict=("right", "x" * 500), log=["y" * 500] * 20), width, height).splitlines()
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_hundreds_of_runs_and_curves_fit_too_and_the_chosen_one_is_among_them() -> None:
    runs = [a_run(f"run-{number}") for number in range(300)]
    curves = {f"metric{number}/loss": list(line(1, 2).points) for number in range(300)}
    lines = shown(View(runs, 250, curves, now=100.0)).splitlines()
    assert len(lines) <= 40
    assert any("run-250" in line for line in lines)


def test_no_runs_and_no_curves_say_so() -> None:
    assert "No runs yet" in shown(View([]))
    assert "No curves yet." in shown(View([a_run()]))
    assert "no number yet" in shown(View([a_run()], curves={"loss": list(line(math.nan).points)}))
    assert "paused" in shown(a_view(paused=True))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.12345, "0.1235"), (1e-7, "1.00e-07"), (2e9, "2.00e+09"), (math.nan, "nan"), (1200.0, "1200")],
)
def test_values_take_little_room(value: float, text: str) -> None:
    assert number(value) == text
