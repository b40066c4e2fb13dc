"""One frame: the runs, the curves of the one that is chosen, what it says, and the end of its log."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jupyter_crispdm.base.parsing.durations import brief_duration
from jupyter_crispdm.tracking.diagnosis.naming import metric_of

from ...output import printable
from .braille import Cell, Line, plot
from .points import Curves, Point
from .runs import Run

COLOURS = ("cyan", "yellow", "magenta", "green", "blue", "red")
STATES = {"running": "green", "failed": "red", "lost": "red", "succeeded": "dim", "stopped": "dim", "queued": "yellow"}
VERDICTS = {
    "early": ("Too early to say", "dim"), "learning": ("Learning", "cyan"), "underfit": ("Under-fitted", "yellow"),
    "right": ("Just right", "green"), "plateau": ("Plateau", "yellow"), "overfit": ("Over-fitted", "yellow"),
    "diverging": ("Diverging", "red"), "nan": ("Not a number", "red"),
}  # fmt: skip
_LEAST_HEIGHT, _LEAST_WIDTH = 4, 24
_MOST_RUNS, _MOST_LINES = 8, 10
_EDGE = 10
_BAR = 10


@dataclass(frozen=True)
class View:
    """What is shown: the runs, the chosen one, its curves and log, and what its curves say, once it is known."""

    runs: Sequence[Run]
    chosen: int = 0
    curves: Curves = field(default_factory=dict)
    log: Sequence[str] = ()
    verdict: tuple[str, str] | None = None
    now: float = 0.0
    paused: bool = False


def frame(view: View, width: int, height: int) -> RenderableType:
    """A frame that fits into a terminal of this size."""
    if not view.runs:
        return Text("No runs yet. Submit one: jupyter crispdm run -- COMMAND…", no_wrap=True)
    rows = min(len(view.runs), _MOST_RUNS, max(1, height // 4))
    log = list(view.log)[-min(_MOST_LINES, max(0, height // 4)) :]
    left = height - rows - len(log) - 6
    parts: list[RenderableType] = [_table(view, rows, width), _title(view, width)]
    parts += _plots(view.curves, width, left)
    parts += [_line(text, width) for text in log]
    parts.append(_keys(view, width))
    return Group(*parts)


def _table(view: View, rows: int, width: int) -> Table:
    first = max(0, min(view.chosen - rows // 2, len(view.runs) - rows))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, header_style="bold")
    for name, ratio in (("RUN", 3), ("STATE", None), ("PROGRESS", None), ("TOOK", None), ("SAYS", 4)):
        if name == "SAYS" and width < 80:
            continue
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for at, run in enumerate(view.runs[first : first + rows], first):
        cells = [Text(run.name), Text(run.state, STATES.get(run.state, "")), _progress(run), Text(_took(run, view.now))]
        says = run.reason or (run.progress[2] if run.progress else "")
        table.add_row(*cells, *([Text(says)] if width >= 80 else []), style="reverse" if at == view.chosen else "")
    return table


def _progress(run: Run) -> Text:
    if run.progress is None:
        return Text("")
    done, total, _ = run.progress
    if not total:
        return Text(f"{done:g}")
    share = min(1.0, max(0.0, done / total))
    full = round(share * _BAR)
    return Text(f"{'█' * full}{'░' * (_BAR - full)} {share:4.0%}")


def _took(run: Run, now: float) -> str:
    if run.started is None:
        return ""
    return brief_duration(max(0.0, (run.ended or now) - run.started))


def _title(view: View, width: int) -> Text:
    run = view.runs[view.chosen]
    text = Text(run.name, "bold", no_wrap=True, overflow="ellipsis")
    text.append(f"  {run.id}" if run.id != run.name else "", "dim")
    if view.verdict is not None:
        label, style = VERDICTS.get(view.verdict[0], (view.verdict[0], ""))
        text.append("  ")
        text.append(f" {label} ", f"reverse {style}")
        text.append(f" {printable(view.verdict[1])}")
    text.truncate(width, overflow="ellipsis")
    return text


def _plots(curves: Curves, width: int, height: int) -> list[RenderableType]:
    """As many plots as there is room for, one for each metric, side by side where the terminal is wide."""
    groups: dict[str, list[str]] = {}
    for name in curves:
        groups.setdefault(metric_of(name), []).append(name)
    if not groups or height < _LEAST_HEIGHT + 2:
        return [] if groups else [Text("No curves yet.", "dim")]
    across = max(1, min(len(groups), width // (_LEAST_WIDTH + 30)))
    down = max(1, min(-(-len(groups) // across), height // (_LEAST_HEIGHT + 2)))
    shown = list(groups.values())[: across * down]
    each = min(16, height // down - 2)
    grid = Table.grid(expand=True, padding=(0, 1))
    for _ in range(across):
        grid.add_column(ratio=1)
    for row in range(0, len(shown), across):
        cells = [_plot(curves, names, (width - across) // across, each) for names in shown[row : row + across]]
        grid.add_row(*cells, *[Text("")] * (across - len(cells)))
    return [grid]


def _plot(curves: Curves, names: Sequence[str], width: int, height: int) -> RenderableType:
    styles = [COLOURS[at % len(COLOURS)] for at in range(len(names))]
    lines = [Line(curves[name], style) for name, style in zip(names, styles, strict=True)]
    legend = Text(no_wrap=True, overflow="ellipsis")
    for name, style in zip(names, styles, strict=True):
        legend.append(f"━ {printable(name)} {number(newest(curves[name]))}  ", style)
    drawn = plot(lines, max(1, width - _EDGE - 1), height)
    if drawn is None:
        return Group(legend, Text("no number yet", "dim"))
    edges = [number(drawn.high), *[""] * (height - 2), number(drawn.low)] if height > 1 else [number(drawn.high)]
    rows = [_row(edge, cells) for edge, cells in zip(edges, drawn.rows, strict=True)]
    last = f"{drawn.last:,}"
    room = max(1, width - _EDGE - 1 - len(last))
    foot = Text(" " * (_EDGE + 1) + f"{drawn.first:,}".ljust(room) + last, "dim", no_wrap=True)
    return Group(legend, *rows, foot)


def _row(edge: str, cells: Sequence[Cell]) -> Text:
    text = Text(f"{edge:>{_EDGE}} ", "dim", no_wrap=True)
    for cell in cells:
        text.append(cell.letter, cell.style)
    return text


def _line(text: str, width: int) -> Text:
    """A line of the log: its colours may not move our cursor."""
    line = Text.from_ansi(text.replace("\t", "    ")[: 4 * width])
    plain = Text(printable(line.plain), "dim", no_wrap=True)
    plain.truncate(width, overflow="ellipsis")
    return plain


def _keys(view: View, width: int) -> Text:
    clock = time.strftime("%H:%M:%S", time.localtime(view.now))
    text = Text(f"{'paused  ' * view.paused}↑↓ choose  space pause  q quit  {clock}", "dim", no_wrap=True)
    text.truncate(width, overflow="ellipsis")
    return text


def newest(points: Sequence[Point]) -> float:
    """The newest value."""
    return points[-1].value if points else math.nan


def number(value: float) -> str:
    """A value in little room."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:.2e}" if value and not 1e-3 <= abs(value) < 1e6 else f"{value:.4g}"
