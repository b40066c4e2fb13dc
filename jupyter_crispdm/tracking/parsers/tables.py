"""Tables that grow by a line an epoch, and small ones of names and values. A table of data is left alone.

A heading counts if its first column says where the training is; a row, if it has a cell for each column and begins
with a whole number. A table of data has an index of its own, or none of these columns.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .numbers import value_of, whole
from .words import Kind, kind_of, place_of, proper

_WIDE = re.compile(r"\s{2,}|\t|\s*[|│┃]\s*")
_RULE = re.compile(r"[\s\-=+─━|│┼]*\Z")
_CELL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?\Z|[-+]?(?:nan|inf)\Z", re.IGNORECASE)
_COLUMN = re.compile(r"[#\w(][\w ./@()%'#-]{0,39}\Z")
_PAIR_ROW = re.compile(r"[|│┃]\s*([^\W\d][\w ./@-]{0,63}?)\s*[|│┃]\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?|nan|inf)?\s*[|│┃]\Z")
#: How DEAP and pymoo call what they count.
_GENERATIONS = ("gen", "n_gen")
_LONGEST = 400
#: How a heading begins whose first column says where the training is: most lines are told by that alone.
_BEGINS = re.compile(
    r"[\s|│┃]*(?:#|E(?!\w)|Class Images|epoch|ep\b|step|global|iter|itr|update|round|trial|episode|generation|timestep"
    r"|gen\b|n_gen\b|num_|batch|minibatch)",
    re.IGNORECASE,
)
_KEPT = (Kind.metric, Kind.ambiguous, Kind.companion, Kind.unknown)
_MOST_COLUMNS = 40
#: In a header of Ultralytics, and what its file `results.csv` calls them.
_ULTRALYTICS = {"box_loss": "train/box_loss", "cls_loss": "train/cls_loss", "dfl_loss": "train/dfl_loss"}
_VALIDATION = [
    "Class",
    "Images",
    "Instances",
    "metrics/precision(B)",
    "metrics/recall(B)",
    "metrics/mAP50(B)",
    "metrics/mAP50-95(B)",
]


class Row(NamedTuple):
    """A row of a table: where it stands, and its values by the names of their series."""

    step: int | None
    epoch: float | None
    values: dict[str, float]


def columns_of(text: str) -> list[str] | None:
    """The columns of a heading whose rows tell how a training goes; None for any other line."""
    if len(text) > _LONGEST or _BEGINS.match(text) is None:
        return None
    if text.startswith("Class Images Instances Box(P"):
        return list(_VALIDATION)
    for columns in _cut(text):
        is_heading = 2 <= len(columns) <= _MOST_COLUMNS and all(_COLUMN.match(column) for column in columns)
        is_known = is_heading and columns[0] in _GENERATIONS
        if is_known or (is_heading and _is_place(columns[0]) and any(_is_metric(column) for column in columns[1:])):
            return columns
    return None


def is_rule(text: str) -> bool:
    """Whether a line is drawn between the heading and the rows."""
    return _RULE.match(text) is not None


def row_of(text: str, columns: list[str]) -> Row | None:
    """What a row says under these columns; None for a line that is none of theirs."""
    cells = [cell.strip() for cell in text.split(",")] if "," in text and "," not in columns[0] else None
    cells = cells or text.replace("|", " ").replace("│", " ").split()
    if len(cells) != len(columns):
        return None
    if columns[0] == "Class":
        return Row(None, None, _values(columns[3:], cells[3:])) if cells[0] == "all" else None
    place = cells[0].split("/")[0]
    if not place.isdigit():
        return None
    step = epoch = None
    for column, cell in zip(columns, cells, strict=True):
        if (kind := _place(column)) and cell.split("/")[0].isdigit():
            epoch, step = (whole(cell.split("/")[0]), step) if kind == "epoch" else (epoch, whole(cell.split("/")[0]))
    return Row(step, epoch, _values(columns, cells))


def pair_of(text: str) -> tuple[str, float | None] | None:
    """A row `| name | value |`, or `| section/ | |` with None; None for any other line."""
    match = _PAIR_ROW.match(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return match[1], value_of(match[2]) if match[2] else None


def _cut(text: str) -> list[list[str]]:
    """The ways to cut a heading, the likeliest first."""
    if "," in text:
        return [[column.strip() for column in text.split(",")]]
    wide = [column for column in _WIDE.split(text.strip()) if column]
    return [wide, text.split()]


@lru_cache(maxsize=1024)
def _place(column: str) -> str:
    return "step" if column in _GENERATIONS else {"E": "epoch", "#": "step"}.get(column) or place_of(column)


def _is_place(column: str) -> bool:
    return bool(_place(column))


def _is_metric(column: str) -> bool:
    return kind_of(column) in (Kind.metric, Kind.ambiguous)


def _values(columns: list[str], cells: list[str]) -> dict[str, float]:
    return {
        name: value_of(cell.rstrip("%"))
        for column, cell in zip(columns, cells, strict=True)
        if (name := _named(column)) and _CELL.match(cell)
    }


@lru_cache(maxsize=1024)
def _named(column: str) -> str:
    """The series of a column; empty for one that is none."""
    if _place(column) or kind_of(column) not in _KEPT:
        return ""
    return _ULTRALYTICS.get(column) or proper(column.split())
